using System.Globalization;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.RabbitMq.Consuming;

/// <summary>
/// Decides which consumers a member of a group shows the broker: as many as it has free slots. Showing and removing one is dear (the broker writes both to the queue's log),
/// and slots that are taken are often free again at once: so a consumer that has lost its slot stays for <paramref name="linger"/> and brings no event to a handler meanwhile.
/// An event whose handler has ended is acknowledged only when its consumer has a slot again or leaves, because the broker would fill it anew; one that came when no slot was
/// free waits for one, and goes back to the queue when its consumer leaves. Safe for concurrent use.
/// </summary>
internal sealed class SlotBoard(Slots slots, TimeSpan linger, TimeProvider clock, Func<SlotBoard, string, SlotConsumer> make)
{
    // Timers count whole milliseconds.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly Lock state = new();
    private readonly List<SlotConsumer> consumers = [];
    private long? superfluousSince;
    private int made;
    private bool closed;

    /// <summary>What became of an event that has come: true where its handler shall begin, false where it waits, null where its consumer has left and it goes back.</summary>
    public bool? Arrived(SlotConsumer consumer, Arrival arrival)
    {
        lock (state)
        {
            if (closed || !consumers.Contains(consumer)) return null;
            var begins = Spare() > 0;
            Note(consumer, begins ? SlotState.Handling : SlotState.Holding, arrival);
            return begins;
        }
    }

    /// <summary>Says that a handler has ended. True: acknowledge now. False: <see cref="Next"/> says when.</summary>
    public bool Finished(SlotConsumer consumer)
    {
        lock (state)
        {
            Note(consumer, SlotState.Done, consumer.Arrival);
            if (!closed && Count(SlotState.Idle) >= Spare()) return false;
            Note(consumer, SlotState.Idle, null);
            return true;
        }
    }

    /// <summary>The next thing to do; null when everything is as it should be for <see cref="Patience"/>.</summary>
    public SlotStep? Next()
    {
        lock (state)
        {
            if (closed) return null;
            var vacant = Spare() - Count(SlotState.Idle);
            superfluousSince = vacant >= 0 ? null : superfluousSince ?? clock.GetTimestamp();
            return Begin() ?? (vacant > 0 ? Acknowledge() ?? Show() : null) ?? Leave(vacant < 0);
        }
    }

    /// <summary>How long at most until <see cref="Next"/> has to be asked again, if no slot changes meanwhile.</summary>
    public TimeSpan? Patience
    {
        get
        {
            lock (state)
            {
                var since = consumers.Where(consumer => consumer.State is SlotState.Done or SlotState.Holding).Select(consumer => (long?)consumer.Since).Append(superfluousSince).Min();
                if (since is not { } first) return null;
                var left = linger - clock.GetElapsedTime(first);
                return left > Shortest ? left : Shortest;
            }
        }
    }

    /// <summary>Ends it: nothing is handled any more, and what a handler has ended with is acknowledged at once.</summary>
    /// <returns>All consumers, each as it was.</returns>
    public IReadOnlyList<SlotStep> Close()
    {
        lock (state)
        {
            closed = true;
            List<SlotStep> last = [.. consumers.Select(consumer => new SlotStep(SlotAction.Leave, consumer, consumer.State, consumer.Arrival))];
            consumers.Clear();
            return last;
        }
    }

    private SlotStep? Begin()
    {
        if (Spare() <= 0 || consumers.Find(consumer => consumer.State is SlotState.Holding) is not { } waiting) return null;
        var step = new SlotStep(SlotAction.Handle, waiting, SlotState.Holding, waiting.Arrival);
        Note(waiting, SlotState.Handling, waiting.Arrival);
        return step;
    }

    private SlotStep? Acknowledge()
    {
        if (consumers.Find(consumer => consumer.State is SlotState.Done) is not { } done) return null;
        var step = new SlotStep(SlotAction.Acknowledge, done, SlotState.Done, done.Arrival);
        Note(done, SlotState.Idle, null);
        return step;
    }

    private SlotStep Show()
    {
        var missing = make(this, (++made).ToString(CultureInfo.InvariantCulture));
        consumers.Add(missing);
        return new SlotStep(SlotAction.Show, missing, SlotState.Idle, null);
    }

    private SlotStep? Leave(bool isSuperfluous)
    {
        var leaving = consumers.Find(consumer => consumer.State is SlotState.Done or SlotState.Holding && clock.GetElapsedTime(consumer.Since) >= linger);
        if (isSuperfluous && clock.GetElapsedTime(superfluousSince!.Value) >= linger) leaving ??= consumers.Find(consumer => consumer.State is SlotState.Idle);
        if (leaving is null) return null;
        consumers.Remove(leaving);
        return new SlotStep(SlotAction.Leave, leaving, leaving.State, leaving.Arrival);
    }

    // Free slots that no handler works in. A handler may have taken a slot itself for work that goes on after it.
    private int Spare() => Math.Max(0, slots.Free - Count(SlotState.Handling));

    private int Count(SlotState wanted) => consumers.Count(consumer => consumer.State == wanted);

    private void Note(SlotConsumer consumer, SlotState now, Arrival? arrival)
    {
        consumer.State = now;
        consumer.Arrival = arrival;
        consumer.Since = clock.GetTimestamp();
    }
}

/// <summary>What a consumer is about.</summary>
internal enum SlotState
{
    /// <summary>It waits for an event.</summary>
    Idle,

    /// <summary>Its event came when no slot was free.</summary>
    Holding,

    /// <summary>Its event is with the handler.</summary>
    Handling,

    /// <summary>Its handler has ended, and the event is not acknowledged yet.</summary>
    Done,
}

/// <summary>What to do with a consumer.</summary>
internal enum SlotAction
{
    /// <summary>Show it to the broker.</summary>
    Show,

    /// <summary>Give its event to the handler.</summary>
    Handle,

    /// <summary>Acknowledge its event.</summary>
    Acknowledge,

    /// <summary>Remove it, then acknowledge what is done or put back what was not begun.</summary>
    Leave,
}

/// <summary>One thing to do.</summary>
/// <param name="Action">What.</param>
/// <param name="Consumer">With which consumer.</param>
/// <param name="Was">What it was about.</param>
/// <param name="Arrival">Its event, if it had one.</param>
internal sealed record SlotStep(SlotAction Action, SlotConsumer Consumer, SlotState Was, Arrival? Arrival);
