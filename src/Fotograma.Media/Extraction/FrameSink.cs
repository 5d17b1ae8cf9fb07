using System.IO.Hashing;
using System.Text;
using Fotograma.Media.Archive;
using Fotograma.Media.Isolation;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;

namespace Fotograma.Media.Extraction;

/// <summary>Puts checked frames where they belong and remembers what the manifest and the index will say of them.</summary>
internal sealed class FrameSink(ExtractionOutputs outputs, ExtractionOptions options, DateTimeOffset timestamp)
{
    private readonly ZipWriter zip = new(outputs.Archive, timestamp);

    private readonly List<ExtraHeader> sprites = [];
    private readonly List<ExtraFile> extras = [];

    /// <summary>What was written.</summary>
    public FrameLedger Ledger { get; } = new(options.Format, options.Name ?? NameTemplate.Default);

    /// <summary>What was written beside the images.</summary>
    public IReadOnlyList<ExtraFile> ExtraFiles => extras;

    /// <summary>Length of the archive so far.</summary>
    public long ArchiveBytes => zip.Position;

    /// <summary>Writes one frame. Checksums are computed here: the decoder's word is not taken for them.</summary>
    public async ValueTask AddAsync(FrameHeader head, ReadOnlyMemory<byte> image, ReadOnlyMemory<byte> thumbnail, CancellationToken cancellation)
    {
        var record = Ledger.Named(new FrameIndexRecord(Ledger.Count + 1, head.Width, head.Height, head.KeyFrame, head.Pts, head.Duration,
            head.TimeBaseNumerator, head.TimeBaseDenominator, head.SourceFrame, ImageOffset: 0, image.Length, Ledger.ThumbnailBytes, thumbnail.Length,
            Sha256Digest.Of(image.Span)) { SceneScore = head.SceneScore, PerceptualHash = head.PerceptualHash });
        var offset = await zip.AddStoredAsync(Ledger.NameOf(record), image, Crc32.HashToUInt32(image.Span), cancellation);
        if (outputs.Thumbnails is { } thumbnails && thumbnail.Length > 0) await thumbnails.WriteAsync(thumbnail, cancellation);
        Ledger.Add(record with { ImageOffset = offset });
    }

    /// <summary>Writes a picture made beside the images.</summary>
    public async ValueTask AddAsync(ExtraHeader head, ReadOnlyMemory<byte> jpeg, CancellationToken cancellation)
    {
        var name = head.Kind switch
        {
            Extras.Poster => FrameNames.Poster,
            Extras.Storyboard => FrameNames.Sprite(head.Ordinal + 1),
            _ => FrameNames.ContactSheet,
        };
        await StoreAsync(head.Kind, name, jpeg, head.FirstImage + 1, cancellation);
        if (head.Kind == Extras.Storyboard) sprites.Add(head);
    }

    /// <summary>Writes the manifest, ends the archive, and writes the index and the manifest's copies.</summary>
    public async Task FinishAsync(ManifestFacts facts, CancellationToken cancellation)
    {
        if (sprites.Count > 0)
        {
            var storyboard = Encoding.UTF8.GetBytes(StoryboardText.Write(sprites, Ledger, facts.Video));
            await StoreAsync(Extras.Storyboard, FrameNames.Storyboard, storyboard, firstImage: 1, cancellation);
        }

        var manifest = new ManifestWriter(facts with { Extras = extras }, Ledger);
        await zip.AddDeflatedAsync(FrameNames.ManifestJson, manifest.WriteJsonAsync, cancellation);
        await zip.AddDeflatedAsync(FrameNames.ManifestLines, manifest.WriteLinesAsync, cancellation);
        await zip.AddDeflatedAsync(FrameNames.ManifestCsv, manifest.WriteCsvAsync, cancellation);
        await zip.FinishAsync(cancellation);
        await CopyAsync(outputs.Index, Ledger.WriteIndexAsync, cancellation);
        await CopyAsync(outputs.Manifest, manifest.WriteJsonAsync, cancellation);
        await CopyAsync(outputs.ManifestLines, manifest.WriteLinesAsync, cancellation);
        await CopyAsync(outputs.ManifestTable, manifest.WriteCsvAsync, cancellation);
        if (outputs.Thumbnails is { } thumbnails) await thumbnails.FlushAsync(cancellation);
    }

    private async ValueTask StoreAsync(Extras kind, string name, ReadOnlyMemory<byte> bytes, int firstImage, CancellationToken cancellation)
    {
        var offset = await zip.AddStoredAsync(name, bytes, Crc32.HashToUInt32(bytes.Span), cancellation);
        extras.Add(new ExtraFile(kind, name, offset, bytes.Length, Sha256Digest.Of(bytes.Span).ToString(), firstImage));
    }

    private static async Task CopyAsync(Stream? target, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        if (target is null) return;
        await write(target, cancellation);
        await target.FlushAsync(cancellation);
    }
}
