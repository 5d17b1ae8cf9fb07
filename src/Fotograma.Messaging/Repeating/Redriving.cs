using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Repeating;

/// <summary>Gives a group once more what it gave up.</summary>
public sealed class Redriving
{
    private readonly ITransport transport;
    private readonly QueuePreparation queues;

    internal Redriving(ITransport transport, QueuePreparation queues) => (this.transport, this.queues) = (transport, queues);

    /// <summary>What a group gave up, oldest first, at most <paramref name="limit"/>.</summary>
    public Task<IReadOnlyList<DeadLetter>> ReadAsync(Subscription group, int limit, CancellationToken cancellation) => transport.ReadDeadLettersAsync(group, limit, cancellation);

    /// <summary>Gives the group all of it, or the one event with this id, once its queues are there. No other group hears of it.</summary>
    public async Task<Redriven> RunAsync(Subscription group, Guid? only, CancellationToken cancellation)
    {
        await queues.EnsureAsync(cancellation);
        return await transport.RedriveAsync(group, only, cancellation);
    }
}
