using System.Globalization;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Fotograma.Blobs.S3;

/// <summary>A blob as the store describes it.</summary>
/// <param name="Info">What everybody may know.</param>
/// <param name="Writer">Which writer made it.</param>
/// <param name="Version">Its version, where the bucket keeps versions.</param>
internal sealed record StoredBlob(BlobInfo Info, string? Writer, string? Version);

/// <summary>The bucket: the client, the way of making requests, and how keys and answers translate.</summary>
internal sealed class S3Store(S3Options options, AmazonS3Client client, S3Calls calls, TimeProvider clock)
{
    private volatile bool ignoresConditions;

    /// <summary>
    /// Every writer marks what it writes. A request whose answer was lost is made again, and is then refused because the blob is there: by the mark it is
    /// known whether it is our own.
    /// </summary>
    public const string WriterMark = "fotograma-writer";

    public S3Options Options => options;

    public AmazonS3Client Client => client;

    public S3Calls Calls => calls;

    public TimeProvider Clock => clock;

    public Safeguards Safeguards { get; } = new(options);

    /// <summary>True once the store said that it does not know conditional writes.</summary>
    public bool IgnoresConditions
    {
        get => ignoresConditions;
        set => ignoresConditions = value;
    }

    public string Bucket => options.Bucket;

    public string ObjectKey(string key) => options.KeyPrefix + key;

    /// <summary>The blob's key of an object's; null when the object is none of ours.</summary>
    public string? BlobKeyOf(string objectKey) =>
        objectKey.StartsWith(options.KeyPrefix, StringComparison.Ordinal) && BlobKey.IsValid(objectKey[options.KeyPrefix.Length..])
            ? objectKey[options.KeyPrefix.Length..] : null;

    public async Task<StoredBlob?> FindAsync(string key, CancellationToken cancellation)
    {
        try
        {
            var head = await calls.RunAsync(
                "describe a blob", token => client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = Bucket, Key = ObjectKey(key) }, token),
                cancellation, S3Failures.IsAbsent);
            var info = Describe(key, head.ContentLength, head.LastModified, head.ETag);
            return new StoredBlob(info, head.Metadata[WriterMark], head.VersionId);
        }
        catch (AmazonS3Exception exception) when (S3Failures.IsAbsent(exception))
        {
            return null;
        }
    }

    public async Task DeleteAsync(string key, CancellationToken cancellation) => await calls.RunAsync(
        "delete a blob", token => client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = Bucket, Key = ObjectKey(key) }, token), cancellation);

    /// <summary>Removes an unfinished upload and its parts; one that is gone is gone.</summary>
    public async Task AbortAsync(string key, string uploadId, CancellationToken cancellation)
    {
        var request = new AbortMultipartUploadRequest { BucketName = Bucket, Key = ObjectKey(key), UploadId = uploadId };
        try
        {
            await calls.RunAsync("give up an unfinished blob", token => client.AbortMultipartUploadAsync(request, token), cancellation, S3Failures.IsAbsent);
        }
        catch (AmazonS3Exception exception) when (S3Failures.IsAbsent(exception))
        {
            // An earlier try removed it, or somebody's sweep.
        }
    }

    // A listing knows milliseconds, a description whole seconds: what is known about a blob shall not depend on who was asked.
    public static BlobInfo Describe(string key, long length, DateTime? modifiedAt, string? tag)
    {
        var at = new DateTimeOffset((modifiedAt ?? DateTime.UnixEpoch).ToUniversalTime(), TimeSpan.Zero);
        return new BlobInfo(key, length, DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()), Quoted(tag));
    }

    /// <summary>Where a partial answer begins and how long the whole blob is.</summary>
    public static (long From, long Length) RangeOf(GetObjectResponse response)
    {
        if (response.HttpStatusCode != HttpStatusCode.PartialContent) return (0, response.ContentLength);
        var range = response.ContentRange ?? "";
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var slash = range.IndexOf('/', StringComparison.Ordinal);
        return range.StartsWith("bytes ", StringComparison.Ordinal) && dash > 0 && slash > dash
            && long.TryParse(range[6..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && long.TryParse(range[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? (from, length)
            : throw new BlobStoreUnavailableException($"The S3 store answered with a part of a blob and did not say which: '{range}'.");
    }

    private static string Quoted(string? tag) => tag is ['"', ..] ? tag : $"\"{tag}\"";
}
