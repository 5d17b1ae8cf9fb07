using System.Diagnostics;

namespace Fotograma.Messaging;

internal static class Tracing
{
    public static readonly ActivitySource Source = new("Fotograma.Messaging");
}
