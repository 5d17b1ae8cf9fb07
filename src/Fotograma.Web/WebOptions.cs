using Fotograma.Kernel.Hosting;

namespace Fotograma.Web;

/// <summary>Settings of the web module.</summary>
internal sealed class WebOptions : ICheckedOptions
{
    public const string Section = "Web";

    /// <summary>Folder with the built user interface; a relative path counts from the executable.</summary>
    public string Root { get; set; } = "ui";

    /// <summary>Bound on the size of all its files together, in bytes: they are kept in memory.</summary>
    public long BytesMax { get; set; } = 64 * 1024 * 1024;

    public string FullPath => Path.GetFullPath(Root, AppContext.BaseDirectory);

    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Root)) yield return "Root must name a folder.";
        if (BytesMax < 1) yield return "BytesMax must be positive.";
    }
}
