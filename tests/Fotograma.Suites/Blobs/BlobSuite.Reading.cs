using Fotograma.Blobs;

namespace Fotograma.Suites.Blobs;

/// <summary>Reading, listing and deleting.</summary>
public abstract partial class BlobSuite
{
    [Fact]
    public async Task Absent_blob_is_null_everywhere()
    {
        (await bucket.OpenAsync("no/such", Cancellation)).ShouldBeNull();
        (await bucket.OpenRangeAsync("no/such", 0, 1, Cancellation)).ShouldBeNull();
        (await bucket.FindAsync("no/such", Cancellation)).ShouldBeNull();
        (await bucket.DeleteAsync("no/such", Cancellation)).ShouldBeFalse();
        (await bucket.DeletePrefixAsync("no/such/", Cancellation)).ShouldBe(0);
        (await KeysAsync("no/such/")).ShouldBeEmpty();
        await Should.ThrowAsync<BlobNotFoundException>(() => bucket.OpenLocalAsync("no/such", Cancellation));
    }

    [Fact]
    public async Task Folder_of_blobs_is_not_a_blob()
    {
        await PutAsync("a/b/c", Bytes(1));
        (await bucket.FindAsync("a/b", Cancellation)).ShouldBeNull();
        (await bucket.OpenAsync("a/b", Cancellation)).ShouldBeNull();
        (await bucket.DeleteAsync("a/b", Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task Everything_known_about_a_blob_agrees()
    {
        var written = await PutAsync("a/b", Bytes(1234));
        written.Key.ShouldBe("a/b");
        written.ETag.ShouldStartWith("\"");
        written.ETag.ShouldEndWith("\"");
        (await bucket.FindAsync("a/b", Cancellation)).ShouldBe(written);
        await foreach (var listed in bucket.ListAsync("", Cancellation)) listed.ShouldBe(written);
        await using var reader = (await bucket.OpenAsync("a/b", Cancellation))!;
        (reader.Length, reader.ModifiedAt, reader.ETag).ShouldBe((written.Length, written.ModifiedAt, written.ETag));
    }

    [Theory]
    [InlineData(0, 10, 0, 10)]
    [InlineData(0, 1, 0, 1)]
    [InlineData(3, 4, 3, 4)]
    [InlineData(9, 1, 9, 1)]
    [InlineData(9, 100, 9, 1)]
    [InlineData(5, long.MaxValue, 5, 5)]
    [InlineData(10, 5, 10, 0)]
    [InlineData(4, 0, 4, 0)]
    public async Task Range_is_cut_at_the_end_of_the_blob(long offset, long length, int from, int count)
    {
        await PutAsync("a", Bytes(10));
        (await GetRangeAsync("a", offset, length)).ShouldBe(Bytes(10)[from..(from + count)]);
    }

    [Fact]
    public async Task Range_that_begins_after_the_end_is_refused()
    {
        await PutAsync("a", Bytes(10));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => bucket.OpenRangeAsync("a", 11, 1, Cancellation));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => bucket.OpenRangeAsync("a", -1, 1, Cancellation));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => bucket.OpenRangeAsync("a", 0, -1, Cancellation));
    }

    [Fact]
    public async Task Reader_keeps_what_it_opened_when_the_blob_is_replaced_or_deleted()
    {
        await PutAsync("a", Bytes(200_000, seed: 1));
        await using var first = (await bucket.OpenAsync("a", Cancellation))!;
        await PutAsync("a", Bytes(200_000, seed: 2), overwrite: true);
        await using var second = (await bucket.OpenAsync("a", Cancellation))!;
        await bucket.DeleteAsync("a", Cancellation);
        (await ReadAsync(first.Content)).ShouldBe(Bytes(200_000, seed: 1));
        (await ReadAsync(second.Content)).ShouldBe(Bytes(200_000, seed: 2));
    }

    [Fact]
    public async Task Local_file_holds_the_bytes_and_letting_it_go_keeps_the_blob()
    {
        await PutAsync("a/b", Bytes(50_000));
        await using (var local = await bucket.OpenLocalAsync("a/b", Cancellation))
        {
            Path.IsPathFullyQualified(local.Path).ShouldBeTrue();
            (await File.ReadAllBytesAsync(local.Path, Cancellation)).ShouldBe(Bytes(50_000));
        }
        (await GetAsync("a/b")).ShouldBe(Bytes(50_000));
    }

