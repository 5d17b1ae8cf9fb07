using System.Collections.Concurrent;

namespace Fotograma.Messaging.Transport;

/// <summary>
/// Who of this process cannot publish or consume, and why. A broker that answers may refuse either: rights are missing, say. Safe for concurrent use.
/// </summary>
internal sealed class TransportTroubles
{
    private readonly ConcurrentDictionary<string, Exception> known = new(StringComparer.Ordinal);

    /// <summary>One of them; null where all are content.</summary>
    public Exception? Any => known.IsEmpty ? null : known.Values.FirstOrDefault();

    /// <summary>Notes that a group or an outbox was refused.</summary>
    public void Note(string whose, Exception exception) => known[whose] = exception;

    /// <summary>Notes that it is served again.</summary>
    public void Settle(string whose) => known.TryRemove(whose, out _);
}
