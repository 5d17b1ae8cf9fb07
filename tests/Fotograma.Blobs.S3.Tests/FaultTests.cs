using System.Collections.Concurrent;
using System.Security.Cryptography;
using Fotograma.Peers.Faults;
using Fotograma.Peers.S3;

namespace Fotograma.Blobs.S3.Tests;

/// <summary>The store fails, falls silent, loses answers or goes away: nothing is corrupt, and nothing is left over.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private BucketPeer peer = null!;
    private TroubledGateway gateway = null!;
    private Bucket bucket = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        peer = await BucketPeer.StartAsync();
        gateway = await TroubledGateway.StartAsync(peer.Store.Endpoint);
        bucket = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await peer.DisposeAsync();
        await gateway.DisposeAsync();
    }

    [Theory]
    [InlineData(nameof(Trouble.InternalError))]
    [InlineData(nameof(Trouble.SlowDown))]
    [InlineData(nameof(Trouble.LostReply))]
    [InlineData(nameof(Trouble.ExecutedButFailed))]
    public async Task Small_blob_is_stored_in_spite_of(string trouble)
    {
        gateway.Make(Enum.Parse<Trouble>(trouble), Asks.Put, times: 2);
        var bytes = Bytes(1000);
        (await PutAsync("a", bytes)).Length.ShouldBe(1000);
        (await GetAsync("a")).ShouldBe(bytes);
        (await peer.CountEverythingAsync(Cancellation)).ShouldBe(1);
    }

    [Theory]
    [InlineData(nameof(Trouble.InternalError))]
    [InlineData(nameof(Trouble.SlowDown))]
    [InlineData(nameof(Trouble.LostReply))]
    [InlineData(nameof(Trouble.ExecutedButFailed))]
    public async Task Large_blob_is_stored_in_spite_of(string trouble)
    {
        var kind = Enum.Parse<Trouble>(trouble);
        gateway.Make(kind, Asks.Part, times: 3).Make(kind, Asks.Complete, times: 2);
        var bytes = Bytes(2 * peer.BytesUntilStored + 12_345);
        (await PutAsync("a", bytes)).Length.ShouldBe(bytes.Length);
        (await GetAsync("a")).ShouldBe(bytes);
        (await peer.CountEverythingAsync(Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task Request_that_is_not_answered_in_time_is_made_again()
    {
        bucket = Open(options => options.RequestSeconds = 1);
        gateway.Make(Trouble.Silence, Asks.Put).Make(Trouble.Silence, Asks.Head).Make(Trouble.Silence, Asks.Get);
        await PutAsync("a", Bytes(1000));
        (await GetAsync("a")).ShouldBe(Bytes(1000));
    }

    [Theory]
    [InlineData(nameof(Trouble.HalfBody))]
    [InlineData(nameof(Trouble.SilentBody))]
    public async Task Rest_of_a_body_that_stops_is_asked_for_again(string trouble)
    {
        bucket = Open(options => options.SilenceSeconds = 1);
        var bytes = Bytes(1_000_000);
        await PutAsync("a", bytes);
        gateway.Make(Enum.Parse<Trouble>(trouble), Asks.Get, times: 3);
        (await GetAsync("a")).ShouldBe(bytes);
        gateway.Make(Enum.Parse<Trouble>(trouble), Asks.Get);
        await using var range = (await bucket.OpenRangeAsync("a", 100_000, 500_000, Cancellation))!;
        (await ReadAsync(range)).ShouldBe(bytes[100_000..600_000]);
    }

    [Fact]
    public async Task Reader_whose_connection_broke_never_mixes_two_contents()
    {
        await PutAsync("a", Bytes(1_000_000));
        gateway.Make(Trouble.HalfBody, Asks.Get);
        await using var reader = (await bucket.OpenAsync("a", Cancellation))!;
        await using (var writer = await bucket.CreateAsync("a", overwrite: true, Cancellation))
        {
            await writer.WriteAsync(Bytes(1_000_000, seed: 2), Cancellation);
            await writer.CommitAsync(Cancellation);
        }
        await Should.ThrowAsync<BlobReplacedException>(() => ReadAsync(reader.Content));
    }

    [Fact]
    public async Task Store_that_stays_broken_is_called_unavailable_and_is_not_asked_for_ever()
    {
        bucket = Open(options => options.RetriesMax = 2);
        gateway.Make(Trouble.SlowDown, Asks.Anything, times: int.MaxValue);
        (await Should.ThrowAsync<BlobStoreUnavailableException>(() => bucket.FindAsync("a", Cancellation))).Message.ShouldContain("503");
        gateway.Seen.Count.ShouldBe(3);
        await Should.ThrowAsync<BlobStoreUnavailableException>(() => bucket.OpenAsync("a", Cancellation));
        await Should.ThrowAsync<BlobStoreUnavailableException>(() => bucket.DeletePrefixAsync("a/", Cancellation));
        await Should.ThrowAsync<BlobStoreUnavailableException>(() => PutAsync("a", Bytes(10)));
        await Should.ThrowAsync<BlobStoreUnavailableException>(() => bucket.OpenLocalAsync("a", Cancellation));
        await Should.ThrowAsync<BlobStoreUnavailableException>(() => bucket.PingAsync(Cancellation));
    }

    [Fact]
    public async Task Store_that_is_away_is_called_unavailable()
    {
        bucket = Open(options =>
        {
            options.RetriesMax = 1;
            options.Endpoint = "http://127.0.0.1:1";
        });
        await Should.ThrowAsync<BlobStoreUnavailableException>(() => PutAsync("a", Bytes(10)));
        await Should.ThrowAsync<BlobStoreUnavailableException>(() => bucket.PingAsync(Cancellation));
    }

    [Fact]
    public async Task Rivals_blob_is_not_taken_for_ones_own_when_an_answer_is_lost()
    {
        await using var writer = await bucket.CreateAsync("a", Cancellation);
        await writer.WriteAsync(Bytes(10, seed: 1), Cancellation);
        await PutAsync("a", Bytes(10, seed: 2));
        gateway.Make(Trouble.LostReply, Asks.Put);
        await Should.ThrowAsync<BlobExistsException>(() => writer.CommitAsync(Cancellation));
        await writer.DisposeAsync();
        (await GetAsync("a")).ShouldBe(Bytes(10, seed: 2));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData((5 << 20) + 1000)]
    public async Task Blob_whose_commit_was_never_confirmed_is_removed_when_its_writer_is_let_go(int size)
    {
        bucket = Open(options => options.RetriesMax = 1);
        await using (var writer = await bucket.CreateAsync("a", Cancellation))
        {
            await writer.WriteAsync(Bytes(size), Cancellation);
            gateway.Make(Trouble.LostReply, request => Asks.Put(request) || Asks.Complete(request), times: 1).Make(Trouble.SlowDown, Asks.Head, times: size > 5 << 20 ? 4 : 2);
            await Should.ThrowAsync<BlobStoreUnavailableException>(() => writer.CommitAsync(Cancellation));
        }
        (await peer.CountEverythingAsync(Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task Parts_that_could_not_be_removed_are_swept()
    {
        bucket = Open(options => options.RetriesMax = 0);
        gateway.Make(Trouble.InternalError, Asks.Abort);
        await using (var writer = await bucket.CreateAsync("a", Cancellation)) await writer.WriteAsync(Bytes(peer.BytesUntilStored), Cancellation);
        (await peer.CountUploadsAsync(Cancellation)).ShouldBe(1);
        await SweepToNothingAsync();
    }

    [Fact]
    public async Task Upload_whose_beginning_was_never_answered_is_swept()
    {
        gateway.Make(Trouble.LostReply, Asks.Begin, times: 2);
        await PutAsync("a", Bytes(peer.BytesUntilStored));
        (await peer.CountUploadsAsync(Cancellation)).ShouldBe(2);
        await SweepToNothingAsync();
        (await GetAsync("a")).ShouldBe(Bytes(peer.BytesUntilStored));
    }

    [Fact]
    public async Task Store_without_conditional_writes_is_served_with_a_look_before()
    {
        gateway.Make(Trouble.NotImplemented, request => request.Headers.IfNoneMatch.Count > 0, times: int.MaxValue);
        await PutAsync("a", Bytes(10));
        await Should.ThrowAsync<BlobExistsException>(() => PutAsync("a", Bytes(20)));
        await PutAsync("b", Bytes(peer.BytesUntilStored));
        await Should.ThrowAsync<BlobExistsException>(() => PutAsync("b", Bytes(20)));
        (await GetAsync("a")).ShouldBe(Bytes(10));
    }

    [Fact]
    public async Task Store_that_cannot_delete_many_at_once_deletes_one_by_one()
    {
        gateway.Make(Trouble.NotImplemented, Asks.DeleteMany, times: int.MaxValue);
        for (var i = 0; i < 3; i++) await PutAsync($"p/{i}", Bytes(1));
        (await bucket.DeletePrefixAsync("p/", Cancellation)).ShouldBe(3);
        (await peer.CountEverythingAsync(Cancellation)).ShouldBe(0);
    }

    [Theory]
    [InlineData(S3Encryption.Bucket, null, "")]
    [InlineData(S3Encryption.Aes256, null, "AES256")]
    [InlineData(S3Encryption.Kms, "key-1", "aws:kms key-1")]
    public async Task Encryption_is_asked_for_wherever_a_blob_begins(S3Encryption encryption, string? keyId, string asked)
    {
        bucket = Open(options => (options.Encryption, options.EncryptionKeyId, options.RetriesMax) = (encryption, keyId, 0));
        var seen = new ConcurrentQueue<string>();
        gateway.Make(Trouble.InternalError, request =>
        {
            if (!Asks.Put(request) && !Asks.Begin(request)) return false;
            seen.Enqueue($"{request.Headers["x-amz-server-side-encryption"]} {request.Headers["x-amz-server-side-encryption-aws-kms-key-id"]}".Trim());
            return true;
        }, times: 2);
        await Should.ThrowAsync<BlobStoreUnavailableException>(() => PutAsync("small", Bytes(10)));
        await Should.ThrowAsync<BlobStoreUnavailableException>(() => PutAsync("large", Bytes(peer.BytesUntilStored)));
        seen.ShouldBe([asked, asked]);
        var signed = await bucket.SignUploadAsync("direct", new UploadTerms("video/mp4", TimeSpan.FromMinutes(1)), Cancellation);
        signed.Headers.Keys.Count(header => header.StartsWith("x-amz-server-side", StringComparison.Ordinal)).ShouldBe(asked.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Local_copy_is_whole_in_spite_of_cut_connections()
    {
        var bytes = Bytes(3_000_000);
        await PutAsync("a", bytes);
        gateway.Make(Trouble.HalfBody, Asks.Get, times: 4);
        await using var local = await bucket.OpenLocalAsync("a", Convert.ToHexStringLower(SHA256.HashData(bytes)), Cancellation);
        (await File.ReadAllBytesAsync(local.Path, Cancellation)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Blob_that_is_deleted_while_it_is_copied_is_not_half_a_file()
    {
        await PutAsync("a", Bytes(1_000_000));
        gateway.Make(Trouble.HalfBody, request =>
        {
            if (!Asks.Get(request)) return false;
            peer.Client.DeleteObjectAsync(peer.Bucket, peer.Prefix + "a", CancellationToken.None).GetAwaiter().GetResult();
            return false;
        });
        await Should.ThrowAsync<BlobNotFoundException>(() => bucket.OpenLocalAsync("a", Cancellation));
        Directory.GetFiles(peer.Scratch, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Connections_that_are_reset_again_and_again_spoil_nothing()
    {
        await using var proxy = FaultProxy.To(peer.Store.Gateway.Port);
        bucket = Open(options =>
        {
            options.Endpoint = $"http://127.0.0.1:{proxy.Port}";
            options.RetriesMax = 12;
        });
        var bytes = Bytes(3 * peer.BytesUntilStored);
        using var done = new CancellationTokenSource();
        var cutting = Task.Run(async () =>
        {
            for (var turn = 0; turn < 20 && !done.IsCancellationRequested; turn++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
                proxy.CutAll();
            }
        }, CancellationToken.None);
        await PutAsync("a", bytes);
        (await GetAsync("a")).ShouldBe(bytes);
        await done.CancelAsync();
        await cutting;
    }

    [Fact]
    public async Task Gateway_that_is_killed_and_restarted_in_the_middle_costs_nothing()
    {
        await using var own = await peer.Store.AnotherGatewayAsync();
        bucket = Open(options =>
        {
            options.Endpoint = own.Endpoint;
            options.RetriesMax = 20;
        });
        var bytes = Bytes(3 * peer.BytesUntilStored);
        await using (var writer = await bucket.CreateAsync("a", Cancellation))
        {
            await writer.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), Cancellation);
            await own.KillAsync();
            var restarting = own.RestartAsync();
            await writer.WriteAsync(bytes.AsMemory(bytes.Length / 2), Cancellation);
            await writer.CommitAsync(Cancellation);
            await restarting;
        }
        await using var reader = (await bucket.OpenAsync("a", Cancellation))!;
        var half = new byte[bytes.Length / 2];
        await reader.Content.ReadExactlyAsync(half, Cancellation);
        await own.KillAsync();
        var again = own.RestartAsync();
        (await ReadAsync(reader.Content)).ShouldBe(bytes[half.Length..]);
        await again;
        half.ShouldBe(bytes[..half.Length]);
        (await peer.CountEverythingAsync(Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task One_request_in_ten_failing_loses_and_corrupts_nothing()
    {
        var dice = new Random(7);
        foreach (var trouble in (Trouble[])[Trouble.InternalError, Trouble.SlowDown, Trouble.LostReply, Trouble.ExecutedButFailed])
        {
            gateway.Make(trouble, _ =>
            {
                lock (dice) return dice.NextDouble() < 0.025;
            }, times: int.MaxValue);
        }
        await Parallel.ForAsync(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancellation }, async (i, _) =>
        {
            var bytes = Bytes(i % 10 == 0 ? peer.BytesUntilStored + i : 1000 + i, seed: i);
            await PutAsync($"many/{i}", bytes);
            (await GetAsync($"many/{i}")).ShouldBe(bytes);
        });
        (await bucket.DeletePrefixAsync("many/", Cancellation)).ShouldBe(60);
        await SweepToNothingAsync();
        (await peer.CountEverythingAsync(Cancellation)).ShouldBe(0);
    }

    private Bucket Open(Action<S3Options>? change = null)
    {
        var options = peer.Options(gateway.Endpoint);
        change?.Invoke(options);
        return new Bucket(peer.Open(options));
    }

    private async Task SweepToNothingAsync()
    {
        var sweeper = peer.Options();
        sweeper.AbandonedSeconds = 1;
        var other = new Bucket(peer.Open(sweeper));
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        while (await peer.CountUploadsAsync(bound.Token) > 0)
        {
            await other.SweepAsync(bound.Token);
            await Task.Delay(TimeSpan.FromMilliseconds(100), bound.Token);
        }
    }

    private static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private async Task<BlobInfo> PutAsync(string key, byte[] bytes)
    {
        await using var writer = await bucket.CreateAsync(key, Cancellation);
        await writer.WriteAsync(bytes, Cancellation);
        return await writer.CommitAsync(Cancellation);
    }

    private async Task<byte[]?> GetAsync(string key)
    {
        await using var reader = await bucket.OpenAsync(key, Cancellation);
        return reader is null ? null : await ReadAsync(reader.Content);
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        return copy.ToArray();
    }
}
