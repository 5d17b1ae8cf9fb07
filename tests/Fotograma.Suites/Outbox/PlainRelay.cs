using Fotograma.Messages;
using Fotograma.Messaging.Outbox;

namespace Fotograma.Suites.Outbox;

/// <summary>Relays for tests.</summary>
public static class PlainRelay
{
    /// <summary>Publishes all that waits or, where <paramref name="publish"/> throws, nothing.</summary>
    public static Task<int> MoveAsync(this IOutboxStore store, int limit, Func<IReadOnlyList<CloudEvent>, CancellationToken, Task> publish, CancellationToken cancellation) =>
        store.MoveAsync(limit, async (waiting, stopping) =>
        {
            await publish([.. waiting.Select(one => one.Event!)], stopping);
            return [.. waiting.Select(_ => new EventFate.Published())];
        }, cancellation);
}
