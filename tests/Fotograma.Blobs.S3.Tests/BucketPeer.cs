using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;
using Fotograma.Blobs.Drivers;
using Fotograma.Kernel.Hosting;
using Fotograma.Peers.S3;
using Fotograma.Suites.Blobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Blobs.S3.Tests;

/// <summary>A key prefix of its own in a bucket of the gateway that all tests share.</summary>
internal sealed class BucketPeer : BlobPeer
{
    public const int AbandonedSeconds = 6;
    private static readonly Lazy<Task<string>> SharedBucket = new(async () => await (await S3Peer.SharedAsync()).MakeBucketAsync("fotograma", CancellationToken.None));
    private static int count;
    private readonly List<IBlobDriver> drivers = [];
    private readonly Ids ids = new(TimeProvider.System);
    private readonly string scratch = Directory.CreateTempSubdirectory("fotograma-s3-").FullName;
    private DateTime killedAt;

    private BucketPeer(S3Peer store, string bucket)
    {
        Store = store;
        Client = store.Client();
        Bucket = bucket;
        Prefix = $"tests/{Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture)}/";
    }

    public S3Peer Store { get; }

    public AmazonS3Client Client { get; }

    public string Bucket { get; }

    public string Prefix { get; }

    public string Scratch => scratch;

    public override int BytesUntilStored => S3Options.PartBytesLeast + 1;

    public static async Task<BucketPeer> StartAsync() => new(await S3Peer.SharedAsync(), await SharedBucket.Value);

    public S3Options Options(string? endpoint = null) => new()
    {
        Endpoint = endpoint ?? Store.Endpoint, Bucket = Bucket, KeyPrefix = Prefix, PathStyle = true, AccessKeyId = S3Peer.AccessKey, SecretAccessKey = S3Peer.SecretKey,
        PartBytes = S3Options.PartBytesLeast, PartsAtOnceMax = 2, RetryMilliseconds = 20, RetryMillisecondsMax = 500, AbandonedSeconds = AbandonedSeconds,
        ScratchFolder = scratch, ScratchFreeBytesMin = 0,
    };

    public override IBlobDriver Open() => Open(Options());

    public IBlobDriver Open(S3Options options)
    {
        var driver = S3Registration.OpenStore(options, TimeProvider.System, ids, new Random(1), NullLoggerFactory.Instance);
        lock (drivers) drivers.Add(driver);
        return driver;
    }

    // A process that dies closes its connections and tidies nothing up: with its clients gone, the driver cannot.
    public override void Kill(IBlobDriver driver)
    {
        lock (drivers) drivers.Remove(driver);
        ((IDisposable)driver).Dispose();
        killedAt = TimeProvider.System.GetUtcNow().UtcDateTime;
    }

    // The store cannot say who is dead: silence has to last first.
    public override async Task UntilDeathShowsAsync(CancellationToken cancellation)
    {
        var shows = killedAt.AddSeconds(AbandonedSeconds + 1);
        while (TimeProvider.System.GetUtcNow().UtcDateTime < shows) await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation);
    }

    public override async Task<int> CountEverythingAsync(CancellationToken cancellation)
    {
        var objects = await Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, Prefix = Prefix }, cancellation);
        return (objects.S3Objects?.Count ?? 0) + await CountUploadsAsync(cancellation);
    }

    public async Task<int> CountUploadsAsync(CancellationToken cancellation)
    {
        var uploads = await Client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Bucket, Prefix = Prefix }, cancellation);
        return uploads.MultipartUploads?.Count ?? 0;
    }

    public override async Task SpoilAsync(string key, CancellationToken cancellation)
    {
        using var whole = await Client.GetObjectAsync(Bucket, Prefix + key, cancellation);
        using var bytes = new MemoryStream();
        await whole.ResponseStream.CopyToAsync(bytes, cancellation);
        bytes.GetBuffer()[bytes.Length / 2] ^= 1;
        bytes.Position = 0;
        await Client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = Prefix + key, InputStream = bytes, AutoCloseStream = false }, cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var driver in drivers) await ((IAsyncDisposable)driver).DisposeAsync();
        Client.Dispose();
        Directory.Delete(scratch, recursive: true);
    }
}
