using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Fotograma.Blobs.Drivers;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Blobs.S3;

/// <summary>
/// Blobs as objects of an S3 bucket, Amazon's or another's. What is promised, and what depends on the store, is in <c>docs/blobs.md</c>.
/// </summary>
internal sealed class S3BlobDriver : IBlobDriver, IDisposable, IAsyncDisposable
{
    private const int DeletedAtOnce = 1000;
    private readonly AmazonS3Client client;
    private readonly AmazonS3Client publicClient;
    private readonly S3Store store;
    private readonly S3Signer signer;
    private readonly LocalCopies copies;
    private readonly LiveUploads live = new();
    private readonly S3Sweep sweep;
    private readonly Ids ids;
    private readonly ILogger log;
    private volatile bool deletesOneByOne;

    public S3BlobDriver(S3Options options, S3Calls calls, TimeProvider clock, Ids ids, ILogger log)
    {
        (this.ids, this.log) = (ids, log);
        var publicEndpoint = options.PublicEndpoint.Length > 0 ? options.PublicEndpoint : options.Endpoint;
        client = S3Client.Make(options, options.Endpoint);
        publicClient = S3Client.Make(options, publicEndpoint);
        store = new S3Store(options, client, calls, clock);
        signer = new S3Signer(store, publicClient, publicEndpoint);
        copies = new LocalCopies(options, ids);
        sweep = new S3Sweep(store, live);
    }

    public BlobCapabilities Capabilities { get; } =
        new(S3Registration.Name, SignsDownloads: true, SignsUploads: true, ExcludesRivalsAtAnySize: false, ReadersOutliveBlobs: false);

    public Task<BlobUpload> CreateAsync(string key, bool overwrite, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult<BlobUpload>(new S3Upload(store, key, overwrite, ids.New().ToString("N"), live, log));
    }

    public async Task<BlobReader?> OpenAsync(string key, CancellationToken cancellation)
    {
        if (await GetAsync(key, range: null, cancellation) is not { } response) return null;
        var info = S3Store.Describe(key, response.ContentLength, response.LastModified, response.ETag);
        return new BlobReader(info, new S3ReadStream(store, key, response, start: 0, info.Length));
    }

    public async Task<Stream?> OpenRangeAsync(string key, long offset, long length, CancellationToken cancellation)
    {
        if (length == 0) return await EmptyRangeAsync(key, offset, cancellation);
        var open = offset > long.MaxValue - length;
        var range = new ByteRange(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bytes={offset}-{(open ? "" : $"{offset + length - 1}")}"));
        try
        {
            if (await GetAsync(key, range, cancellation) is not { } response) return null;
            var (from, all) = S3Store.RangeOf(response);
            if (from == offset) return new S3ReadStream(store, key, response, offset, Math.Min(length, all - offset));
            response.Dispose();
            throw new BlobStoreUnavailableException("The S3 store does not send parts of blobs.");
        }
        catch (AmazonS3Exception exception) when (S3Failures.IsOutOfRange(exception))
        {
            return await EmptyRangeAsync(key, offset, cancellation);
        }
    }

    public async Task<BlobInfo?> FindAsync(string key, CancellationToken cancellation) => (await store.FindAsync(key, cancellation))?.Info;

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation)
    {
        // The store deletes what is not there without a word.
        if (await store.FindAsync(key, cancellation) is null) return false;
        await store.DeleteAsync(key, cancellation);
        return true;
    }

    public async Task<int> DeletePrefixAsync(string prefix, CancellationToken cancellation)
    {
        var deleted = 0;
        var batch = new List<string>(DeletedAtOnce);
        await foreach (var blob in ListAsync(prefix, cancellation))
        {
            batch.Add(blob.Key);
            if (batch.Count < DeletedAtOnce) continue;
            await DeleteAllAsync(batch, cancellation);
            deleted += batch.Count;
            batch.Clear();
        }
        if (batch.Count > 0) await DeleteAllAsync(batch, cancellation);
        return deleted + batch.Count;
    }

