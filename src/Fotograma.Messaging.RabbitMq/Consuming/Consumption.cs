using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.RabbitMq.Layout;
using Fotograma.Messaging.RabbitMq.Publishing;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Fotograma.Messaging.RabbitMq.Consuming;

/// <summary>What a consumption needs besides its channel.</summary>
internal sealed record ConsumptionTools(Publisher Publisher, Names Names, RabbitMqOptions Options, MessagingOptions Messaging, Action<string, string> BuriedUnreadable, TimeProvider Clock, ILogger Log);

/// <summary>
/// One member of a group on one channel: shows the broker the consumers that its <see cref="SlotBoard"/> wants, hands out what comes, settles it. Used for one consumption and then thrown away.
/// What cannot be settled ends the consumption; the broker delivers again what was not acknowledged.
/// </summary>
internal sealed partial class Consumption(
    IChannel channel, Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, ConsumptionTools tools) : IDisposable
{
    private readonly ILogger log = tools.Log;
    private readonly string queue = tools.Names.Queue(subscription.Group);
    private readonly Signal changed = new(tools.Clock);
    private readonly HashSet<Task> running = [];
    private readonly Lock state = new();

    // A channel is not for several hands at a time.
    private readonly SemaphoreSlim channelUse = new(1, 1);
    private CancellationToken stopping;
    private Exception? failure;
    private bool leaving;

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var handling = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stopping = handling.Token;
        slots.Changed += changed.Set;
        var board = new SlotBoard(slots, tools.Options.SlotLinger, tools.Clock, Make);
        try
        {
            await channel.BasicQosAsync(prefetchSize: 0, prefetchCount: 1, global: false, cancellation);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Volatile.Read(ref failure) is { } lost) throw lost;
                while (board.Next() is { } step) await TakeAsync(board, step, cancellation);
                await changed.WaitAsync(board.Patience ?? tools.Messaging.PollInterval, cancellation);
            }
        }
        finally
        {
            slots.Changed -= changed.Set;
            await LeaveAsync(board.Close());
            await handling.CancelAsync();
            await Task.WhenAll(Running());
        }
    }

    public void Dispose() => channelUse.Dispose();

    private SlotConsumer Make(SlotBoard board, string tag) =>
        new(channel, tag, (consumer, arrival) => Arrived(board, consumer, arrival), reason => Fail(new RabbitMqException($"The consumption of {queue} ended. {reason}")));

    private Task TakeAsync(SlotBoard board, SlotStep step, CancellationToken cancellation)
    {
        var consumer = step.Consumer;
        switch (step.Action)
        {
            case SlotAction.Handle:
                Begin(() => HandleAsync(board, consumer, step.Arrival!));
                return Task.CompletedTask;
            case SlotAction.Show:
                return OnChannelAsync(() => channel.BasicConsumeAsync(queue, autoAck: false, consumer.Tag, noLocal: false, exclusive: false, arguments: null, consumer, cancellation), cancellation);
            case SlotAction.Acknowledge:
                return OnChannelAsync(() => channel.BasicAckAsync(step.Arrival!.Tag, multiple: false, cancellation).AsTask(), cancellation);
            default:
                return OnChannelAsync(() => RemoveAsync(step), cancellation);
        }
    }

    private async Task OnChannelAsync(Func<Task> use, CancellationToken cancellation)
    {
        await channelUse.WaitAsync(cancellation);
        try
        {
            await use();
        }
        finally
        {
            channelUse.Release();
        }
    }

    // It leaves before its event is settled: the broker would fill it again at once.
    private async Task RemoveAsync(SlotStep step)
    {
        await channel.BasicCancelAsync(step.Consumer.Tag);
        if (step.Was is SlotState.Done) await channel.BasicAckAsync(step.Arrival!.Tag, multiple: false);
        else if (step.Was is SlotState.Holding) await channel.BasicNackAsync(step.Arrival!.Tag, multiple: false, requeue: true);
    }

    private void Arrived(SlotBoard board, SlotConsumer consumer, Arrival arrival)
    {
        switch (board.Arrived(consumer, arrival))
        {
            case true:
                Begin(() => HandleAsync(board, consumer, arrival));
                break;
            case false:
                changed.Set();
                break;
            default:
                // It was on its way when its consumer left.
                Begin(() => PutBackAsync(arrival));
                break;
        }
    }

    private void Begin(Func<Task> work)
    {
        lock (state)
        {
            // The end of the channel puts it back.
            if (leaving) return;
            running.RemoveWhere(task => task.IsCompleted);
            running.Add(Task.Run(work, CancellationToken.None));
        }
    }

    private async Task HandleAsync(SlotBoard board, SlotConsumer consumer, Arrival arrival)
    {
        try
        {
            var happened = Read(arrival, out var fault);
            var settlement = happened is null ? new Settlement.GiveUp(fault!) : await DecideAsync(happened, arrival);
            await CopyPatientlyAsync(arrival, settlement);
            if (settlement is Settlement.Retry or Settlement.GiveUp) Steps.Reached(settlement is Settlement.Retry ? Steps.EventPutOff : Steps.EventBuried);
            if (happened is null) tools.BuriedUnreadable(subscription.Group, fault!);
            if (settlement is null) await PutBackAsync(arrival);
            else if (board.Finished(consumer)) await OnChannelAsync(() => channel.BasicAckAsync(arrival.Tag, multiple: false).AsTask(), CancellationToken.None);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        finally
        {
            changed.Set();
        }
    }

    private CloudEvent? Read(Arrival arrival, out string? fault)
    {
        if (arrival.Body.Length <= tools.Options.EventBytesMax) return CloudEvent.TryFromJson(arrival.Body, out fault);
        fault = $"not a CloudEvent 1.0 that is taken: {arrival.Body.Length} bytes; {tools.Options.EventBytesMax} are allowed";
        return null;
    }

    // Null: it is put back as it came.
    private async Task<Settlement?> DecideAsync(CloudEvent happened, Arrival arrival)
    {
        try
        {
            var delivery = new Delivery(happened, Envelope.AttemptOf(arrival.Properties)) { FirstAt = Envelope.FirstRetryOf(arrival.Properties) };
            return await handle(delivery, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            LogHandlerThrew(exception, happened.Id, subscription.Group);
            return new Settlement.Retry(tools.Messaging.PollInterval);
        }
    }

    // A broker that takes nothing for a while, for want of memory or disk, still delivers. Ending the consumption would have everything in hand come again, and count as often.
    private async Task CopyPatientlyAsync(Arrival arrival, Settlement? settlement)
    {
        while (true)
        {
            try
            {
                await CopyAsync(arrival, settlement);
                return;
            }
            catch (RabbitMqException) when (tools.Publisher.IsBlocked && channel.IsOpen)
            {
                await Task.Delay(tools.Messaging.PollInterval, tools.Clock, stopping);
            }
        }
    }

    // What shall go on living goes on as a copy, and only when that has arrived the original is acknowledged. A crash between the two leaves both.
    private Task CopyAsync(Arrival arrival, Settlement? settlement) => settlement switch
    {
        null or Settlement.Done => Task.CompletedTask,
        Settlement.Retry retry => SendAsync(
            retry.Delay > TimeSpan.Zero ? tools.Names.Waiting(Rung.For(retry.Delay)) : "", queue, Envelope.ForRetry(arrival.Properties, retry.Delay, tools.Clock.GetUtcNow()), arrival),
        Settlement.GiveUp giveUp => SendAsync("", tools.Names.Dead(subscription.Group), Envelope.ForBurial(arrival.Properties, giveUp.Reason, tools.Clock.GetUtcNow()), arrival),
        _ => throw new InvalidOperationException($"{settlement.GetType().Name} is not a settlement."),
    };

    // What the handler decided is written down even when the process is being stopped meanwhile.
    private Task SendAsync(string exchange, string key, BasicProperties properties, Arrival arrival) =>
        tools.Publisher.SendAsync([new Parcel(exchange, key, MustArrive: true, properties, arrival.Body)], CancellationToken.None);

    private async Task PutBackAsync(Arrival arrival)
    {
        try
        {
            await OnChannelAsync(() => channel.BasicNackAsync(arrival.Tag, multiple: false, requeue: true).AsTask(), CancellationToken.None);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        Interlocked.CompareExchange(ref failure, exception, null);
        changed.Set();
    }

    private List<Task> Running()
    {
        lock (state)
        {
            leaving = true;
            return [.. running];
        }
    }

    // Best effort: what is lost already has left. All of them leave before anything is settled.
    private async Task LeaveAsync(IReadOnlyList<SlotStep> last)
    {
        try
        {
            await OnChannelAsync(async () =>
            {
                foreach (var step in last.TakeWhile(_ => channel.IsOpen)) await channel.BasicCancelAsync(step.Consumer.Tag);
                foreach (var step in last.Where(step => step.Was is SlotState.Done).TakeWhile(_ => channel.IsOpen)) await channel.BasicAckAsync(step.Arrival!.Tag, multiple: false);
                foreach (var step in last.Where(step => step.Was is SlotState.Holding).TakeWhile(_ => channel.IsOpen))
                    await channel.BasicNackAsync(step.Arrival!.Tag, multiple: false, requeue: true);
            }, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogLeft(exception, subscription.Group);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The handler of {EventId} for {Group} threw; the event will come again.")]
    private partial void LogHandlerThrew(Exception exception, Guid eventId, string group);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The consumers of {Group} could not leave in order.")]
    private partial void LogLeft(Exception exception, string group);
}
