using Amazon.S3.Model;
using Fotograma.Suites.Blobs;

namespace Fotograma.Blobs.S3.Tests;

public sealed class S3BlobDriverTests : BlobSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override async Task<BlobPeer> StartPeerAsync(CancellationToken cancellation) => await BucketPeer.StartAsync();

    [Fact]
    public async Task Everything_lies_below_the_key_prefix_and_nothing_else_is_seen()
    {
        await using var peer = await BucketPeer.StartAsync();
        var bucket = new Bucket(peer.Open());
        await PutAsync(bucket, "a/b", [1, 2, 3]);
        await peer.Client.PutObjectAsync(new PutObjectRequest { BucketName = peer.Bucket, Key = $"{peer.Prefix}Not one of OURS", ContentBody = "x" }, Cancellation);
        (await peer.Client.GetObjectMetadataAsync(peer.Bucket, $"{peer.Prefix}a/b", Cancellation)).ContentLength.ShouldBe(3);
        (await KeysAsync(bucket)).ShouldBe(["a/b"]);
    }

    [Fact]
    public async Task Local_copy_goes_when_it_is_let_go()
    {
        await using var peer = await BucketPeer.StartAsync();
        var bucket = new Bucket(peer.Open());
        await PutAsync(bucket, "a", [1, 2, 3]);
        string path;
        await using (var local = await bucket.OpenLocalAsync("a", Cancellation))
        {
            path = local.Path;
            path.ShouldStartWith(peer.Scratch);
            if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        File.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public async Task Local_copy_that_turns_out_damaged_is_removed()
    {
        await using var peer = await BucketPeer.StartAsync();
        var bucket = new Bucket(peer.Open());
        await PutAsync(bucket, "a", new byte[100_000]);
        await Should.ThrowAsync<BlobDamagedException>(() => bucket.OpenLocalAsync("a", new string('0', 64), Cancellation));
        CopiesIn(peer.Scratch).ShouldBeEmpty();
    }

    [Fact]
    public async Task Local_copy_is_refused_when_it_is_too_large_or_the_disk_too_full()
    {
        await using var peer = await BucketPeer.StartAsync();
        await PutAsync(new Bucket(peer.Open()), "a", new byte[1000]);
        var small = peer.Options();
        small.ScratchBlobBytesMax = 999;
        await Should.ThrowAsync<BlobTooLargeException>(() => new Bucket(peer.Open(small)).OpenLocalAsync("a", Cancellation));
        var disk = new DriveInfo(peer.Scratch);
        var full = peer.Options();
        full.ScratchFreeBytesMin = disk.TotalSize;
        (await Should.ThrowAsync<BlobNoSpaceException>(() => new Bucket(peer.Open(full)).OpenLocalAsync("a", Cancellation))).Message.ShouldContain("where copies of blobs are kept");
        CopiesIn(peer.Scratch).ShouldBeEmpty();
    }

    [Fact]
    public async Task Room_is_missed_where_a_copy_would_find_none_though_the_store_answers()
    {
        await using var peer = await BucketPeer.StartAsync();
        var full = peer.Options();
        full.ScratchFreeBytesMin = long.MaxValue / 2;
        var cramped = new Bucket(peer.Open(full));
        await cramped.PingAsync(Cancellation);
        await Should.ThrowAsync<BlobNoSpaceException>(() => cramped.TryRoomAsync(Cancellation));
        var bucket = new Bucket(peer.Open());
        await bucket.TryRoomAsync(Cancellation);
        (await bucket.FindAsync("room-probe", Cancellation)).ShouldBeNull("What was tried is gone again.");
    }

    [Fact]
    public async Task Copies_of_a_killed_process_are_swept()
    {
        await using var peer = await BucketPeer.StartAsync();
        var orphan = Directory.CreateDirectory(Path.Combine(peer.Scratch, ".tmp", "0123"));
        await File.WriteAllBytesAsync(Path.Combine(orphan.FullName, "1"), [1], Cancellation);
        (await new Bucket(peer.Open()).SweepAsync(Cancellation)).ShouldBe(1);
        CopiesIn(peer.Scratch).ShouldBeEmpty();
    }

    [Fact]
    public async Task Writer_that_is_silent_for_long_is_not_swept_by_its_own_process()
    {
        await using var peer = await BucketPeer.StartAsync();
        var options = peer.Options();
        options.AbandonedSeconds = 0;
        var bucket = new Bucket(peer.Open(options));
        var bytes = new byte[peer.BytesUntilStored];
        await using var writer = await bucket.CreateAsync("a", Cancellation);
        await writer.WriteAsync(bytes, Cancellation);
        (await bucket.SweepAsync(Cancellation)).ShouldBe(0);
        await writer.CommitAsync(Cancellation);
        (await bucket.FindAsync("a", Cancellation))!.Length.ShouldBe(bytes.Length);
    }

    [Fact]
    public async Task Commit_of_a_blob_whose_parts_somebody_swept_fails_and_leaves_nothing()
    {
        await using var peer = await BucketPeer.StartAsync();
        var impatient = peer.Options();
        impatient.AbandonedSeconds = 0;
        await using (var writer = await new Bucket(peer.Open()).CreateAsync("a", Cancellation))
        {
            await writer.WriteAsync(new byte[peer.BytesUntilStored], Cancellation);
            var other = new Bucket(peer.Open(impatient));
            while (await other.SweepAsync(Cancellation) == 0) await Task.Delay(TimeSpan.FromMilliseconds(50), Cancellation);
            await Should.ThrowAsync<BlobStoreUnavailableException>(() => writer.CommitAsync(Cancellation));
        }
        (await peer.CountEverythingAsync(Cancellation)).ShouldBe(0);
    }

    [Theory]
    [InlineData(S3Checksum.Md5)]
    [InlineData(S3Checksum.Sha256)]
    [InlineData(S3Checksum.None)]
    public async Task Every_checksum_works_for_small_and_large_blobs(S3Checksum checksum)
    {
        await using var peer = await BucketPeer.StartAsync();
        var options = peer.Options();
        options.Checksum = checksum;
        var bucket = new Bucket(peer.Open(options));
        (await PutAsync(bucket, "small", new byte[100])).Length.ShouldBe(100);
        (await PutAsync(bucket, "large", new byte[peer.BytesUntilStored])).Length.ShouldBe(peer.BytesUntilStored);
    }

    [Fact]
    public async Task Wrong_secret_and_missing_bucket_are_said_in_words_without_secrets()
    {
        await using var peer = await BucketPeer.StartAsync();
        var wrong = peer.Options();
        wrong.SecretAccessKey = "a-wrong-secret";
        var refused = await Should.ThrowAsync<BlobStoreUnavailableException>(() => new Bucket(peer.Open(wrong)).PingAsync(Cancellation));
        refused.Message.ShouldBe("The S3 store refused to list blobs: SignatureDoesNotMatch (403).");
        var missing = peer.Options();
        missing.Bucket = "no-such-bucket";
        (await Should.ThrowAsync<BlobStoreUnavailableException>(() => new Bucket(peer.Open(missing)).PingAsync(Cancellation))).Message.ShouldContain("NoSuchBucket");
        (await Should.ThrowAsync<BlobStoreUnavailableException>(() => new Bucket(peer.Open(missing)).OpenAsync("a", Cancellation))).Message.ShouldContain("NoSuchBucket");
    }

    [Fact]
    public async Task Signed_addresses_use_the_public_endpoint()
    {
        await using var peer = await BucketPeer.StartAsync();
        var options = peer.Options();
        options.PublicEndpoint = "https://files.example.org";
        var bucket = new Bucket(peer.Open(options));
        var signed = await bucket.SignDownloadAsync("a", new DownloadTerms("a.zip", "application/zip", TimeSpan.FromMinutes(1)), Cancellation);
        signed.Address.GetLeftPart(UriPartial.Authority).ShouldBe("https://files.example.org");
        signed.Address.Query.ShouldContain("X-Amz-Expires=60");
    }

    private static string[] CopiesIn(string scratch) => Directory.Exists(Path.Combine(scratch, ".tmp"))
        ? [.. Directory.GetFiles(Path.Combine(scratch, ".tmp"), "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))]
        : [];

    private static async Task<List<string>> KeysAsync(Bucket bucket)
    {
        var keys = new List<string>();
        await foreach (var blob in bucket.ListAsync("", Cancellation)) keys.Add(blob.Key);
        return keys;
    }

    private static async Task<BlobInfo> PutAsync(Bucket bucket, string key, byte[] bytes)
    {
        await using var writer = await bucket.CreateAsync(key, Cancellation);
        await writer.WriteAsync(bytes, Cancellation);
        return await writer.CommitAsync(Cancellation);
    }
}
