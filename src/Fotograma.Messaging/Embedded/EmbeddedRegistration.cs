using Microsoft.Extensions.Hosting;

namespace Fotograma.Messaging;

internal static class EmbeddedRegistration
{
    public static void AddEmbeddedTransport(this IHostApplicationBuilder builder) => throw new NotSupportedException("The embedded transport is being written.");
}
