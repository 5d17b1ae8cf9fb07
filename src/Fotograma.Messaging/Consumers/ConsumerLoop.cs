using System.Collections.Concurrent;
using System.Diagnostics;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Consumers;

/// <summary>
/// Runs one consumer group: hands its events to the handlers, retries failures with exponential backoff, gives up what goes on failing. A transport that fails is
/// taken up again after a pause.
/// </summary>
internal sealed partial class ConsumerLoop(
    Consumer consumer, Slots slots, ITransport transport, QueuePreparation queues, MessagingOptions options, IServiceProvider services, EventCounts counts,
    TimeProvider clock, ILogger<ConsumerLoop> log)
    : BackgroundService
{
    private static readonly TimeSpan StandsAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProvenAfterLeast = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProvenAfterMost = TimeSpan.FromMinutes(1);
    private readonly Patience patience = new(options, clock);
    private readonly ConcurrentDictionary<string, bool> strange = new(StringComparer.Ordinal);
    private volatile bool lost;
    private TimeSpan provenAfter = ProvenAfterLeast;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        transport.BuriedUnreadable += TellUnreadable;
        try
        {
            await ConsumeAlwaysAsync(stoppingToken);
        }
        finally
        {
            transport.BuriedUnreadable -= TellUnreadable;
        }
    }

    private async Task ConsumeAlwaysAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = clock.GetTimestamp();
            try
            {
                await queues.EnsureAsync(stoppingToken);
                await ConsumeAsync(stoppingToken);
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
                provenAfter = Proof(clock.GetElapsedTime(began));
                queues.Complain(consumer.Subscription, exception);
                queues.Forget(consumer.Subscription);
                await Task.Delay(options.PollInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // A broker may answer and give nothing: for want of a right, say. Then it is as good as away, until an attempt stands for longer than those that failed, or an event comes.
    private async Task ConsumeAsync(CancellationToken stoppingToken)
    {
        var consuming = transport.ConsumeAsync(consumer.Subscription, slots, HandleAsync, stoppingToken);
        if (lost)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            if (await Task.WhenAny(consuming, Task.Delay(provenAfter, clock, ended.Token)) != consuming) queues.Troubles.Settle(consumer.Subscription.Group);
            await ended.CancelAsync();
        }
        await consuming;
    }

    private static TimeSpan Proof(TimeSpan failedAfter) => TimeSpan.FromTicks(Math.Clamp(failedAfter.Ticks * 2, ProvenAfterLeast.Ticks, ProvenAfterMost.Ticks));

    private void TellUnreadable(string group, string reason)
    {
        if (group != consumer.Subscription.Group) return;
        LogUnreadable(group, reason);
        counts.GivenUp(group, EventCounts.Unreadable);
    }

    private async Task<Settlement> HandleAsync(Delivery delivery, CancellationToken cancellation)
    {
        if (lost)
        {
            lost = false;
            queues.Troubles.Settle(consumer.Subscription.Group);
            LogTransportBack(consumer.Subscription.Group);
        }
        var happened = delivery.Event;
        if (patience.IsDeadly(delivery))
            return GiveUp(delivery, $"It was delivered {delivery.Attempt} times, most of them without an outcome: its processes seem to die of it.", null);
        using var activity = Tracing.Source.StartActivity($"process {happened.Type}", ActivityKind.Consumer, happened.Trace?.ToActivity() ?? default);
        try
        {
            await consumer.HandleAsync(services, happened, cancellation);
            return new Settlement.Done();
        }
        catch (UnreadableEventException exception)
        {
            return GiveUp(delivery, $"malformed: {exception.Message}", exception);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            return Failed(delivery, exception);
        }
    }

    private Settlement Failed(Delivery delivery, Exception exception)
    {
        var happened = delivery.Event;
        var reason = exception is UnknownTypeException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}";
        if (patience.IsOver(delivery)) return GiveUp(delivery, reason, exception);
        if (exception is not UnknownTypeException) LogRetried(exception, happened.Type, happened.Id, delivery.Attempt);
        else if (strange.TryAdd(happened.Type, true)) LogStrange(consumer.Subscription.Group, happened.Type);
        counts.Retried(consumer.Subscription.Group, happened.Type);
        return new Settlement.Retry(RetryPace.DelayAfter(delivery.Attempt));
    }

    private Settlement.GiveUp GiveUp(Delivery delivery, string reason, Exception? exception)
    {
        var happened = delivery.Event;
        LogGivenUp(exception, happened.Type, happened.Id, delivery.Attempt, reason);
        counts.GivenUp(consumer.Subscription.Group, happened.Type);
        return new Settlement.GiveUp(reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The group {Group} lost its transport and tries again.")]
    private partial void LogTransportFailed(Exception exception, string group);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The group {Group} still has no transport.")]
    private partial void LogTransportStillFails(Exception exception, string group);

    [LoggerMessage(Level = LogLevel.Information, Message = "The group {Group} gets events from its transport again.")]
    private partial void LogTransportBack(string group);

    [LoggerMessage(Level = LogLevel.Information, Message = "Handling {Type} {EventId} failed at delivery {Attempt}; it will come again.")]
    private partial void LogRetried(Exception exception, string type, Guid eventId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The group {Group} was given an event of the type {Type}, which this version does not know. Such events come again, for a version that does.")]
    private partial void LogStrange(string group, string type);

    [LoggerMessage(Level = LogLevel.Error, Message = "Something came to the group {Group} that cannot be read as an event, and was kept as a dead letter: {Reason}")]
    private partial void LogUnreadable(string group, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The event {Type} {EventId} was given up at delivery {Attempt} and kept as a dead letter: {Reason}")]
    private partial void LogGivenUp(Exception? exception, string type, Guid eventId, int attempt, string reason);
}
