using Confluent.Kafka;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Kafka.Consuming;

/// <summary>
/// What one member has fetched, and who gets it when: one event of a subject at a time, in the order of the partition, no more at once than slots are free. Fetching
/// ahead takes nothing from others, because a partition is one member's alone. Safe for concurrent use.
/// </summary>
internal sealed class Intake(Slots slots, int bufferedMax, Func<Fetched, Task<bool>> handle, TimeProvider clock, CancellationToken stopping) : IDisposable
{
    // A mark of an event that was settled while an earlier one is still being handled is small; so many of them are kept before fetching waits for that one.
    private const int SettledAheadMax = 10_000;

    private readonly Lock gate = new();
    private readonly List<PartitionProgress> partitions = [];
    private readonly Dictionary<TopicPartition, long> places = [];
    private readonly HashSet<string> subjects = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim rested = new(initialState: true);
    private ITimer? alarm;
    private int handled;
    private int busy;
    private int turn;
    private bool resting;
    private bool closed;

    /// <summary>True when nothing is being handled or put away.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate) return busy == 0;
        }
    }

    /// <summary>Takes in a record that was fetched.</summary>
    public void Add(Fetched fetched)
    {
        lock (gate)
        {
            var progress = closed ? null : partitions.Find(held => held.Partition == fetched.Partition);
            if (progress is null || !progress.Add(fetched)) return;
            if (fetched.Delivery is null) Start(progress, fetched);
        }
        HandOut();
    }

    /// <summary>Gives out what may be handled now. Called after every change.</summary>
    public void HandOut()
    {
        lock (gate)
        {
            while (!closed && !resting && slots.Free > handled)
            {
                if (Next(out var due) is not var (progress, fetched))
                {
                    Wake(due);
                    return;
                }
                handled++;
                subjects.Add(fetched.Subject);
                Start(progress, fetched);
            }
        }
    }

    /// <summary>The member's partitions from now on. What was being handled of others is told to stop.</summary>
    public void Assign(IReadOnlyCollection<TopicPartition> assigned)
    {
        lock (gate)
        {
            resting = false;
            foreach (var progress in partitions.Where(progress => !progress.IsHeld && !assigned.Contains(progress.Partition)).ToList()) Forsake(progress);
            foreach (var partition in assigned)
            {
                var progress = partitions.Find(held => held.Partition == partition);
                if (progress is null) partitions.Add(progress = new PartitionProgress(partition));
                progress.IsHeld = true;
                progress.IsPaused = null;
            }
        }
    }

    /// <summary>
    /// Gives out nothing until partitions are assigned, and waits for what is being handled, within a bound: what is settled in time comes to nobody again.
    /// </summary>
    public void Rest(TimeSpan atMost)
    {
        lock (gate) resting = true;
        rested.Wait(atMost, CancellationToken.None);
    }

    /// <summary>The partitions go back to the group, before it is known who gets them.</summary>
    public void GiveBack()
    {
        lock (gate)
        {
            foreach (var progress in partitions) progress.GiveBack();
            places.Clear();
        }
    }

    /// <summary>The partitions are, or may be, others' already.</summary>
    public void Lose()
    {
        lock (gate)
        {
            resting = false;
            foreach (var progress in partitions.ToList()) Forsake(progress);
            places.Clear();
        }
    }

    /// <summary>Gives out nothing more.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            if (busy == 0) idle.TrySetResult();
        }
    }

    /// <summary>Ends when nothing is being handled any more; after <see cref="Close"/>.</summary>
    public Task IdleAsync() => idle.Task;

    /// <summary>The places that moved since they were last asked for.</summary>
    public List<TopicPartitionOffset> MovedPlaces()
    {
        lock (gate)
        {
            var moved = new List<TopicPartitionOffset>();
            foreach (var progress in partitions.Where(progress => progress.IsHeld))
            {
                if (progress.Place is not { } place || (places.TryGetValue(progress.Partition, out var before) && before == place)) continue;
                places[progress.Partition] = place;
                moved.Add(new TopicPartitionOffset(progress.Partition, place));
            }
            return moved;
        }
    }

    /// <summary>The partitions of which fetching must be paused or resumed.</summary>
    public (List<TopicPartition> Pause, List<TopicPartition> Resume) Flow()
    {
        var (pause, resume) = (new List<TopicPartition>(), new List<TopicPartition>());
        lock (gate)
        {
            foreach (var progress in partitions.Where(progress => progress.IsHeld))
            {
                // Resumed only when half is gone: every change costs a new fetch.
                var most = progress.IsPaused == true ? bufferedMax / 2 : bufferedMax - 1;
                var full = progress.Waiting > most || progress.SettledAhead >= SettledAheadMax;
                if (full == progress.IsPaused) continue;
                progress.IsPaused = full;
                (full ? pause : resume).Add(progress.Partition);
            }
        }
        return (pause, resume);
    }

    public void Dispose()
    {
        alarm?.Dispose();
        rested.Dispose();
    }

    // The first of each partition, in turn, that is due and whose subject nobody is at work on.
    private (PartitionProgress, Fetched)? Next(out DateTimeOffset? due)
    {
        due = null;
        var now = clock.GetUtcNow();
        for (var i = 0; i < partitions.Count; i++)
        {
            var progress = partitions[(turn + i) % partitions.Count];
            if (!progress.IsHeld) continue;
            foreach (var fetched in progress.WaitingInOrder)
            {
                if (fetched.NotBefore is { } notBefore && notBefore > now)
                {
                    if (due is null || notBefore < due) due = notBefore;
                }
                else if (!subjects.Contains(fetched.Subject))
                {
                    turn = (turn + i + 1) % partitions.Count;
                    return (progress, fetched);
                }
            }
        }
        return null;
    }

    private void Wake(DateTimeOffset? due)
    {
        if (due is not { } time) return;
        alarm ??= clock.CreateTimer(_ => HandOut(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // A millisecond more, because timers may ring a little early and would then be set for no time at all. A day is the most a timer is trusted with.
        var wait = time - clock.GetUtcNow() + TimeSpan.FromMilliseconds(1);
        alarm.Change(TimeSpan.FromTicks(Math.Clamp(wait.Ticks, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerDay)), Timeout.InfiniteTimeSpan);
    }

    private void Start(PartitionProgress progress, Fetched fetched)
    {
        progress.Begin(fetched);
        fetched.Stopping = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        busy++;
        rested.Reset();
        _ = Task.Run(() => RunAsync(progress, fetched), CancellationToken.None);
    }

    // What is not settled is not handed out again here: the partition is another's, or this consumption is about to end.
    private async Task RunAsync(PartitionProgress progress, Fetched fetched)
    {
        var settled = await handle(fetched);
        lock (gate)
        {
            if (settled && !fetched.IsForsaken) progress.Settle(fetched);
            if (fetched.Delivery is not null)
            {
                handled--;
                subjects.Remove(fetched.Subject);
            }
            fetched.Stopping?.Dispose();
            fetched.Stopping = null;
            busy--;
            if (busy == 0) rested.Set();
            if (closed && busy == 0) idle.TrySetResult();
        }
        HandOut();
    }

    private void Forsake(PartitionProgress progress)
    {
        foreach (var fetched in progress.Running)
        {
            fetched.IsForsaken = true;
            // Handlers that stop at once must not do so on this thread, inside the lock.
            _ = fetched.Stopping?.CancelAsync();
        }
        partitions.Remove(progress);
        turn = 0;
    }
}
