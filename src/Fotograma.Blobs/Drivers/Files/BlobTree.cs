using System.Runtime.CompilerServices;

namespace Fotograma.Blobs.Drivers.Files;

/// <summary>The folders and files that blobs are: a blob's key is its path below the root. Names beginning with a dot are not blobs.</summary>
internal sealed class BlobTree(string root)
{
    public string PathOf(string key) => Path.Combine(root, key);

    public static BlobInfo Describe(string key, long length, DateTime modifiedAt) => new(
        key, length, new DateTimeOffset(modifiedAt, TimeSpan.Zero), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\"{modifiedAt.Ticks:x}-{length:x}\""));

    public BlobInfo? Find(string key)
    {
        var file = new FileInfo(PathOf(key));
        return file.Exists ? Describe(key, file.Length, file.LastWriteTimeUtc) : null;
    }

    /// <summary>Opens a blob's file without keeping anybody from replacing or deleting it; null when there is none.</summary>
    public FileStream? Open(string key)
    {
        const int bufferBytes = 16 * 1024;
        var path = PathOf(key);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferBytes, FileOptions.Asynchronous);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException || Directory.Exists(path))
        {
            return null;
        }
    }

    public async IAsyncEnumerable<BlobInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        // A folder counts with its slash, because that is how it takes part in the order of keys.
        var entries = new DirectoryInfo(PathOf(prefix));
        if (!entries.Exists) yield break;
        foreach (var name in Names(entries))
        {
            cancellation.ThrowIfCancellationRequested();
            if (name[^1] != '/')
            {
                if (Find(prefix + name) is { } blob) yield return blob;
                continue;
            }
            await foreach (var blob in ListAsync(prefix + name, cancellation)) yield return blob;
        }
    }

    /// <summary>Deletes the files below a prefix and then the folders that are empty.</summary>
    public int DeleteAll(string prefix, CancellationToken cancellation)
    {
        var folder = new DirectoryInfo(PathOf(prefix));
        if (!folder.Exists) return 0;
        var deleted = 0;
        foreach (var name in Names(folder))
        {
            cancellation.ThrowIfCancellationRequested();
            if (name[^1] == '/') deleted += DeleteAll(prefix + name, cancellation);
            else if (Delete(prefix + name)) deleted++;
        }
        Prune(PathOf(prefix.TrimEnd('/')));
        return deleted;
    }

    public bool Delete(string key)
    {
        var path = PathOf(key);
        if (!File.Exists(path)) return false;
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        Prune(Path.GetDirectoryName(path)!);
        return true;
    }

    // A writer may be about to put a blob into a folder that is found empty here: it makes the folder again when its commit finds it gone.
    private void Prune(string folder)
    {
        try
        {
            for (; folder.Length > root.Length && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!)
                Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Somebody put a blob into the folder, or pruned it first.
        }
    }

    private static List<string> Names(DirectoryInfo folder)
    {
        try
        {
            List<string> names =
            [
                .. folder.EnumerateFileSystemInfos()
                    .Where(entry => entry.Name[0] != '.')
                    .Select(entry => entry is DirectoryInfo ? entry.Name + "/" : entry.Name),
            ];
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
