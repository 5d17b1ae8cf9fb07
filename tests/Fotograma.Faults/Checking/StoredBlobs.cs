using System.IO.Compression;

namespace Fotograma.Faults.Checking;

/// <summary>Where a deployment keeps uploads and results, looked at behind the program's back.</summary>
internal abstract class StoredBlobs
{
    /// <summary>Keys of all blobs; what writers have not finished does not count.</summary>
    public abstract Task<IReadOnlyList<string>> KeysAsync(CancellationToken cancellation);

    public abstract Task RemoveAsync(string key, CancellationToken cancellation);

    /// <summary>Changes one byte in the middle of a blob, as a bad disk would.</summary>
    public abstract Task SpoilAsync(string key, CancellationToken cancellation);

    /// <summary>The upload of the newest video.</summary>
    public async Task<string> NewestUploadAsync(CancellationToken cancellation) =>
        (await KeysAsync(cancellation)).Where(key => key.EndsWith("/source", StringComparison.Ordinal)).MaxBy(key => key, StringComparer.Ordinal)!;

    /// <summary>Reads every image of an archive, checksums included.</summary>
    /// <returns>How many images there are; null when the archive is missing or damaged.</returns>
    public async Task<int?> CountFramesAsync(string resultPrefix, CancellationToken cancellation)
    {
        await using var file = await OpenAsync($"{resultPrefix}frames.zip", cancellation);
        if (file is null) return null;
        try
        {
            await using var archive = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellation);
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

    /// <summary>Opens a blob; null when there is none.</summary>
    protected abstract Task<Stream?> OpenAsync(string key, CancellationToken cancellation);

    /// <summary>The other byte that a spoilt one becomes.</summary>
    protected static byte Spoilt(int value) => (byte)(value ^ 0x55);
}
