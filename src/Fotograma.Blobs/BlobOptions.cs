using Fotograma.Kernel.Hosting;

namespace Fotograma.Blobs;

/// <summary>Where and how blobs are kept.</summary>
public sealed class BlobOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Blobs";

    /// <summary>The name of the driver for folders.</summary>
    public const string Files = "files";

    /// <summary>Which driver keeps the blobs: <c>files</c> or one that the program offers.</summary>
    public string Driver { get; set; } = Files;

    /// <summary>The folder of the file driver; empty means <c>blobs</c> in the data folder. Needs file locks and hard links.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Bytes that must stay free on the folder's disk; below that nothing more is taken. 0 asks for none. Default: 1 GiB.</summary>
    public long FreeBytesMin { get; set; } = 1L << 30;

    /// <summary>How often leftovers of dead writers are looked for, in seconds (1 to 86400).</summary>
    public int SweepSeconds { get; set; } = 3600;

    /// <summary>Whether downloads of archives are sent to the store itself, with an address that it signed. Needs a driver that can do that.</summary>
    public bool RedirectDownloads { get; set; }

    /// <summary>How long such an address works, in seconds (10 to 86400). A download that began goes on.</summary>
    public int RedirectSeconds { get; set; } = 300;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (FreeBytesMin < 0) yield return "FreeBytesMin must not be negative.";
        if (SweepSeconds is < 1 or > 86_400) yield return "SweepSeconds must lie between 1 and 86400.";
        if (RedirectSeconds is < 10 or > 86_400) yield return "RedirectSeconds must lie between 10 and 86400.";
    }
}
