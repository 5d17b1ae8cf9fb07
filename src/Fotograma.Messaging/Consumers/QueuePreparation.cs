using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Consumers;

/// <summary>
/// Makes the queues of all modules once, before this process publishes or consumes anything: those of the <see cref="Topology"/> and of its own consumers. A
/// broker that is away, or that came back without them, is asked again by whoever needs the queues next.
/// </summary>
internal sealed class QueuePreparation(ITransport transport, IEnumerable<Consumer> consumers) : IDisposable
{
    private readonly SemaphoreSlim preparing = new(1, 1);
    private volatile bool done;

    public async Task EnsureAsync(CancellationToken cancellation)
    {
        if (done) return;
        await preparing.WaitAsync(cancellation);
        try
        {
            if (done) return;
            await transport.PrepareAsync(Subscriptions(), cancellation);
            done = true;
        }
        finally
        {
            preparing.Release();
        }
    }

    /// <summary>Looks for the queues and makes none.</summary>
    public Task<TransportLook> LookAsync(CancellationToken cancellation) => transport.LookAsync(Subscriptions(), cancellation);

    /// <summary>Says that the broker may have lost what was made: it is made again before the next use.</summary>
    public void Forget() => done = false;

    public void Dispose() => preparing.Dispose();

    private List<Subscription> Subscriptions()
    {
        var own = consumers.Select(consumer => consumer.Subscription).ToList();
        var others = Topology.Groups.Where(group => own.TrueForAll(subscription => subscription.Group != group.Key));
        return [.. own, .. others.Select(group => new Subscription(group.Key, group.Value))];
    }
}
