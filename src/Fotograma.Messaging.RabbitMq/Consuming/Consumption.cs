using System.Globalization;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.RabbitMq.Layout;
using Fotograma.Messaging.RabbitMq.Publishing;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Fotograma.Messaging.RabbitMq.Consuming;

/// <summary>What a consumption needs besides its channel.</summary>
internal sealed record ConsumptionTools(Publisher Publisher, Names Names, RabbitMqOptions Options, MessagingOptions Messaging, TimeProvider Clock, ILogger Log);

/// <summary>
/// One member of a group on one channel: shows the broker a consumer for each free slot, hands out what comes, settles it. Used for one consumption and then thrown away.
/// What cannot be settled ends the consumption; the broker delivers again what was not acknowledged.
/// </summary>
internal sealed partial class Consumption(
    IChannel channel, Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, ConsumptionTools tools) : IDisposable
{
    private readonly ILogger log = tools.Log;
    private readonly string queue = tools.Names.Queue(subscription.Group);
    private readonly Signal changed = new(tools.Clock);
    private readonly List<SlotConsumer> consumers = [];
    private readonly HashSet<Task> running = [];
    private readonly Lock state = new();

    // A channel is not for several hands at a time.
    private readonly SemaphoreSlim channelUse = new(1, 1);
    private CancellationToken stopping;
    private Exception? failure;
    private bool leaving;
    private int consumersMade;

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var handling = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stopping = handling.Token;
        slots.Changed += changed.Set;
        try
        {
            await channel.BasicQosAsync(prefetchSize: 0, prefetchCount: 1, global: false, cancellation);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Volatile.Read(ref failure) is { } lost) throw lost;
                await FollowSlotsAsync(cancellation);
                await changed.WaitAsync(tools.Messaging.PollInterval, cancellation);
            }
        }
        finally
        {
            slots.Changed -= changed.Set;
            await LeaveAsync();
            await handling.CancelAsync();
            await Task.WhenAll(Running());
        }
    }

    public void Dispose() => channelUse.Dispose();

    // As many consumers as there are free slots; one whose event is in hand leaves when that is settled.
    private async Task FollowSlotsAsync(CancellationToken cancellation)
    {
        await channelUse.WaitAsync(cancellation);
        try
        {
            while (TakeSuperfluous() is { } superfluous) await channel.BasicCancelAsync(superfluous.Tag, noWait: false, cancellation);
            while (AddMissing() is { } missing)
                await channel.BasicConsumeAsync(queue, autoAck: false, missing.Tag, noLocal: false, exclusive: false, arguments: null, missing, cancellation);
        }
        finally
        {
            channelUse.Release();
        }
    }

    private SlotConsumer? TakeSuperfluous()
    {
        lock (state)
        {
            if (consumers.Count <= slots.Free || consumers.Find(consumer => !consumer.Busy) is not { } idle) return null;
            consumers.Remove(idle);
            return idle;
        }
    }

    private SlotConsumer? AddMissing()
    {
        lock (state)
        {
            if (consumers.Count >= slots.Free) return null;
            var tag = (++consumersMade).ToString(CultureInfo.InvariantCulture);
            var missing = new SlotConsumer(channel, tag, Arrived, reason => Fail(new RabbitMqException($"The consumption of {queue} ended. {reason}")));
            consumers.Add(missing);
            return missing;
        }
    }

    private void Arrived(SlotConsumer consumer, Arrival arrival)
    {
        lock (state)
        {
            // The end of the channel puts it back.
            if (leaving) return;
            running.RemoveWhere(task => task.IsCompleted);
            var expected = consumers.Contains(consumer);
            if (expected) consumer.Busy = true;
            running.Add(Task.Run(() => expected ? HandleAsync(consumer, arrival) : PutBackAsync(arrival), CancellationToken.None));
        }
    }

    private async Task HandleAsync(SlotConsumer consumer, Arrival arrival)
    {
        try
        {
            var settlement = await DecideAsync(arrival);
            await CopyAsync(arrival, settlement);
            await SettleAsync(consumer, arrival, putBack: settlement is null);
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

    // Null: it is put back as it came.
    private async Task<Settlement?> DecideAsync(Arrival arrival)
    {
        if (arrival.Body.Length > tools.Options.EventBytesMax)
            return new Settlement.GiveUp($"not a CloudEvent 1.0 that is taken: {arrival.Body.Length} bytes; {tools.Options.EventBytesMax} are allowed");
        if (CloudEvent.TryFromJson(arrival.Body, out var fault) is not { } happened) return new Settlement.GiveUp(fault!);
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

    // A consumer that has lost its slot leaves before it acknowledges: the broker would fill it again at once.
    private async Task SettleAsync(SlotConsumer consumer, Arrival arrival, bool putBack)
    {
        await channelUse.WaitAsync();
        try
        {
            if (IsToLeave(consumer)) await channel.BasicCancelAsync(consumer.Tag);
            if (putBack) await channel.BasicNackAsync(arrival.Tag, multiple: false, requeue: true);
            else await channel.BasicAckAsync(arrival.Tag, multiple: false);
        }
        finally
        {
            channelUse.Release();
        }
    }

    private bool IsToLeave(SlotConsumer consumer)
    {
        lock (state)
        {
            consumer.Busy = false;
            return consumers.Count > slots.Free && consumers.Remove(consumer);
        }
    }

    // It was on its way when its consumer left.
    private async Task PutBackAsync(Arrival arrival)
    {
        await channelUse.WaitAsync();
        try
        {
            await channel.BasicNackAsync(arrival.Tag, multiple: false, requeue: true);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        finally
        {
            channelUse.Release();
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

    // Best effort: what is lost already has left.
    private async Task LeaveAsync()
    {
        List<SlotConsumer> left;
        lock (state)
        {
            left = [.. consumers];
            consumers.Clear();
        }
        await channelUse.WaitAsync();
        try
        {
            foreach (var consumer in left.TakeWhile(_ => channel.IsOpen)) await channel.BasicCancelAsync(consumer.Tag);
        }
        catch (Exception exception)
        {
            LogLeft(exception, subscription.Group);
        }
        finally
        {
            channelUse.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The handler of {EventId} for {Group} threw; the event will come again.")]
    private partial void LogHandlerThrew(Exception exception, Guid eventId, string group);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The consumers of {Group} could not leave in order.")]
    private partial void LogLeft(Exception exception, string group);
}
