namespace Fotograma.Jobs.Leases;

/// <summary>
/// When a process looks for lost jobs: at intervals, but not while the ledger may just have come back, as after a failure to ask it, after the process's own start, and after it stood still. Then for a
/// while nobody is taken for dead, so that everybody can renew, and the first look is when that is over.
/// </summary>
/// <param name="interval">From one look to the next.</param>
/// <param name="grace">How long nobody is taken for dead.</param>
/// <param name="clock">Measures both.</param>
internal sealed class RescueTimes(TimeSpan interval, TimeSpan grace, TimeProvider clock)
{
    private long silentAt = clock.GetTimestamp();
    private long roundAt = clock.GetTimestamp();

    /// <summary>Whether everybody has had the time to renew.</summary>
    public bool MayRescue => clock.GetElapsedTime(silentAt) >= grace;

    /// <summary>How long to wait for the next round, from now; not at all when this one took long.</summary>
    public TimeSpan Pause
    {
        get
        {
            var rest = interval - clock.GetElapsedTime(roundAt);
            if (!MayRescue && grace - clock.GetElapsedTime(silentAt) is var left && left < rest) rest = left;
            // Timers know whole milliseconds, and one that ends too early would have it asked in vain.
            return rest > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)) : TimeSpan.Zero;
        }
    }

    /// <summary>A round begins. One that begins much later than it should tells that this process stood still, and nobody knows what else did.</summary>
    public void Begin()
    {
        if (clock.GetElapsedTime(roundAt) > interval + grace) WasSilent();
        roundAt = clock.GetTimestamp();
    }

    /// <summary>The ledger did not answer.</summary>
    public void WasSilent() => silentAt = clock.GetTimestamp();
}
