namespace Fotograma.Messaging.Transport;

/// <summary>
/// How much a consumer can take on. A transport has at most <see cref="Free"/> events of a consumption in hand at a time and fetches no more while there are
/// none, so that a member of the group with free slots gets what a busy one could only sit on. A consumer whose work goes on after its handler returned takes
/// slots for that work itself. Safe for concurrent use.
/// </summary>
public sealed class Slots
{
    private int taken;

    /// <summary>Slots that are all free.</summary>
    public Slots(int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        Most = most;
    }

    /// <summary>Slots in all.</summary>
    public int Most { get; }

    /// <summary>Slots that are free now; never negative.</summary>
    public int Free => Math.Max(0, Most - Volatile.Read(ref taken));

    /// <summary>Called after every change, on the thread that caused it: set a signal and leave.</summary>
    public event Action? Changed;

    /// <summary>Takes a slot, also beyond the last free one: work that must go on is not refused here.</summary>
    public void Take()
    {
        Interlocked.Increment(ref taken);
        Changed?.Invoke();
    }

    /// <summary>Gives a slot back.</summary>
    public void Return()
    {
        if (Interlocked.Decrement(ref taken) < 0) throw new InvalidOperationException("More slots were given back than were taken.");
        Changed?.Invoke();
    }
}
