using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Sqs;

/// <summary>
/// One member of a group: receives no more than there are free slots, keeps what it has hidden while it is being handled, settles it. Used for one consumption
/// and then thrown away.
/// </summary>
internal sealed partial class SqsConsumer(
    SqsHolding holding, Func<string, string, Task> bury, string group, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle,
    Action<string> buriedUnreadable, TimeSpan hiddenFor, SqsOptions options, MessagingOptions messaging, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);
    private readonly HashSet<Task> running = [];
    private readonly Signal room = new(clock);

    public async Task RunAsync(CancellationToken cancellation)
    {
        slots.Changed += room.Set;
        var deleting = holding.DeleteAllAsync();
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Free > 0) await TakeAsync(await holding.ReceiveAsync(Free, TimeSpan.FromSeconds(options.WaitSeconds), cancellation), cancellation);
                else await room.WaitAsync(LookAgain, cancellation);
            }
        }
        finally
        {
            slots.Changed -= room.Set;
            await Task.WhenAll(running);
            holding.Close();
            await deleting;
        }
    }

    private int Free
    {
        get
        {
            running.RemoveWhere(task => task.IsCompleted);
            return slots.Free - running.Count;
        }
    }

    // Slots may have been taken while the request was open. What came for them goes back at once, for others; that counts as a delivery.
    private async Task TakeAsync(IReadOnlyList<SqsInHand> received, CancellationToken cancellation)
    {
        foreach (var inHand in received)
        {
            if (Free > 0) running.Add(Task.Run(() => HandleAsync(inHand, cancellation), CancellationToken.None));
            else await SettleOrLeaveAsync(inHand, new Settlement.Retry(TimeSpan.Zero));
        }
    }

    private async Task HandleAsync(SqsInHand inHand, CancellationToken cancellation)
    {
        if (inHand.Delivery is null) await SettleOrLeaveAsync(inHand, new Settlement.GiveUp(inHand.Fault!));
        else if (await HandleHiddenAsync(inHand, inHand.Delivery, cancellation) is { } settlement) await SettleOrLeaveAsync(inHand, settlement);
        room.Set();
    }

    // Returns nothing when the event is another member's by now, and this one's handler did not finish it.
    private async Task<Settlement?> HandleHiddenAsync(SqsInHand inHand, Delivery delivery, CancellationToken cancellation)
    {
        using var handling = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var handled = new CancellationTokenSource();
        var hiding = KeepHiddenAsync(inHand, delivery, handling, handled.Token);
        var settlement = await OutcomeAsync(delivery, handling.Token);
        await handled.CancelAsync();
        return await hiding || settlement is Settlement.Done ? settlement : null;
    }

    private async Task<Settlement> OutcomeAsync(Delivery delivery, CancellationToken cancellation)
    {
        try
        {
            return await handle(delivery, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new Settlement.Retry(TimeSpan.Zero);
        }
        catch (Exception exception)
        {
            LogHandlerThrew(exception, delivery.Event.Id, group);
            return new Settlement.Retry(messaging.PollInterval);
        }
    }

    // What the handler decided is done even when the process is being stopped meanwhile. What cannot be done lets the event come again.
    private async Task SettleOrLeaveAsync(SqsInHand inHand, Settlement settlement)
    {
        try
        {
            await SettleAsync(inHand, settlement);
        }
        catch (Exception exception)
        {
            LogNotSettled(exception, inHand.Delivery?.Event.Id, group);
        }
    }

    private async Task SettleAsync(SqsInHand inHand, Settlement settlement)
    {
        switch (settlement)
        {
            case Settlement.Done:
                await holding.DeleteAsync(inHand);
                break;
            case Settlement.Retry retry:
                await holding.ReleaseAsync(inHand, retry.Delay);
                break;
            case Settlement.GiveUp giveUp:
                await bury(inHand.Body, giveUp.Reason);
                Steps.Reached(Steps.EventBuried);
                if (inHand.Delivery is null) buriedUnreadable(giveUp.Reason);
                await holding.DeleteAsync(inHand);
                break;
            default:
                throw new InvalidOperationException($"{settlement.GetType().Name} is not a settlement.");
        }
    }

    /// <summary>Extends the time for which the event is hidden, at a third of it, and tells the handler to stop when that came too late.</summary>
    /// <returns>False when the event is no longer this consumer's. No extension is under way any more then: one that came late would hide what was put back.</returns>
    private async Task<bool> KeepHiddenAsync(SqsInHand inHand, Delivery delivery, CancellationTokenSource handling, CancellationToken handled)
    {
        using var timer = new PeriodicTimer(hiddenFor / 3, clock);
        var hiddenSince = clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(handled))
            {
                var now = clock.GetTimestamp();
                var hidden = await TryHideAsync(inHand, delivery);
                if (hidden == true) hiddenSince = now;
                if (hidden == true || (hidden is null && clock.GetElapsedTime(hiddenSince) < hiddenFor)) continue;
                LogLost(delivery.Event.Id, group);
                await handling.CancelAsync();
                return false;
            }
        }
        catch (OperationCanceledException)
        {
            // The handler is done.
        }
        return true;
    }

    // Nothing is known when SQS did not answer.
    private async Task<bool?> TryHideAsync(SqsInHand inHand, Delivery delivery)
    {
        try
        {
            return await holding.HideAsync(inHand);
        }
        catch (Exception exception)
        {
            LogNotHidden(exception, delivery.Event.Id, group);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event {EventId} could not be settled for {Group}; it will come again.")]
    private partial void LogNotSettled(Exception exception, Guid? eventId, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The handler of {EventId} for {Group} threw; the event will come again.")]
    private partial void LogHandlerThrew(Exception exception, Guid eventId, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event {EventId} was handled for too long without a sign of life and is another member's of {Group} now.")]
    private partial void LogLost(Guid eventId, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event {EventId} could not be kept hidden for {Group}; the next attempt follows.")]
    private partial void LogNotHidden(Exception exception, Guid eventId, string group);
}
