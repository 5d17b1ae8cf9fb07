using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Outbox;

/// <summary>
/// Moves committed events from a module's outbox to the transport, oldest first. A crash between publishing and forgetting publishes an event
/// twice, with the same id: consumers are idempotent. Several relays on one store do no harm beyond that.
/// </summary>
internal sealed partial class OutboxRelay(
    IOutboxStore store, ITransport transport, QueuePreparation queues, EventOutbox outbox, MessagingOptions options, ILogger<OutboxRelay> log) : BackgroundService
{
    // After a batch, so that the first event goes at once and many that follow each other go together: a batch costs the same whatever its size. It spares this machine, and
    // so goes by its time, not by the one that events happen in.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(5);

    private bool failing;

    /// <summary>What was waiting at the last look; null when nothing was.</summary>
    public OutboxBacklog? Backlog { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var moved = await MoveBatchAsync(stoppingToken);
                if (failing && moved > 0) LogBack(outbox.Source);
                if (moved > 0) failing = false;
                if (moved < options.RelayBatchEvents) Backlog = null;
                if (moved > 0 && moved < options.RelayBatchEvents) await Task.Delay(Breath, TimeProvider.System, stoppingToken);
                if (moved < options.RelayBatchEvents) await outbox.WaitAsync(options.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Said once, however long it lasts.
                if (failing) LogStillFails(exception, outbox.Source);
                else LogFailed(exception, outbox.Source);
                failing = true;
                queues.Forget();
                await ((Task)outbox.WaitAsync(options.PollInterval, stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private Task<int> MoveBatchAsync(CancellationToken cancellation) => store.MoveAsync(options.RelayBatchEvents, async (events, stopping) =>
    {
        Steps.Reached(Steps.RelayRead);
        Backlog = new OutboxBacklog(events.Count, events[0].Time);
        await queues.EnsureAsync(stopping);
        await transport.PublishAsync(events, stopping);
        Steps.Reached(Steps.RelayPublished);
    }, cancellation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of {Source} could not be published; they stay in the outbox and are tried again.")]
    private partial void LogFailed(Exception exception, string source);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Events of {Source} still cannot be published.")]
    private partial void LogStillFails(Exception exception, string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "Events of {Source} are published again.")]
    private partial void LogBack(string source);
}
