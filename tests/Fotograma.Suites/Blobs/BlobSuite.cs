using Fotograma.Blobs;
using Fotograma.Blobs.Drivers;

namespace Fotograma.Suites.Blobs;

/// <summary>What every blob driver does, seen through the <see cref="Bucket"/>. A driver's test class derives from it and says only how to make a store.</summary>
public abstract partial class BlobSuite : IAsyncLifetime
{
    private BlobPeer peer = null!;
    private IBlobDriver driver = null!;
    private Bucket bucket = null!;

    /// <summary>Makes an empty store. Called once for each test.</summary>
    protected abstract Task<BlobPeer> StartPeerAsync(CancellationToken cancellation);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        peer = await StartPeerAsync(Cancellation);
        driver = peer.Open();
        bucket = new Bucket(driver);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await peer.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)((i * 31) + (i >> 8) + seed);
        return bytes;
    }

    private async Task<BlobInfo> PutAsync(string key, byte[] bytes, bool overwrite = false, Bucket? into = null)
    {
        await using var writer = await (into ?? bucket).CreateAsync(key, overwrite, Cancellation);
        await writer.WriteAsync(bytes, Cancellation);
        return await writer.CommitAsync(Cancellation);
    }

    private async Task<byte[]?> GetAsync(string key, Bucket? from = null)
    {
        await using var reader = await (from ?? bucket).OpenAsync(key, Cancellation);
        return reader is null ? null : await ReadAsync(reader.Content);
    }

    private async Task<byte[]?> GetRangeAsync(string key, long offset, long length)
    {
        await using var range = await bucket.OpenRangeAsync(key, offset, length, Cancellation);
        return range is null ? null : await ReadAsync(range);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await holds()) await Task.Delay(TimeSpan.FromMilliseconds(20), bound.Token);
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        return copy.ToArray();
    }

    private async Task<List<string>> KeysAsync(string prefix = "", Bucket? of = null)
    {
        var keys = new List<string>();
        await foreach (var blob in (of ?? bucket).ListAsync(prefix, Cancellation)) keys.Add(blob.Key);
        return keys;
    }
}