    public async IAsyncEnumerable<BlobInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var page = new ListObjectsV2Request { BucketName = store.Bucket, Prefix = store.ObjectKey(prefix) };
        while (true)
        {
            var found = await store.Calls.RunAsync("list blobs", token => client.ListObjectsV2Async(page, token), cancellation);
            foreach (var item in found.S3Objects ?? [])
            {
                if (store.BlobKeyOf(item.Key) is { } key) yield return S3Store.Describe(key, item.Size ?? 0, item.LastModified, item.ETag);
            }
            if (found.IsTruncated != true) yield break;
            page.ContinuationToken = found.NextContinuationToken;
        }
    }

    public async Task<LocalFile> OpenLocalAsync(string key, string? sha256, CancellationToken cancellation)
    {
        await using var blob = await OpenAsync(key, cancellation) ?? throw new BlobNotFoundException(key);
        return await copies.MakeAsync(key, blob, sha256, cancellation);
    }

    public Task<SignedAddress> SignDownloadAsync(string key, DownloadTerms terms, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return signer.DownloadAsync(key, terms);
    }

    public Task<SignedAddress> SignUploadAsync(string key, UploadTerms terms, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return signer.UploadAsync(key, terms);
    }

    public async Task<int> SweepAsync(CancellationToken cancellation) => copies.Sweep(cancellation) + await sweep.RunAsync(cancellation);

    public async Task PingAsync(CancellationToken cancellation) => await store.Calls.RunAsync(
        "list blobs", token => client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = store.Bucket, Prefix = store.Options.KeyPrefix, MaxKeys = 1 }, token),
        cancellation, triesMax: 1);

    public void MustHaveRoom(long bytes) => copies.MustHaveRoom(bytes);

    public async ValueTask DisposeAsync()
    {
        await live.LeftAsync();
        Dispose();
    }

    public void Dispose()
    {
        copies.Dispose();
        client.Dispose();
        publicClient.Dispose();
    }

    private async Task<GetObjectResponse?> GetAsync(string key, ByteRange? range, CancellationToken cancellation)
    {
        var request = new GetObjectRequest { BucketName = store.Bucket, Key = store.ObjectKey(key), ByteRange = range };
        try
        {
            return await store.Calls.RunAsync(
                "send a blob", token => client.GetObjectAsync(request, token), cancellation,
                exception => S3Failures.IsAbsent(exception) || S3Failures.IsOutOfRange(exception));
        }
        catch (AmazonS3Exception exception) when (S3Failures.IsAbsent(exception))
        {
            return null;
        }
    }

    // The store has no ranges without bytes: whether there is a blob, and how long it is, must be asked for.
    private async Task<Stream?> EmptyRangeAsync(string key, long offset, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } found) return null;
        return offset <= found.Info.Length ? new MemoryStream([], writable: false) : throw new ArgumentOutOfRangeException(nameof(offset), offset, "The blob ends before this offset.");
    }

    private async Task DeleteAllAsync(List<string> keys, CancellationToken cancellation)
    {
        if (!deletesOneByOne && await TryDeleteAtOnceAsync(keys, cancellation)) return;
        foreach (var key in keys) await store.DeleteAsync(key, cancellation);
    }

    private async Task<bool> TryDeleteAtOnceAsync(List<string> keys, CancellationToken cancellation)
    {
        var request = new DeleteObjectsRequest { BucketName = store.Bucket, Quiet = true, Objects = [.. keys.Select(key => new KeyVersion { Key = store.ObjectKey(key) })] };
        try
        {
            await store.Calls.RunAsync("delete blobs", token => client.DeleteObjectsAsync(request, token), cancellation, IsUnknown);
            return true;
        }
        catch (AmazonS3Exception exception) when (IsUnknown(exception))
        {
            deletesOneByOne = true;
            log.LogNoBulkDelete();
            return false;
        }
    }

    private static bool IsUnknown(AmazonS3Exception exception) =>
        (int)exception.StatusCode is 405 or 501 || exception.ErrorCode is "MissingContentMD5" or "InvalidRequest" or "NotImplemented";
}
