using Fotograma.Kernel.Hosting;

namespace Fotograma.Video.Cleanup;

/// <summary>When things that nothing refers to are looked for and deleted.</summary>
internal sealed class CleanupOptions : ICheckedOptions
{
    public const string Section = "Cleanup";

    /// <summary>How often the trash is looked at when nobody signalled, in seconds.</summary>
    public int LookSeconds { get; set; } = 15;

    /// <summary>How often all blobs are compared with what owns them, by one process of all that share the ledger, in seconds.</summary>
    public int SweepSeconds { get; set; } = 3600;

    /// <summary>How long two sweeps are apart.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(SweepSeconds);

    /// <summary>
    /// How long two sweeps that both find a blob without an owner are apart at least before it is deleted, in seconds. An upload's bytes are stored a moment before its row: what
    /// has no owner yet may still become somebody's video.
    /// </summary>
    public int OrphanSeconds { get; set; } = 3600;

    /// <summary>Largest share of the stored videos that may be unknown to the ledger; if it is more, the mistake is taken to be in the ledger, and nothing is deleted.</summary>
    public double OrphanShareMax { get; set; } = 0.2;

    /// <summary>So many unknown videos are deleted whatever their share.</summary>
    public int OrphanVideosMax { get; set; } = 30;

    /// <summary>How many of so many stored videos may be unknown.</summary>
    public int OrphansMax(int videos) => Math.Max(OrphanVideosMax, (int)(videos * OrphanShareMax));

    public IEnumerable<string> Problems()
    {
        if (LookSeconds is < 1 or > 3600) yield return "LookSeconds must lie between 1 and 3600.";
        if (SweepSeconds is < 1 or > 604_800) yield return "SweepSeconds must lie between 1 and 604800.";
        if (OrphanSeconds is < 10 or > 604_800) yield return "OrphanSeconds must lie between 10 and 604800.";
        if (OrphanShareMax is not (>= 0 and <= 1)) yield return "OrphanShareMax must lie between 0 and 1.";
        if (OrphanVideosMax is < 0 or > 1_000_000) yield return "OrphanVideosMax must lie between 0 and 1000000.";
    }
}
