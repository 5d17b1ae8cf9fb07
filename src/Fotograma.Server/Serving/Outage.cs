using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using Fotograma.Data.Schema;

namespace Fotograma.Server.Serving;

/// <summary>Failures that a command foresees: something outside the program is away, full, forbidden or not as it should be. Their sentence says it all, a stack trace says nothing more.</summary>
internal static class Outage
{
    public static bool IsOne(Exception exception) => exception switch
    {
        SchemaException or DbException or IOException or UnauthorizedAccessException or JsonException or HttpRequestException or SocketException or TimeoutException => true,
        // EF Core puts what a database said into one of these.
        InvalidOperationException { InnerException: { } cause } => IsOne(cause),
        _ => false,
    };

    /// <summary>What was said at the bottom, where the top says only that there was something.</summary>
    public static string SentenceOf(Exception exception) => exception is InvalidOperationException { InnerException: { } cause } ? SentenceOf(cause) : exception.Message;
}
