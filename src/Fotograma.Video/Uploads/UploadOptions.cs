using Fotograma.Kernel.Hosting;

namespace Fotograma.Video.Uploads;

/// <summary>What an upload may be.</summary>
internal sealed class UploadOptions : ICheckedOptions
{
    public const string Section = "Uploads";

    /// <summary>Largest file, in bytes.</summary>
    public long FileBytesMax { get; set; } = 5L << 30;

    /// <summary>Most uploads this process takes in at the same time; further ones are asked to come back.</summary>
    public int ConcurrentMax { get; set; } = 64;

    /// <summary>Most uploads of one user at the same time.</summary>
    public int ConcurrentPerUserMax { get; set; } = 8;

    /// <summary>Longest pause in which no byte arrives, in seconds.</summary>
    public int SilenceSecondsMax { get; set; } = 60;

    public IEnumerable<string> Problems()
    {
        if (FileBytesMax < 1) yield return "FileBytesMax must be at least 1.";
        if (ConcurrentMax is < 1 or > 10_000) yield return "ConcurrentMax must lie between 1 and 10000.";
        if (ConcurrentPerUserMax is < 1 or > 10_000) yield return "ConcurrentPerUserMax must lie between 1 and 10000.";
        if (SilenceSecondsMax is < 1 or > 3600) yield return "SilenceSecondsMax must lie between 1 and 3600.";
    }
}
