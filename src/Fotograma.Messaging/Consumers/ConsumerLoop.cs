using System.Diagnostics;
using System.Text.Json;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Consumers;

/// <summary>
/// Runs one consumer group: hands its events to the handlers, retries failures with exponential backoff, gives up poison. A transport that fails is
/// taken up again after a pause.
/// </summary>
internal sealed partial class ConsumerLoop(
    Consumer consumer, Slots slots, ITransport transport, QueuePreparation queues, MessagingOptions options, IServiceProvider services, TimeProvider clock,
    ILogger<ConsumerLoop> log)
    : BackgroundService
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StandsAfter = TimeSpan.FromSeconds(30);
    private volatile bool lost;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = clock.GetTimestamp();
            try
            {
                await queues.EnsureAsync(stoppingToken);
                await transport.ConsumeAsync(consumer.Subscription, slots, HandleAsync, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Said once, however long it lasts.
                if (lost && clock.GetElapsedTime(began) < StandsAfter) LogTransportStillFails(exception, consumer.Subscription.Group);
                else LogTransportFailed(exception, consumer.Subscription.Group);
                lost = true;
                queues.Forget();
                await Task.Delay(options.PollInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<Settlement> HandleAsync(Delivery delivery, CancellationToken cancellation)
    {
        if (lost)
        {
            lost = false;
            LogTransportBack(consumer.Subscription.Group);
        }
        var happened = delivery.Event;
        using var activity = Tracing.Source.StartActivity($"process {happened.Type}", ActivityKind.Consumer, happened.TraceParent);
        try
        {
            await consumer.HandleAsync(services, happened, cancellation);
            return new Settlement.Done();
        }
        catch (JsonException exception)
        {
            LogGivenUp(exception, happened.Type, happened.Id, delivery.Attempt);
            return new Settlement.GiveUp($"malformed: {exception.Message}");
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            return Failed(delivery, exception);
        }
    }

    private Settlement Failed(Delivery delivery, Exception exception)
    {
        var happened = delivery.Event;
        if (delivery.Attempt >= options.DeliveriesMax)
        {
            LogGivenUp(exception, happened.Type, happened.Id, delivery.Attempt);
            return new Settlement.GiveUp($"{exception.GetType().Name}: {exception.Message}");
        }
        LogRetried(exception, happened.Type, happened.Id, delivery.Attempt);
        var delay = FirstDelay * Math.Pow(2, Math.Min(delivery.Attempt - 1, 20));
        return new Settlement.Retry(delay < LongestDelay ? delay : LongestDelay);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The group {Group} lost its transport and tries again.")]
    private partial void LogTransportFailed(Exception exception, string group);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The group {Group} still has no transport.")]
    private partial void LogTransportStillFails(Exception exception, string group);

    [LoggerMessage(Level = LogLevel.Information, Message = "The group {Group} gets events from its transport again.")]
    private partial void LogTransportBack(string group);

    [LoggerMessage(Level = LogLevel.Information, Message = "Handling {Type} {EventId} failed at delivery {Attempt}; it will come again.")]
    private partial void LogRetried(Exception exception, string type, Guid eventId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The event {Type} {EventId} was given up at delivery {Attempt} and kept as a dead letter.")]
    private partial void LogGivenUp(Exception exception, string type, Guid eventId, int attempt);
}
