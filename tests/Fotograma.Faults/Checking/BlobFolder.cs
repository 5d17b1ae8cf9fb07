using System.IO.Compression;

namespace Fotograma.Faults.Checking;

/// <summary>The folder where a deployment keeps uploads and results, read file by file.</summary>
internal sealed class BlobFolder(string root)
{
    /// <summary>Keys of all blobs; what writers have not finished does not count.</summary>
    public IReadOnlyList<string> Keys() => Directory.Exists(root)
        ? [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file)).Where(key => !key.Split('/').Any(part => part.StartsWith('.')))]
        : [];

    /// <summary>Reads every image of an archive, checksums included.</summary>
    /// <returns>How many images there are; null when the archive is missing or damaged.</returns>
    public async Task<int?> CountFramesAsync(string resultPrefix, CancellationToken cancellation)
    {
        var path = Path.Combine(root, resultPrefix, "frames.zip");
        if (!File.Exists(path)) return null;
        try
        {
            await using var archive = await ZipFile.OpenReadAsync(path, cancellation);
            var frames = 0;
            foreach (var entry in archive.Entries)
            {
                await using var content = await entry.OpenAsync(cancellation);
                await content.CopyToAsync(Stream.Null, cancellation);
                if (entry.Name.StartsWith("frame_", StringComparison.Ordinal)) frames++;
            }
            return frames;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Changes one byte in the middle of a blob, as a bad disk would.</summary>
    public void Spoil(string key)
    {
        using var file = new FileStream(Path.Combine(root, key), FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var before = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(before ^ 0x55));
    }

    public void Remove(string key) => File.Delete(Path.Combine(root, key));
}
