using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Fotograma.Faults.Checking;

/// <summary>Blobs in a bucket of an object store, asked past everything that spoils the program's own requests.</summary>
internal sealed class BlobBucket(IAmazonS3 store, string bucket) : StoredBlobs
{
    public override async Task<IReadOnlyList<string>> KeysAsync(CancellationToken cancellation)
    {
        var keys = new List<string>();
        var wanted = new ListObjectsV2Request { BucketName = bucket };
        ListObjectsV2Response page;
        do
        {
            page = await store.ListObjectsV2Async(wanted, cancellation);
            keys.AddRange((page.S3Objects ?? []).Select(found => found.Key));
            wanted.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return keys;
    }

    public override async Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellation)
    {
        var (unfinished, wanted) = (new List<string>(), new ListMultipartUploadsRequest { BucketName = bucket });
        ListMultipartUploadsResponse page;
        do
        {
            page = await store.ListMultipartUploadsAsync(wanted, cancellation);
            unfinished.AddRange((page.MultipartUploads ?? []).Select(upload => upload.Key));
            (wanted.KeyMarker, wanted.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (page.IsTruncated == true);
        return unfinished;
    }

    public override Task RemoveAsync(string key, CancellationToken cancellation) => store.DeleteObjectAsync(bucket, key, cancellation);

    public override async Task SpoilAsync(string key, CancellationToken cancellation)
    {
        var bytes = await ReadAsync(key, cancellation) ?? throw new InvalidOperationException($"There is no blob {key}.");
        var middle = bytes.Length / 2;
        bytes[middle] = Spoilt(bytes[middle]);
        await store.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, InputStream = new MemoryStream(bytes) }, cancellation);
    }

    public override async Task<Stream?> OpenAsync(string key, CancellationToken cancellation) =>
        await ReadAsync(key, cancellation) is { } bytes ? new MemoryStream(bytes) : null;

    private async Task<byte[]?> ReadAsync(string key, CancellationToken cancellation)
    {
        try
        {
            using var answer = await store.GetObjectAsync(bucket, key, cancellation);
            var bytes = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(bytes, cancellation);
            return bytes.ToArray();
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