    [Fact]
    public async Task Blobs_are_listed_in_the_order_of_their_keys()
    {
        string[] keys = ["a", "a-b", "a.b", "a0", "b/a", "b/a-c/d", "b/a/c", "b/b", "b0", "c/1/x", "c/10/x", "c/2/x", "z_z"];
        foreach (var key in keys.Reverse().Where(key => key is not "b/a")) await PutAsync(key, Bytes(1));
        (await KeysAsync()).ShouldBe(keys.Where(key => key is not "b/a").Order(StringComparer.Ordinal));
        (await KeysAsync("b/")).ShouldBe(["b/a-c/d", "b/a/c", "b/b"]);
        (await KeysAsync("c/1/")).ShouldBe(["c/1/x"]);
    }

    [Fact]
    public async Task Deleting_a_prefix_deletes_that_and_nothing_else()
    {
        foreach (var key in (string[])["jobs/1/a", "jobs/1/frames/1", "jobs/1/frames/2", "jobs/10/a", "jobs/2/a", "other"]) await PutAsync(key, Bytes(1));
        (await bucket.DeletePrefixAsync("jobs/1/", Cancellation)).ShouldBe(3);
        (await KeysAsync()).ShouldBe(["jobs/10/a", "jobs/2/a", "other"]);
        (await bucket.DeletePrefixAsync("jobs/", Cancellation)).ShouldBe(2);
        (await KeysAsync()).ShouldBe(["other"]);
    }

    [Fact]
    public async Task Deleted_blob_is_gone_and_its_key_is_free()
    {
        await PutAsync("a/b", Bytes(1));
        (await bucket.DeleteAsync("a/b", Cancellation)).ShouldBeTrue();
        (await bucket.DeleteAsync("a/b", Cancellation)).ShouldBeFalse();
        (await KeysAsync()).ShouldBeEmpty();
        await PutAsync("a", Bytes(2));
        (await GetAsync("a")).ShouldBe(Bytes(2));
    }

    [Fact]
    public async Task Another_process_sees_everything()
    {
        await PutAsync("a/b", Bytes(1000));
        var other = new Bucket(peer.Open());
        (await GetAsync("a/b", other)).ShouldBe(Bytes(1000));
        (await other.FindAsync("a/b", Cancellation)).ShouldBe(await bucket.FindAsync("a/b", Cancellation));
        await PutAsync("c", Bytes(5), into: other);
        (await KeysAsync()).ShouldBe(["a/b", "c"]);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("a..b")]
    [InlineData("con/nul.txt")]
    [InlineData("a-_.z/0..-")]
    [InlineData("videos/018f3d2c-7b1a-7c3e-9f00-0123456789ab/source.mp4")]
    public async Task Odd_key_works(string key)
    {
        await PutAsync(key, Bytes(10));
        (await GetAsync(key)).ShouldBe(Bytes(10));
        (await KeysAsync()).ShouldBe([key]);
    }

    [Fact]
    public async Task Longest_key_works()
    {
        var key = string.Join('/', Enumerable.Repeat(new string('k', 50), 11))[..BlobKey.CharactersMax];
        await PutAsync(key, Bytes(10));
        (await GetAsync(key)).ShouldBe(Bytes(10));
        BlobKey.IsValid(key + "k").ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("../a")]
    [InlineData(".tmp/a")]
    [InlineData("a/.b")]
    [InlineData("A")]
    [InlineData("a b")]
    [InlineData("a\\b")]
    [InlineData("ä")]
    [InlineData("a\0b")]
    [InlineData("a\n")]
    [InlineData("-a")]
    public async Task Key_that_is_not_safe_is_refused(string key)
    {
        await Should.ThrowAsync<ArgumentException>(() => bucket.CreateAsync(key, Cancellation));
        await Should.ThrowAsync<ArgumentException>(() => bucket.OpenAsync(key, Cancellation));
        await Should.ThrowAsync<ArgumentException>(() => bucket.FindAsync(key, Cancellation));
        await Should.ThrowAsync<ArgumentException>(() => bucket.DeleteAsync(key, Cancellation));
        await Should.ThrowAsync<ArgumentException>(() => bucket.OpenLocalAsync(key, Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("jobs/1")]
    [InlineData("/")]
    [InlineData("../")]
    public async Task Prefix_that_could_mean_more_than_it_says_is_refused(string prefix) =>
        await Should.ThrowAsync<ArgumentException>(() => bucket.DeletePrefixAsync(prefix, Cancellation));
}
