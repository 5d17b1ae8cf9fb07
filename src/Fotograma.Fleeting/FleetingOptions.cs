using Fotograma.Kernel.Hosting;

namespace Fotograma.Fleeting;

/// <summary>Where things are kept, and how they travel, that may be lost without harm.</summary>
public sealed class FleetingOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleeting";

    /// <summary>Where sign-in counters, revocations and copies of frame tables are kept.</summary>
    public FleetingDriver Driver { get; set; } = FleetingDriver.Process;

    /// <summary>How signals reach other processes; none means as <see cref="Driver"/> says.</summary>
    public SignalCarrier? Signals { get; set; }

    /// <summary>How long copies of frame tables are kept, in seconds (0 to 86400; 0: none are).</summary>
    public int CopySeconds { get; set; } = 600;

    /// <summary><see cref="CopySeconds"/> as a time span.</summary>
    public TimeSpan CopyLife => TimeSpan.FromSeconds(CopySeconds);

    /// <summary>How long one question may take before the process goes on without the answer, in milliseconds (10 to 10000).</summary>
    public int TimeoutMilliseconds { get; set; } = 250;

    /// <summary><see cref="TimeoutMilliseconds"/> as a time span.</summary>
    public TimeSpan Timeout => TimeSpan.FromMilliseconds(TimeoutMilliseconds);

    /// <summary>What carries signals.</summary>
    public SignalCarrier Carrier => Signals ?? (Driver == FleetingDriver.Redis ? SignalCarrier.Redis : SignalCarrier.Process);

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (CopySeconds is < 0 or > 86_400) yield return "CopySeconds must lie between 0 and 86400.";
        if (TimeoutMilliseconds is < 10 or > 10_000) yield return "TimeoutMilliseconds must lie between 10 and 10000.";
    }
}

/// <summary>Where fleeting things are kept.</summary>
public enum FleetingDriver
{
    /// <summary>In each process by itself.</summary>
    Process,

    /// <summary>In Redis, for all processes together.</summary>
    Redis,
}

/// <summary>How signals travel.</summary>
public enum SignalCarrier
{
    /// <summary>Within each process only.</summary>
    Process,

    /// <summary>By Redis pub/sub.</summary>
    Redis,

    /// <summary>By LISTEN and NOTIFY in the database of videos and jobs.</summary>
    Postgres,
}
