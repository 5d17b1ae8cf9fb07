using System.IO.Hashing;
using Fotograma.Media.Archive;
using Fotograma.Media.Isolation;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;

namespace Fotograma.Media.Extraction;

/// <summary>Puts checked frames where they belong and remembers what the manifest and the index will say of them.</summary>
internal sealed class FrameSink(ExtractionOutputs outputs, ImageFormat format, DateTimeOffset timestamp)
{
    private readonly ZipWriter zip = new(outputs.Archive, timestamp);

    /// <summary>What was written.</summary>
    public FrameLedger Ledger { get; } = new(format);

    /// <summary>Length of the archive so far.</summary>
    public long ArchiveBytes => zip.Position;

    /// <summary>Writes one frame. Checksums are computed here: the decoder's word is not taken for them.</summary>
    public async ValueTask AddAsync(FrameHeader head, ReadOnlyMemory<byte> image, ReadOnlyMemory<byte> thumbnail, CancellationToken cancellation)
    {
        var index = Ledger.Count + 1;
        var digest = Sha256Digest.Of(image.Span);
        var offset = await zip.AddStoredAsync(FrameNames.Image(index, format), image, Crc32.HashToUInt32(image.Span), cancellation);
        var thumbnailOffset = Ledger.ThumbnailBytes;
        if (outputs.Thumbnails is { } thumbnails && thumbnail.Length > 0) await thumbnails.WriteAsync(thumbnail, cancellation);
        Ledger.Add(new FrameIndexRecord(index, head.Width, head.Height, head.KeyFrame, head.Pts, head.Duration, head.TimeBaseNumerator,
            head.TimeBaseDenominator, head.SourceFrame, offset, image.Length, thumbnailOffset, thumbnail.Length, digest));
    }

    /// <summary>Writes the manifest, ends the archive, and writes the index and the manifest's copies.</summary>
    public async Task FinishAsync(ManifestWriter manifest, CancellationToken cancellation)
    {
        await zip.AddDeflatedAsync(FrameNames.ManifestJson, manifest.WriteJsonAsync, cancellation);
        await zip.AddDeflatedAsync(FrameNames.ManifestCsv, manifest.WriteCsvAsync, cancellation);
        await zip.FinishAsync(cancellation);
        if (outputs.Index is { } index)
        {
            await Ledger.WriteIndexAsync(index, cancellation);
            await index.FlushAsync(cancellation);
        }

        if (outputs.Manifest is { } copy)
        {
            await manifest.WriteJsonAsync(copy, cancellation);
            await copy.FlushAsync(cancellation);
        }

        if (outputs.ManifestTable is { } table)
        {
            await manifest.WriteCsvAsync(table, cancellation);
            await table.FlushAsync(cancellation);
        }

        if (outputs.Thumbnails is { } thumbnails) await thumbnails.FlushAsync(cancellation);
    }
}
