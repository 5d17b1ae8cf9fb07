using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Fotograma.Web.Pages;

/// <summary>
/// The files of the built user interface, read into memory once. A path is looked up among the files that were found and never touches the disk, so no path can
/// lead outside. While there is no build yet the folder is looked at again with every request; a new build shows after a restart.
/// </summary>
internal sealed partial class BuiltUi(WebOptions options, ILogger<BuiltUi> log)
{
    private readonly Lock guard = new();
    private volatile FrozenDictionary<string, UiFile>? files;

    /// <summary>The page that every address of the interface starts from; null when nothing is built.</summary>
    public UiFile? Index => Find("index.html");

    /// <summary>The file with this path, written with slashes and without one at the start.</summary>
    public UiFile? Find(string path) => Files()?.GetValueOrDefault(path);

    private FrozenDictionary<string, UiFile>? Files()
    {
        if (files is not null || !File.Exists(Path.Combine(options.FullPath, "index.html"))) return files;
        lock (guard) return files ??= Load();
    }

    private FrozenDictionary<string, UiFile> Load()
    {
        var folder = new DirectoryInfo(options.FullPath);
        var found = folder.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.LinkTarget is null).ToList();
        var bytes = found.Sum(file => file.Length);
        if (bytes > options.BytesMax)
            throw new InvalidOperationException($"The user interface in {folder.FullName} has {bytes} bytes, more than Web:BytesMax ({options.BytesMax}) allows.");
        LogLoaded(found.Count, folder.FullName, bytes);
        return found.ToFrozenDictionary(file => Path.GetRelativePath(folder.FullName, file.FullName).Replace('\\', '/'), UiFile.Read, StringComparer.Ordinal);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving the user interface: {Files} files, {Bytes} bytes, from {Folder}.")]
    private partial void LogLoaded(int files, string folder, long bytes);
}
