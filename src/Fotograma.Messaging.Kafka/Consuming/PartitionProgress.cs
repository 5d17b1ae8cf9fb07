using Confluent.Kafka;

namespace Fotograma.Messaging.Kafka.Consuming;

/// <summary>
/// How far a group has come in one partition that this member has: what is open, and the place up to which everything is settled. Not safe for concurrent use.
/// </summary>
internal sealed class PartitionProgress(TopicPartition partition)
{
    private readonly SortedDictionary<long, Fetched> open = [];

    // Settled, but behind something open; by offset, with the timestamp.
    private readonly SortedDictionary<long, long> ahead = [];

    // Behind the last fetched one. Unknown after the partition was given back, until it is fetched from again: what comes then tells.
    private long? next;
    private int running;

    public TopicPartition Partition => partition;

    /// <summary>False between giving the partition back and learning whose it is now.</summary>
    public bool IsHeld { get; set; } = true;

    /// <summary>Whether fetching is paused; null when the client must be told either way.</summary>
    public bool? IsPaused { get; set; }

    public int Waiting => open.Count - running;

    public int SettledAhead => ahead.Count;

    /// <summary>Everything before it is settled; null while that is not known.</summary>
    public long? Place => next is { } end ? Math.Min(end, First(open) ?? end) : null;

    public IEnumerable<Fetched> WaitingInOrder => open.Values.Where(fetched => !fetched.IsRunning);

    public IEnumerable<Fetched> Running => open.Values.Where(fetched => fetched.IsRunning);

    /// <summary>Takes in what was fetched.</summary>
    /// <returns>False when it is known: after a rebalance, events come again that are still being handled here or were settled out of order.</returns>
    public bool Add(Fetched fetched)
    {
        next = fetched.Offset + 1;
        var known = (ahead.TryGetValue(fetched.Offset, out var settled) && settled == fetched.Timestamp)
            || (open.TryGetValue(fetched.Offset, out var present) && present.Timestamp == fetched.Timestamp);
        if (!known)
        {
            Replace(fetched);
        }
        ForgetSettled();
        return !known;
    }

    public void Begin(Fetched fetched)
    {
        fetched.IsRunning = true;
        running++;
    }

    public void Settle(Fetched fetched)
    {
        if (!open.TryGetValue(fetched.Offset, out var present) || present != fetched) return;
        open.Remove(fetched.Offset);
        running--;
        ahead[fetched.Offset] = fetched.Timestamp;
        ForgetSettled();
    }

    /// <summary>The partition is given back, perhaps to come again: what is being handled goes on, what only waits will be fetched again.</summary>
    public void GiveBack()
    {
        IsHeld = false;
        next = null;
        foreach (var waiting in WaitingInOrder.ToList()) open.Remove(waiting.Offset);
    }

    // Another record at the same offset: the topic was made anew.
    private void Replace(Fetched fetched)
    {
        if (open.TryGetValue(fetched.Offset, out var old) && old.IsRunning)
        {
            old.IsForsaken = true;
            running--;
        }
        ahead.Remove(fetched.Offset);
        open[fetched.Offset] = fetched;
    }

    private void ForgetSettled()
    {
        while (First(ahead) is { } offset && offset < Place) ahead.Remove(offset);
    }

    private static long? First<T>(SortedDictionary<long, T> sorted)
    {
        foreach (var (offset, _) in sorted) return offset;
        return null;
    }
}
