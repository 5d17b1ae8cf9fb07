using System.Runtime.InteropServices;
using Fotograma.Media.Options;

namespace Fotograma.Media.Manifest;

/// <summary>
/// Remembers the images of an extraction until the manifest and the index are written: encoded records in blocks, so that an image costs
/// <see cref="FrameIndexRecord.Bytes"/> and nothing is copied as the list grows.
/// </summary>
internal sealed class FrameLedger(ImageFormat format, NameTemplate names)
{
    private const int RecordsPerBlock = 1024;

    private readonly List<byte[]> blocks = [];

    /// <summary>How often each name was given; null where the template numbers the images and no name comes twice.</summary>
    private readonly Dictionary<string, int>? given = names.Text.Contains("{index}", StringComparison.Ordinal) ? null : new(StringComparer.Ordinal);

    /// <summary>Number of images.</summary>
    public int Count { get; private set; }

    /// <summary>Their bytes together.</summary>
    public long ImageBytes { get; private set; }

    /// <summary>The thumbnails' bytes together.</summary>
    public long ThumbnailBytes { get; private set; }

    /// <summary>The record with an ordinal from 0.</summary>
    public FrameIndexRecord this[int ordinal] =>
        FrameIndexRecord.Read(blocks[ordinal / RecordsPerBlock].AsSpan(ordinal % RecordsPerBlock * FrameIndexRecord.Bytes));

    /// <summary>Name of an image in the archive.</summary>
    public string NameOf(in FrameIndexRecord record) => FrameNames.Image(record, format, names);

    /// <summary>Tells images of one name apart; to be called once for each, in order.</summary>
    public FrameIndexRecord Named(in FrameIndexRecord record)
    {
        if (given is null) return record;
        var name = names.Of(record.Index, record.Time, record.Pts, record.SourceFrame);
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(given, name, out _);
        return record with { NameRepeat = ++count };
    }

    /// <summary>Adds a record.</summary>
    public void Add(in FrameIndexRecord record)
    {
        if (Count % RecordsPerBlock == 0) blocks.Add(new byte[RecordsPerBlock * FrameIndexRecord.Bytes]);
        record.Write(blocks[^1].AsSpan(Count % RecordsPerBlock * FrameIndexRecord.Bytes));
        Count++;
        ImageBytes += record.ImageBytes;
        ThumbnailBytes += record.ThumbnailBytes;
    }

    /// <summary>Writes everything as a <see cref="FrameIndex"/>.</summary>
    public async Task WriteIndexAsync(Stream target, CancellationToken cancellation)
    {
        var header = new byte[FrameIndex.HeaderBytes];
        FrameIndex.WriteHeader(header, Count, format, names);
        await target.WriteAsync(header, cancellation);
        for (var i = 0; i < blocks.Count; i++)
        {
            var records = Math.Min(RecordsPerBlock, Count - i * RecordsPerBlock);
            await target.WriteAsync(blocks[i].AsMemory(0, records * FrameIndexRecord.Bytes), cancellation);
        }
    }
}
