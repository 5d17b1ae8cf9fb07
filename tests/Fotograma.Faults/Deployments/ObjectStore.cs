using Amazon.S3;
using Fotograma.Faults.Checking;
using Fotograma.Peers.S3;

namespace Fotograma.Faults.Deployments;

/// <summary>A bucket of an S3 store of its own, behind a gateway that can be made to answer badly; the store's own gateway can be killed.</summary>
internal sealed class ObjectStore : IAsyncDisposable
{
    private readonly AmazonS3Client client;
    private readonly string bucket;

    private ObjectStore(AmazonS3Client client, string bucket, S3Gateway gateway, TroubledGateway trouble)
    {
        (this.client, this.bucket, Gateway, Trouble) = (client, bucket, gateway, trouble);
        Blobs = new BlobBucket(client, bucket);
    }

    public BlobBucket Blobs { get; }

    /// <summary>The gateway behind the troubled one.</summary>
    public S3Gateway Gateway { get; }

    /// <summary>The gateway that the program talks to.</summary>
    public TroubledGateway Trouble { get; }

    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Blobs__Driver"] = "s3",
        ["S3__Endpoint"] = Trouble.Endpoint,
        ["S3__Bucket"] = bucket,
        ["S3__PathStyle"] = "true",
        ["S3__AccessKeyId"] = S3Peer.AccessKey,
        ["S3__SecretAccessKey"] = S3Peer.SecretKey,
        ["S3__ScratchFreeBytesMin"] = "0",
        ["S3__RequestSeconds"] = "5",
        ["S3__SilenceSeconds"] = "3",
        ["S3__AbandonedSeconds"] = "30",
    };

    public static async Task<ObjectStore> StartAsync(CancellationToken cancellation)
    {
        var store = await S3Peer.SharedAsync();
        var bucket = await store.MakeBucketAsync($"faults-{Path.GetRandomFileName().Replace('.', '-')}", cancellation);
        var gateway = await store.AnotherGatewayAsync();
        return new ObjectStore(store.Client(), bucket, gateway, await TroubledGateway.StartAsync(gateway.Endpoint));
    }

    /// <summary>Begins to write an object, as somebody does who then dies.</summary>
    public Task LeaveOpenAsync(string key, CancellationToken cancellation) => client.InitiateMultipartUploadAsync(bucket, key, cancellation);

    /// <summary>From now on nothing more can be stored; what is there can be read and deleted.</summary>
    public void Fill() => Trouble.Make(
        Peers.S3.Trouble.Full, request => request.Method is "PUT" or "POST" && !request.Query.ContainsKey("delete"), int.MaxValue);

    /// <summary>From now on so large a share of the requests meets with one of the troubles.</summary>
    public void MakeTrouble(double share, Random chance, params ReadOnlySpan<Trouble> troubles)
    {
        var chosen = troubles.ToArray();
        foreach (var trouble in chosen) Trouble.Make(trouble, _ => IsHit(), int.MaxValue);

        // The rules are asked one after the other.
        bool IsHit()
        {
            lock (chance) return chance.NextDouble() < share / chosen.Length;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Trouble.DisposeAsync();
        await Gateway.DisposeAsync();
        client.Dispose();
    }
}
