using Amazon.S3;
using Amazon.S3.Model;

namespace Fotograma.Blobs.S3;

/// <summary>
/// Removes the multipart uploads of dead writers. The store cannot say who lives: an upload is taken for abandoned when nothing was added to it for
/// <see cref="S3Options.AbandonedSeconds"/>, and never while this process has it open.
/// </summary>
internal sealed class S3Sweep(S3Store store, LiveUploads live)
{
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var removed = 0;
        var page = new ListMultipartUploadsRequest { BucketName = store.Bucket, Prefix = store.Options.KeyPrefix };
        while (true)
        {
            var found = await store.Calls.RunAsync("list unfinished blobs", token => store.Client.ListMultipartUploadsAsync(page, token), cancellation);
            foreach (var upload in found.MultipartUploads ?? [])
            {
                if (store.BlobKeyOf(upload.Key) is not { } key || live.Contains(upload.UploadId) || !await IsAbandonedAsync(upload, cancellation)) continue;
                await store.AbortAsync(key, upload.UploadId, cancellation);
                removed++;
            }
            if (found.IsTruncated != true) return removed;
            (page.KeyMarker, page.UploadIdMarker) = (found.NextKeyMarker, found.NextUploadIdMarker);
        }
    }

    private async Task<bool> IsAbandonedAsync(MultipartUpload upload, CancellationToken cancellation)
    {
        if (!IsOld(upload.Initiated)) return false;
        var page = new ListPartsRequest { BucketName = store.Bucket, Key = upload.Key, UploadId = upload.UploadId };
        try
        {
            while (true)
            {
                var found = await store.Calls.RunAsync("list the parts of a blob", token => store.Client.ListPartsAsync(page, token), cancellation, S3Failures.IsAbsent);
                if (found.Parts?.Exists(part => !IsOld(part.LastModified)) == true) return false;
                if (found.IsTruncated != true) return true;
                page.PartNumberMarker = found.NextPartNumberMarker?.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
        }
        catch (AmazonS3Exception exception) when (S3Failures.IsAbsent(exception))
        {
            // Completed or given up since it was listed.
            return false;
        }
    }

    private bool IsOld(DateTime? at) => at is { } time && store.Clock.GetUtcNow() - time.ToUniversalTime() > TimeSpan.FromSeconds(store.Options.AbandonedSeconds);
}
