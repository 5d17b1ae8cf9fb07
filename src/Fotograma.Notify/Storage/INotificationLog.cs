using Fotograma.Notify.Contacts;
using Fotograma.Notify.Outcomes;

namespace Fotograma.Notify.Storage;

/// <summary>
/// The port to whatever keeps notifications and the people they are for. A notification is there once for its job, event and channel, and is in the hands of one sender at a time.
/// A driver has the clock of its store: callers hand it durations, never times of day. Where the store has none, no two processes' clocks are compared to tell whether a lease has
/// run out. The contract suite is the specification.
/// </summary>
internal interface INotificationLog
{
    /// <summary>Takes over contact data unless it knows the same or a newer revision.</summary>
    Task LearnAsync(Contact contact, CancellationToken cancellation);

    /// <summary>What is known of a person.</summary>
    Task<Contact?> FindContactAsync(Guid userId, CancellationToken cancellation);

    /// <summary>Writes a notification down, due at once.</summary>
    /// <returns>False, and nothing is written, when there is one for its job, event and channel.</returns>
    Task<bool> AddAsync(Notification notification, CancellationToken cancellation);

    /// <summary>
    /// Takes the notification of the channel that has been due the longest, for as long as <paramref name="lease"/>. When the lease runs out before the taker
    /// has said what became of it, it is due again.
    /// </summary>
    Task<TakenNotification?> TakeAsync(string channel, TimeSpan lease, CancellationToken cancellation);

    /// <summary>
    /// How long it is until something of the channel is due, or a lease runs out, should its holder say nothing; null when nothing waits. Nothing is later than
    /// that, and whoever looks sooner loses nothing.
    /// </summary>
    Task<TimeSpan?> NextDueAsync(string channel, TimeSpan lease, CancellationToken cancellation);

    /// <summary>The notification is out. That is true even for a taker whose lease ran out.</summary>
    Task MarkSentAsync(TakenNotification taken, CancellationToken cancellation);

    /// <summary>The notification waits for another attempt. A taker whose lease ran out changes nothing.</summary>
    Task MarkRetryAsync(TakenNotification taken, TimeSpan delay, string reason, CancellationToken cancellation);

    /// <summary>The notification is given up. A taker whose lease ran out changes nothing.</summary>
    Task MarkFailedAsync(TakenNotification taken, string reason, CancellationToken cancellation);

    /// <summary>The notifications of a person by a channel, newest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<Notification>> ListAsync(Guid owner, string channel, int limit, CancellationToken cancellation);

    /// <summary>One notification, whoever it is for.</summary>
    Task<Notification?> FindAsync(Guid id, CancellationToken cancellation);
}

/// <summary>A notification in a sender's hands.</summary>
/// <param name="Notification">As it was when it was taken.</param>
/// <param name="Fence">By what the store tells this taking from every other of the notification: what the sender writes counts as long as it holds.</param>
internal sealed record TakenNotification(Notification Notification, string Fence);
