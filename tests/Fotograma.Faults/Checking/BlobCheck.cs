using System.Security.Cryptography;
using Fotograma.Faults.Load;

namespace Fotograma.Faults.Checking;

/// <summary>Whether every blob that something refers to is there and sound, and whether there are no others.</summary>
internal static class BlobCheck
{
    private static readonly TimeSpan WriteMax = TimeSpan.FromSeconds(1);
    private static readonly string[] ResultBlobs = ["frames.zip", "manifest.json", "manifest.ndjson", "manifest.csv", "frames.idx", "thumbnails.bin", "extras.json"];
    private static readonly string[] SourceFailures = ["job.source_missing", "job.source_damaged"];

    public static async Task<List<string>> BadResultsAsync(Evidence evidence, Promises promises, StoredBlobs blobs, CancellationToken cancellation)
    {
        var complaints = new List<string>();
        foreach (var job in evidence.Jobs.Where(job => job.State == States.Completed))
        {
            var problems = await ResultCheck.ProblemsAsync(job, promises.Asked.GetValueOrDefault(job.Id)?.Extras, blobs, cancellation);
            complaints.AddRange(problems.Select(problem => $"The result of job {job.Id} is bad: {problem}"));
        }
        return complaints;
    }

    /// <summary>Videos whose upload is gone or is not what was uploaded. Where a job failed for just that, the fault was the trial's.</summary>
    public static async Task<List<string>> BadSourcesAsync(Evidence evidence, StoredBlobs blobs, CancellationToken cancellation)
    {
        var complaints = new List<string>();
        var spoilt = evidence.Jobs.Where(job => SourceFailures.Contains(job.ErrorCode)).Select(job => job.VideoId).ToHashSet();
        foreach (var video in evidence.Videos.Where(video => !spoilt.Contains(video.Id)))
        {
            await using var source = await blobs.OpenAsync(video.SourceKey, cancellation);
            if (source is null) complaints.Add($"The upload of video {video.Id} is gone.");
            else if (source.Length != video.Bytes || Convert.ToHexStringLower(await SHA256.HashDataAsync(source, cancellation)) != video.Sha256)
                complaints.Add($"The upload of video {video.Id} is not what was uploaded.");
        }
        return complaints;
    }

    /// <summary>Blobs that somebody began and nobody finishes. At rest, too, something is written now and then: the mark of a sweep, say.</summary>
    public static async Task<List<string>> UnfinishedAsync(StoredBlobs blobs, CancellationToken cancellation)
    {
        var begun = await blobs.UnfinishedAsync(cancellation);
        if (begun.Count == 0) return [];
        await Task.Delay(WriteMax, cancellation);
        return [.. begun.Intersect(await blobs.UnfinishedAsync(cancellation)).Select(key => $"The blob {key} was begun, and neither finished nor swept away.")];
    }

    /// <summary>Blobs that are no upload of a video and no part of a result.</summary>
    public static IEnumerable<string> Orphans(Evidence evidence)
    {
        var uploads = evidence.Videos.Select(video => video.SourceKey).ToHashSet(StringComparer.Ordinal);
        var results = evidence.Jobs.Select(job => job.ResultPrefix).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return evidence.Keys.Where(key => !IsKnown(key)).Select(key => $"Nothing refers to the blob {key}.");

        // One blob says which ledger the others belong to.
        bool IsKnown(string key)
        {
            var name = key.LastIndexOf('/') + 1;
            return key == "ledger.json" || uploads.Contains(key) || (results.Contains(key[..name]) && ResultBlobs.Contains(key[name..]));
        }
    }
}
