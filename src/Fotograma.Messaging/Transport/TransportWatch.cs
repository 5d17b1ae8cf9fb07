using System.Diagnostics.Metrics;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Consumers;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Messaging.Transport;

/// <summary>
/// Looks all the time whether the broker answers, and whether those who publish and consume are served, for health, metrics and the log. Nothing waits for it: consumers and relays find out for themselves, and workers look
/// at the ledger in any case.
/// </summary>
internal sealed class TransportWatch(ITransport transport, QueuePreparation queues, Link link, TimeProvider clock, IMeterFactory meters) : BackgroundService
{
    public const string LinkName = "transport";
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);
    private Task preparing = Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        meters.Fotograma().CreateObservableGauge(
            "fotograma.transport.connected",
            () => new Measurement<int>(link.IsUp ? 1 : 0, new KeyValuePair<string, object?>("transport", transport.Capabilities.Name)),
            description: "1 while the transport answers and events are pushed, 0 while workers find jobs by looking.");
        try
        {
            using var timer = new PeriodicTimer(LookInterval, clock);
            do await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(AnswerMax);
        try
        {
            // A driver that does not notice its cancellation must not keep the watch waiting either.
            await transport.PingAsync(bound.Token).WaitAsync(bound.Token);
            // A broker that answers and has no queues carries nothing. Whether it has them again, others may have no reason to ask for a long time.
            if (queues.Failure is not null) await PrepareAsync(cancellation).WaitAsync(bound.Token);
            if ((queues.Failure ?? queues.Troubles.Any) is { } failure) link.Fails(failure);
            else link.Works();
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            link.Fails(exception);
        }
    }

    // Others wait for what is prepared as well, and it may take long: it goes on, and the next look waits for the same.
    private Task PrepareAsync(CancellationToken cancellation)
    {
        if (preparing.IsCompleted) preparing = queues.EnsureAsync(cancellation);
        return preparing;
    }
}
