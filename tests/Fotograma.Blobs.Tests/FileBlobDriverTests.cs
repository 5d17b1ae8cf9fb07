using Fotograma.Blobs.Drivers.Files;
using Fotograma.Kernel.Hosting;
using Fotograma.Suites.Blobs;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Blobs.Tests;

public sealed class FileBlobDriverTests : BlobSuite
{
    private static readonly Ids Names = new(TimeProvider.System);

    // The lock file of the writers' session.
    protected override int LeftByAnIdleDriver => 1;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override Task<BlobPeer> StartPeerAsync(CancellationToken cancellation) => Task.FromResult<BlobPeer>(new FolderPeer());

    [Fact]
    public async Task Local_file_is_the_blob_itself()
    {
        await using var peer = new FolderPeer();
        var bucket = new Bucket(peer.Open());
        await PutAsync(bucket, "videos/a/source", [1, 2, 3]);
        await using var local = await bucket.OpenLocalAsync("videos/a/source", Cancellation);
        local.Path.ShouldBe(Path.Combine(peer.Folder, "videos", "a", "source"));
    }

    [Fact]
    public async Task Nothing_is_taken_when_the_disk_is_nearly_full()
    {
        await using var peer = new FolderPeer();
        var free = 999L;
        using var driver = new FileBlobDriver(peer.Folder, new FreeSpace(() => free, 1000), TimeProvider.System, Names);
        var bucket = new Bucket(driver);
        await Should.ThrowAsync<BlobNoSpaceException>(() => bucket.CreateAsync("a", Cancellation));
        free = 1000;
        await PutAsync(bucket, "a", [1]);
        (await peer.CountEverythingAsync(Cancellation)).ShouldBe(2);
    }

    [Fact]
    public async Task Writing_stops_when_the_disk_fills_up_and_leaves_nothing()
    {
        await using var peer = new FolderPeer();
        var free = 2000L;
        using var driver = new FileBlobDriver(peer.Folder, new FreeSpace(() => free, 1000), TimeProvider.System, Names);
        await using (var writer = await new Bucket(driver).CreateAsync("a", Cancellation))
        {
            await writer.WriteAsync(new byte[100], Cancellation);
            free = 10;
            (await Should.ThrowAsync<BlobNoSpaceException>(async () => await writer.WriteAsync(new byte[17 << 20], Cancellation))).Message.ShouldContain("where blobs are kept");
            await Should.ThrowAsync<InvalidOperationException>(() => writer.CommitAsync(Cancellation));
        }
        Directory.GetFiles(peer.Folder, "*", SearchOption.AllDirectories).ShouldHaveSingleItem().ShouldEndWith(".lock");
    }

    [Fact]
    public async Task Full_disk_is_told_apart_from_other_failures()
    {
        // A device that is always full.
        var full = await Should.ThrowAsync<IOException>(async () =>
        {
            await using var device = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            await device.WriteAsync(new byte[1], Cancellation);
        });
        FreeSpace.IsExhausted(full).ShouldBeTrue();
        FreeSpace.IsExhausted(new FileNotFoundException()).ShouldBeFalse();
    }

    [Fact]
    public async Task Key_below_a_blob_and_key_of_a_folder_are_refused_and_harm_nothing()
    {
        await using var peer = new FolderPeer();
        var bucket = new Bucket(peer.Open());
        await PutAsync(bucket, "a/b", [1]);
        await Should.ThrowAsync<InvalidOperationException>(() => PutAsync(bucket, "a/b/c", [2]));
        await Should.ThrowAsync<InvalidOperationException>(() => PutAsync(bucket, "a", [3]));
        (await bucket.FindAsync("a/b", Cancellation))!.Length.ShouldBe(1);
        (await peer.CountEverythingAsync(Cancellation)).ShouldBe(2);
    }

    [Fact]
    public async Task Folders_that_became_empty_are_removed()
    {
        await using var peer = new FolderPeer();
        var bucket = new Bucket(peer.Open());
        await PutAsync(bucket, "jobs/1/frames/1", [1]);
        await PutAsync(bucket, "jobs/2/frames/1", [1]);
        await bucket.DeleteAsync("jobs/1/frames/1", Cancellation);
        Directory.Exists(Path.Combine(peer.Folder, "jobs/1")).ShouldBeFalse();
        await bucket.DeletePrefixAsync("jobs/2/", Cancellation);
        Directory.Exists(Path.Combine(peer.Folder, "jobs")).ShouldBeFalse();
        Directory.Exists(peer.Folder).ShouldBeTrue();
    }

    [Fact]
    public async Task Contents_of_equal_length_have_different_tags_even_when_the_clock_stands_still()
    {
        await using var peer = new FolderPeer(new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60)));
        var bucket = new Bucket(peer.Open());
        var tags = new List<string>();
        for (var i = 0; i < 5; i++) tags.Add((await PutAsync(bucket, "a", [(byte)i], overwrite: true)).ETag);
        tags.Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public async Task Driver_that_is_disposed_leaves_only_blobs()
    {
        await using var peer = new FolderPeer();
        var driver = (FileBlobDriver)BlobRegistration.OpenFolder(peer.Folder, 0, TimeProvider.System, Names);
        await PutAsync(new Bucket(driver), "a", [1]);
        driver.Dispose();
        Directory.GetFiles(peer.Folder, "*", SearchOption.AllDirectories).ShouldBe([Path.Combine(peer.Folder, "a")]);
    }

    [Fact]
    public async Task Leftovers_without_a_lock_file_are_swept()
    {
        await using var peer = new FolderPeer();
        var orphan = Directory.CreateDirectory(Path.Combine(peer.Folder, ".tmp", "0123"));
        await File.WriteAllBytesAsync(Path.Combine(orphan.FullName, "1"), [1], Cancellation);
        (await new Bucket(peer.Open()).SweepAsync(Cancellation)).ShouldBe(1);
        orphan.Refresh();
        orphan.Exists.ShouldBeFalse();
    }

    [Fact]
    public async Task Hidden_files_in_the_folder_are_not_blobs()
    {
        await using var peer = new FolderPeer();
        await File.WriteAllBytesAsync(Path.Combine(peer.Folder, ".nfs0001"), [1], Cancellation);
        var bucket = new Bucket(peer.Open());
        await foreach (var blob in bucket.ListAsync("", Cancellation)) Assert.Fail($"{blob.Key} was listed.");
    }

    private static async Task<BlobInfo> PutAsync(Bucket bucket, string key, byte[] bytes, bool overwrite = false)
    {
        await using var writer = await bucket.CreateAsync(key, overwrite, Cancellation);
        await writer.WriteAsync(bytes, Cancellation);
        return await writer.CommitAsync(Cancellation);
    }
}
