using Fotograma.Kernel.Hosting;

namespace Fotograma.Video.Cleanup;

/// <summary>When things that nothing refers to are looked for and deleted.</summary>
internal sealed class CleanupOptions : ICheckedOptions
{
    public const string Section = "Cleanup";

    /// <summary>How often the trash is looked at when nobody signalled, in seconds.</summary>
    public int LookSeconds { get; set; } = 15;

    /// <summary>How often all blobs are compared with what owns them, in seconds.</summary>
    public int SweepSeconds { get; set; } = 3600;

    /// <summary>
    /// Age from which a blob that nothing owns is an orphan, in seconds. An upload's bytes are stored a moment before its row: what is younger may still become
    /// somebody's video.
    /// </summary>
    public int OrphanSeconds { get; set; } = 3600;

    public IEnumerable<string> Problems()
    {
        if (LookSeconds is < 1 or > 3600) yield return "LookSeconds must lie between 1 and 3600.";
        if (SweepSeconds is < 1 or > 604_800) yield return "SweepSeconds must lie between 1 and 604800.";
        if (OrphanSeconds is < 10 or > 604_800) yield return "OrphanSeconds must lie between 10 and 604800.";
    }
}
