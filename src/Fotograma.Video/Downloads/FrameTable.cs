using Fotograma.Blobs;
using Fotograma.Fleeting.Store;
using Fotograma.Jobs;
using Fotograma.Media.Manifest;

namespace Fotograma.Video.Downloads;

/// <summary>
/// Where the images of a result lie. A gallery asks for hundreds of thumbnails one by one, and each needs one record of the table: the records are read some at a time, and kept
/// where every process finds them. They never change: a result's prefix belongs to one attempt.
/// </summary>
internal sealed class FrameTable(Bucket bucket, FleetingMemory memory)
{
    private const int RecordsAtOnce = 256;

    /// <summary>A page with the record of one image, by its number from 1; null when there is none.</summary>
    public async Task<FrameIndexPage?> FindAsync(string prefix, int index, CancellationToken cancellation)
    {
        var first = (index - 1) / RecordsAtOnce * RecordsAtOnce;
        var part = await memory.CopyAsync($"frames:{prefix}{first}", stopping => ReadAsync(prefix, first, stopping), cancellation);
        if (part is null) return null;
        try
        {
            if (await PageAsync(part, index, first, cancellation) is { } page) return page;
        }
        catch (InvalidDataException)
        {
            // As good as another image's record.
        }
        // A store that others can write to hands out whatever they wrote; the table itself says the truth, or that it is damaged.
        return await ReadAsync(prefix, first, cancellation) is { } again ? await PageAsync(again, index, first, cancellation) : null;
    }

    private static async Task<FrameIndexPage?> PageAsync(byte[] part, int index, int first, CancellationToken cancellation)
    {
        var page = await FrameIndex.ReadAsync(new MemoryStream(part, writable: false), index - 1 - first, index - first, cancellation);
        return page.Records.Count == 1 && page.Records[0].Index == index ? page : null;
    }

    private async Task<byte[]?> ReadAsync(string prefix, int first, CancellationToken cancellation)
    {
        await using var table = await bucket.OpenAsync(BlobKeys.Index(prefix), cancellation);
        return table is null ? null : await FrameIndex.CutAsync(table.Content, first, first + RecordsAtOnce, cancellation);
    }
}
