using Fotograma.Messages;

namespace Fotograma.Messaging.Outbox;

/// <summary>
/// The port to where a module's events wait. Writing them is the business of the module's own store, because a change and its events are one write; this is the
/// way out.
/// </summary>
public interface IOutboxStore
{
    /// <summary>
    /// Hands the oldest events that wait, at most <paramref name="limit"/>, to <paramref name="publish"/> and does to each what it says. When it throws all of them
    /// stay. An event may be handed out twice, with the same id: to another relay at the same time, or again after a crash.
    /// </summary>
    /// <returns>How many left: forgotten or put into quarantine.</returns>
    Task<int> MoveAsync(int limit, Func<IReadOnlyList<WaitingEvent>, CancellationToken, Task<IReadOnlyList<EventFate>>> publish, CancellationToken cancellation);

    /// <summary>What is in quarantine, oldest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<QuarantinedEvent>> ReadQuarantineAsync(int limit, CancellationToken cancellation);

    /// <summary>Lets an event in quarantine wait again, behind those that wait already.</summary>
    /// <returns>False when there is none by that key.</returns>
    Task<bool> PutBackAsync(string key, CancellationToken cancellation);
}

/// <summary>Something that waits in an outbox.</summary>
/// <param name="Key">Names it there.</param>
/// <param name="Event">The event; null when what is stored cannot be read as one.</param>
/// <param name="Fault">Why it cannot be read.</param>
public sealed record WaitingEvent(string Key, CloudEvent? Event, string? Fault)
{
    /// <summary>Reads what is stored.</summary>
    public static WaitingEvent Of(string key, ReadOnlySpan<byte> body) => new(key, CloudEvent.TryFromJson(body, out var fault), fault);
}

/// <summary>What becomes of an event that waited.</summary>
public abstract record EventFate
{
    private EventFate()
    {
    }

    /// <summary>The transport has it; it is forgotten here.</summary>
    public sealed record Published : EventFate;

    /// <summary>It stays and keeps its place.</summary>
    public sealed record Stays : EventFate;

    /// <summary>It is put aside, with the reason and the time, and holds nobody up any more.</summary>
    public sealed record Quarantined(string Reason, DateTimeOffset At) : EventFate;
}

/// <summary>Something that was put aside.</summary>
/// <param name="Key">Names it in the quarantine.</param>
/// <param name="Event">The event; null when it cannot be read as one.</param>
/// <param name="Reason">Why it is there.</param>
/// <param name="At">Since when.</param>
public sealed record QuarantinedEvent(string Key, CloudEvent? Event, string Reason, DateTimeOffset At);
