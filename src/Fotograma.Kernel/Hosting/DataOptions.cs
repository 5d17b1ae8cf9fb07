namespace Fotograma.Kernel.Hosting;

/// <summary>Where an embedded installation keeps everything: databases, uploads, results, keys and the development mail folder.</summary>
public sealed class DataOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Data";

    /// <summary>The folder; made when missing. Relative paths count from the working directory.</summary>
    public string Folder { get; set; } = "data";

    /// <summary>The folder's absolute path.</summary>
    public string FullPath => Path.GetFullPath(Folder);

    /// <summary>The absolute path of something inside the folder.</summary>
    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([FullPath, .. parts]);

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Folder)) yield return "Folder must name a folder.";
    }
}
