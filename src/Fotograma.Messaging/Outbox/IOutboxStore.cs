using Fotograma.Messages;

namespace Fotograma.Messaging.Outbox;

/// <summary>
/// The port to where a module's events wait. Writing them is the business of the module's own store, because a change and its events are one write; this is the
/// way out.
/// </summary>
public interface IOutboxStore
{
    /// <summary>
    /// Hands the oldest events that wait, at most <paramref name="limit"/>, to <paramref name="publish"/> and forgets them once it has returned. When it throws they
    /// stay. An event may be handed out twice, with the same id: to another relay at the same time, or again after a crash.
    /// </summary>
    /// <returns>How many were moved; fewer than <paramref name="limit"/> when no more wait.</returns>
    Task<int> MoveAsync(int limit, Func<IReadOnlyList<CloudEvent>, CancellationToken, Task> publish, CancellationToken cancellation);
}
