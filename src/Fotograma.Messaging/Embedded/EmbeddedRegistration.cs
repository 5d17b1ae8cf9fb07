using Fotograma.Data;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Messaging.Embedded;

internal static class EmbeddedRegistration
{
    public static void AddEmbeddedTransport(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase<BusDb>("bus");
        builder.Services.AddSingleton<EmbeddedQueue>();
        builder.Services.AddSingleton<ITransport, EmbeddedTransport>();
    }
}
