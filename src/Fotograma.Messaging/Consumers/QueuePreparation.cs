using System.Diagnostics;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Consumers;

/// <summary>
/// Makes the queues of all modules once, before this process publishes or consumes anything: those of the <see cref="Topology"/> and of its own consumers. A
/// broker that is away, or that came back without them, is asked again by whoever needs the queues next. Where some were missing, whatever waited in them is gone, and nobody
/// else knows it: so those who can say things again are told (<see cref="QueuesMade"/>), and that before the queues are there, because afterwards nobody could see any more
/// that they had been missing.
/// </summary>
internal sealed partial class QueuePreparation(ITransport transport, IEnumerable<Consumer> consumers, Ids ids, TimeProvider clock, ILogger<QueuePreparation> log) : IDisposable
{
    private const string Source = "/fotograma/messaging";
    private readonly SemaphoreSlim preparing = new(1, 1);
    private IReadOnlyList<string> missing = [];
    private bool told;
    private volatile bool done;

    public async Task EnsureAsync(CancellationToken cancellation)
    {
        if (done) return;
        await preparing.WaitAsync(cancellation);
        try
        {
            if (done) return;
            await PrepareAsync(cancellation);
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

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        var all = Subscriptions();
        var repeaters = all.FindAll(subscription => subscription.Types.Contains(QueuesMade.Type));
        var look = await transport.LookAsync(all.Except(repeaters).ToList(), cancellation);
        if (look.Missing.Count > 0)
        {
            // What cannot be made is found missing again and again.
            told = told && missing.SequenceEqual(look.Missing);
            missing = look.Missing;
        }
        if (missing.Count > 0 && look.MadeWhenPrepared)
        {
            await transport.PrepareAsync(repeaters, cancellation);
            await TellAsync(cancellation);
        }
        await transport.PrepareAsync(all, cancellation);
        // Where none may be made an operator made them since they were found missing.
        if (missing.Count > 0) await TellAsync(cancellation);
        (missing, told) = ([], false);
    }

    private async Task TellAsync(CancellationToken cancellation)
    {
        if (told) return;
        LogMade(missing);
        await transport.PublishAsync([CloudEvent.Of(new QueuesMade(missing), ids.New(), Source, clock.GetUtcNow(), Activity.Current?.Id)], cancellation);
        told = true;
    }

    private List<Subscription> Subscriptions()
    {
        var own = consumers.Select(consumer => consumer.Subscription).ToList();
        var others = Topology.Groups.Where(group => own.TrueForAll(subscription => subscription.Group != group.Key));
        return [.. own, .. others.Select(group => new Subscription(group.Key, group.Value))];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The transport lacked {Missing}. It is made, and what was told lately is told again.")]
    private partial void LogMade(IReadOnlyList<string> missing);
}
