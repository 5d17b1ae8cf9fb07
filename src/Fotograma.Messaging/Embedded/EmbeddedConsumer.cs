using System.Collections.Concurrent;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Embedded;

/// <summary>
/// One member of a group: claims what is due, hands it out, keeps it hidden while it is being handled, settles it. Used for one consumption and then thrown away.
/// </summary>
internal sealed partial class EmbeddedConsumer(
    EmbeddedQueue queue, string group, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle,
    Action<string> buriedUnreadable, MessagingOptions options, Ids ids, TimeProvider clock, ILogger log)
{
    private readonly TimeSpan hiddenFor = TimeSpan.FromSeconds(options.VisibilityTimeoutSeconds);
    private readonly HashSet<Task> running = [];
    private readonly ConcurrentQueue<Claim> done = new();
    private volatile bool lacksSlots = true;

    /// <summary>Set when something may be due: published, put back, or no longer held up by an earlier event.</summary>
    public Signal Due { get; } = new(clock);

    public async Task RunAsync(CancellationToken cancellation)
    {
        slots.Changed += SlotsChanged;
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                running.RemoveWhere(task => task.IsCompleted);
                await Due.WaitAsync(await ClaimAsync(cancellation), cancellation);
            }
        }
        finally
        {
            slots.Changed -= SlotsChanged;
            await Task.WhenAll(running);
            if (!done.IsEmpty) await ForgetAsync();
        }
    }

    // Starts handling what is due; returns how long to wait when nothing signals.
    private async Task<TimeSpan> ClaimAsync(CancellationToken cancellation)
    {
        // Said before looking, so that a slot that is returned meanwhile is not overlooked.
        lacksSlots = true;
        var free = slots.Free - running.Count;
        if (free <= 0)
        {
            if (!done.IsEmpty) await ForgetAsync();
            return options.PollInterval;
        }
        var (claims, untilNext) = await queue.ClaimAsync(group, free, ids.New(), hiddenFor, TakeDone(), cancellation);
        lacksSlots = claims.Count == free;
        foreach (var claim in claims)
        {
            if (claim.Delivery is { } delivery) running.Add(Task.Run(() => HandleAsync(claim, delivery, cancellation), CancellationToken.None));
            else
            {
                await queue.BuryAsync(claim, group, claim.Fault!, CancellationToken.None);
                buriedUnreadable(claim.Fault!);
            }
        }
        if (claims.Count == free) return options.PollInterval;
        return untilNext < options.PollInterval ? untilNext.Value : options.PollInterval;
    }

    // Somebody who found less than there was room for has no use for more room.
    private void SlotsChanged()
    {
        if (lacksSlots) Due.Set();
    }

    // What is done goes with the next claim, which follows at once. An event whose end is not written down comes again.
    private List<Claim> TakeDone()
    {
        var taken = new List<Claim>();
        while (done.TryDequeue(out var claim)) taken.Add(claim);
        return taken;
    }

    private async Task ForgetAsync()
    {
        try
        {
            await queue.RemoveAsync(TakeDone(), CancellationToken.None);
        }
        catch (System.Data.Common.DbException exception)
        {
            LogNotForgotten(exception, group);
        }
    }

    private async Task HandleAsync(Claim claim, Delivery delivery, CancellationToken cancellation)
    {
        try
        {
            using var handling = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var hiding = KeepHiddenAsync(claim, delivery, handling);
            var settlement = await OutcomeAsync(delivery, handling.Token);
            await handling.CancelAsync();
            await hiding;
            await SettleAsync(claim, settlement);
        }
        catch (Exception exception)
        {
            LogNotSettled(exception, delivery.Event.Id, group);
        }
        finally
        {
            Due.Set();
        }
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
            return new Settlement.Retry(options.PollInterval);
        }
    }

    // What the handler decided is written down even when the process is being stopped meanwhile.
    private Task SettleAsync(Claim claim, Settlement settlement) => settlement switch
    {
        Settlement.Done => DoneAsync(claim),
        Settlement.Retry retry => queue.ReleaseAsync(claim, retry.Delay, CancellationToken.None),
        Settlement.GiveUp giveUp => queue.BuryAsync(claim, group, giveUp.Reason, CancellationToken.None),
        _ => throw new InvalidOperationException($"{settlement.GetType().Name} is not a settlement."),
    };

    private Task DoneAsync(Claim claim)
    {
        done.Enqueue(claim);
        return Task.CompletedTask;
    }

    // When the claim is lost all the same (the process was asleep), the handler is told to stop: another member has the event.
    private async Task KeepHiddenAsync(Claim claim, Delivery delivery, CancellationTokenSource handling)
    {
        using var timer = new PeriodicTimer(hiddenFor / 3, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(handling.Token))
            {
                if (await TryHideAsync(claim, delivery, handling.Token)) continue;
                LogClaimLost(delivery.Event.Id, group);
                await handling.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The handler is done.
        }
    }

    private async Task<bool> TryHideAsync(Claim claim, Delivery delivery, CancellationToken cancellation)
    {
        try
        {
            return await queue.HideAsync(claim, hiddenFor, cancellation);
        }
        catch (System.Data.Common.DbException exception)
        {
            LogNotHidden(exception, delivery.Event.Id, group);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event {EventId} could not be settled for {Group}; it will come again.")]
    private partial void LogNotSettled(Exception exception, Guid eventId, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events that {Group} is done with could not be removed; they will come again.")]
    private partial void LogNotForgotten(Exception exception, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The handler of {EventId} for {Group} threw; the event will come again.")]
    private partial void LogHandlerThrew(Exception exception, Guid eventId, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event {EventId} was handled for too long without a sign of life and is another member's of {Group} now.")]
    private partial void LogClaimLost(Guid eventId, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event {EventId} could not be kept hidden for {Group}; the next attempt follows.")]
    private partial void LogNotHidden(Exception exception, Guid eventId, string group);
}
