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
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var moved = await MoveBatchAsync(stoppingToken);
                if (moved < options.RelayBatchEvents) await outbox.WaitAsync(options.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(exception, outbox.Source);
                await ((Task)outbox.WaitAsync(options.PollInterval, stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private Task<int> MoveBatchAsync(CancellationToken cancellation) => store.MoveAsync(options.RelayBatchEvents, async (events, stopping) =>
    {
        await queues.EnsureAsync(stopping);
        await transport.PublishAsync(events, stopping);
    }, cancellation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of {Source} could not be published; they stay in the outbox and are tried again.")]
    private partial void LogFailed(Exception exception, string source);
}
