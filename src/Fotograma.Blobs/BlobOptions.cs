using Fotograma.Kernel.Hosting;

namespace Fotograma.Blobs;

/// <summary>Where and how blobs are kept.</summary>
public sealed class BlobOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Blobs";

    /// <summary>The folder of the file driver; empty means <c>blobs</c> in the data folder. Needs file locks and hard links.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Bytes that must stay free on the folder's disk; below that nothing more is taken. 0 asks for none. Default: 1 GiB.</summary>
    public long FreeBytesMin { get; set; } = 1L << 30;

    /// <summary>How often leftovers of dead writers are looked for, in minutes (1 to 1440).</summary>
    public int SweepMinutes { get; set; } = 60;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (FreeBytesMin < 0) yield return "FreeBytesMin must not be negative.";
        if (SweepMinutes is < 1 or > 1440) yield return "SweepMinutes must lie between 1 and 1440.";
    }
}
