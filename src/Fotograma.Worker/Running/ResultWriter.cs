using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Leases;
using Fotograma.Kernel.Hosting;
using Fotograma.Media.Extraction;
using Fotograma.Media.Options;

namespace Fotograma.Worker.Running;

/// <summary>Extracts a claimed job's frames into blobs under the claim's own prefix, all written as the frames come and made durable at the end.</summary>
internal sealed class ResultWriter(Bucket bucket, VideoExtractor extractor)
{
    public async Task<ExtractionResult> WriteAsync(ClaimedJob claim, ProgressMeter meter, CancellationToken cancellation)
    {
        var prefix = claim.ResultPrefix;
        await using var source = await bucket.OpenLocalAsync(claim.SourceKey, claim.SourceSha256, cancellation);
        await using var archive = await bucket.CreateAsync(BlobKeys.Archive(prefix), cancellation);
        await using var thumbnails = await bucket.CreateAsync(BlobKeys.Thumbnails(prefix), cancellation);
        await using var index = await bucket.CreateAsync(BlobKeys.Index(prefix), cancellation);
        await using var json = await bucket.CreateAsync(BlobKeys.ManifestJson(prefix), cancellation);
        await using var lines = await bucket.CreateAsync(BlobKeys.ManifestLines(prefix), cancellation);
        await using var csv = await bucket.CreateAsync(BlobKeys.ManifestCsv(prefix), cancellation);
        var made = await extractor.ExtractAsync(
            source.Path, new InputFacts(claim.VideoName, claim.SourceBytes, claim.SourceSha256), ExtractionOptionsParser.FromJson(claim.Options),
            new ExtractionOutputs { Archive = archive, Thumbnails = thumbnails, Index = index, Manifest = json, ManifestLines = lines, ManifestTable = csv },
            meter, cancellation);
        Steps.Reached(Steps.JobWritten);
        if (made.Extras.Count > 0) await KeepExtrasAsync(prefix, made.Extras, cancellation);
        foreach (var blob in new[] { thumbnails, index, json, lines, csv, archive })
        {
            await blob.CommitAsync(cancellation);
            Steps.Reached(Steps.JobBlobStored);
        }
        return made;
    }

    private async Task KeepExtrasAsync(string prefix, IReadOnlyList<ExtraFile> extras, CancellationToken cancellation)
    {
        await using var list = await bucket.CreateAsync(BlobKeys.Extras(prefix), cancellation);
        await ExtraFiles.WriteAsync(list, extras, cancellation);
        await list.CommitAsync(cancellation);
        Steps.Reached(Steps.JobBlobStored);
    }
}
