using System.Collections.Concurrent;
using Fotograma.Blobs;

namespace Fotograma.Suites.Blobs;

/// <summary>A blob is there whole, or not at all.</summary>
public abstract partial class BlobSuite
{
    [Fact]
    public async Task Committed_blob_reads_back()
    {
        var bytes = Bytes(100_000);
        var written = await PutAsync("videos/a/source", bytes);
        written.Length.ShouldBe(bytes.Length);
        (await GetAsync("videos/a/source")).ShouldBe(bytes);
    }

    [Fact]
    public async Task Empty_blob_is_a_blob()
    {
        await PutAsync("empty", []);
        (await GetAsync("empty")).ShouldBe([]);
        (await bucket.FindAsync("empty", Cancellation))!.Length.ShouldBe(0);
    }

    [Fact]
    public async Task Many_small_writes_make_one_blob()
    {
        var bytes = Bytes(5000);
        await using (var writer = await bucket.CreateAsync("a", Cancellation))
        {
            foreach (var piece in bytes.Chunk(7)) await writer.WriteAsync(piece, Cancellation);
            writer.Position.ShouldBe(bytes.Length);
            await writer.CommitAsync(Cancellation);
        }
        (await GetAsync("a")).ShouldBe(bytes);
    }

    [Fact]
    public async Task Blob_is_not_there_before_its_commit()
    {
        await using var writer = await bucket.CreateAsync("a/b", Cancellation);
        await writer.WriteAsync(Bytes(1000), Cancellation);
        await writer.FlushAsync(Cancellation);
        (await bucket.FindAsync("a/b", Cancellation)).ShouldBeNull();
        (await KeysAsync()).ShouldBeEmpty();
        await writer.CommitAsync(Cancellation);
        (await KeysAsync()).ShouldBe(["a/b"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writer_that_is_disposed_without_a_commit_leaves_nothing(bool synchronously)
    {
        var before = await peer.CountEverythingAsync(Cancellation);
        var writer = await bucket.CreateAsync("a/b", Cancellation);
        await writer.WriteAsync(Bytes(300_000 + peer.BytesUntilStored), Cancellation);
        await UntilAsync(async () => await peer.CountEverythingAsync(Cancellation) > before);
        if (synchronously) writer.Dispose();
        else await writer.DisposeAsync();
        (await GetAsync("a/b")).ShouldBeNull();
        // What is disposed of without waiting may go a moment later.
        if (synchronously) await UntilAsync(async () => await peer.CountEverythingAsync(Cancellation) <= before + LeftByAnIdleDriver);
        (await peer.CountEverythingAsync(Cancellation)).ShouldBeLessThanOrEqualTo(before + LeftByAnIdleDriver);
    }

    /// <summary>False for a driver whose store is memory.</summary>
    protected virtual bool KeepsBlobsOnDisk => true;

    /// <summary>What a driver that has written keeps as long as it lives, as counted by the peer; a file that holds a lock, for example.</summary>
    protected virtual int LeftByAnIdleDriver => 0;

    [Fact]
    public async Task Cancelled_write_leaves_nothing_and_cannot_be_committed()
    {
        await using (var writer = await bucket.CreateAsync("a", Cancellation))
        {
            await writer.WriteAsync(Bytes(1000), Cancellation);
            await Should.ThrowAsync<OperationCanceledException>(async () => await writer.WriteAsync(Bytes(1000), new CancellationToken(canceled: true)));
            await Should.ThrowAsync<InvalidOperationException>(() => writer.CommitAsync(Cancellation));
        }
        (await GetAsync("a")).ShouldBeNull();
        (await peer.CountEverythingAsync(Cancellation)).ShouldBeLessThanOrEqualTo(LeftByAnIdleDriver);
    }

    [Fact]
    public async Task Cancelled_commit_leaves_nothing()
    {
        await using (var writer = await bucket.CreateAsync("a", Cancellation))
        {
            await writer.WriteAsync(Bytes(1000), Cancellation);
            await Should.ThrowAsync<OperationCanceledException>(() => writer.CommitAsync(new CancellationToken(canceled: true)));
        }
        (await GetAsync("a")).ShouldBeNull();
    }

    [Fact]
    public async Task Writer_takes_nothing_after_its_commit()
    {
        await using var writer = await bucket.CreateAsync("a", Cancellation);
        await writer.CommitAsync(Cancellation);
        await Should.ThrowAsync<InvalidOperationException>(async () => await writer.WriteAsync(Bytes(1), Cancellation));
        await Should.ThrowAsync<InvalidOperationException>(() => writer.CommitAsync(Cancellation));
        (await GetAsync("a")).ShouldBe([]);
    }

    [Fact]
    public async Task Blob_that_exists_is_not_replaced_by_accident()
    {
        await PutAsync("a", Bytes(10));
        await Should.ThrowAsync<BlobExistsException>(() => PutAsync("a", Bytes(20)));
        (await GetAsync("a")).ShouldBe(Bytes(10));
    }

    [Fact]
    public async Task Blob_is_replaced_on_purpose_and_gets_another_tag()
    {
        var first = await PutAsync("a", Bytes(10, seed: 1));
        var second = await PutAsync("a", Bytes(10, seed: 2), overwrite: true);
        second.ETag.ShouldNotBe(first.ETag);
        (await GetAsync("a")).ShouldBe(Bytes(10, seed: 2));
        (await bucket.FindAsync("a", Cancellation))!.ETag.ShouldBe(second.ETag);
    }

    [Fact]
    public async Task Overwriting_writer_also_writes_what_is_not_there()
    {
        await PutAsync("a/b", Bytes(10), overwrite: true);
        (await GetAsync("a/b")).ShouldBe(Bytes(10));
    }

    [Fact]
    public async Task One_of_several_writers_of_a_key_wins()
    {
        const int writers = 16;
        var other = new Bucket(peer.Open());
        var outcomes = new ConcurrentQueue<int>();
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var racing = Enumerable.Range(0, writers).Select(i => Task.Run(async () =>
        {
            await using var writer = await (i % 2 == 0 ? bucket : other).CreateAsync("races/a", Cancellation);
            await writer.WriteAsync(Bytes(1000, seed: i), Cancellation);
            await start.Task;
            try
            {
                await writer.CommitAsync(Cancellation);
                outcomes.Enqueue(i);
            }
            catch (BlobExistsException)
            {
                outcomes.Enqueue(-1);
            }
        })).ToList();
        start.SetResult();
        await Task.WhenAll(racing);
        outcomes.Count.ShouldBe(writers);
        var winner = outcomes.Where(outcome => outcome >= 0).ShouldHaveSingleItem();
        (await GetAsync("races/a")).ShouldBe(Bytes(1000, seed: winner));
    }

    [Fact]
    public async Task One_of_several_writers_of_a_large_blob_wins()
    {
        var size = peer.BytesUntilStored + 100_000;
        var racing = Enumerable.Range(0, 3).Select(i => Task.Run(async () =>
        {
            try
            {
                await PutAsync("races/large", Bytes(size, seed: i));
                return i;
            }
            catch (BlobExistsException)
            {
                return -1;
            }
        }));
        var winners = (await Task.WhenAll(racing)).Where(outcome => outcome >= 0).ToList();
        // Where rivals cannot be told apart in the moment of the commit, the blob still is one of theirs, whole.
        if (driver.Capabilities.ExcludesRivalsAtAnySize) winners.Count.ShouldBe(1);
        else winners.ShouldNotBeEmpty();
        var found = await GetAsync("races/large");
        winners.Any(i => Bytes(size, i).AsSpan().SequenceEqual(found)).ShouldBeTrue();
    }

    [Fact]
    public async Task Large_blob_that_exists_is_not_replaced_by_accident()
    {
        var size = peer.BytesUntilStored + 100_000;
        await PutAsync("a", Bytes(10));
        await Should.ThrowAsync<BlobExistsException>(() => PutAsync("a", Bytes(size)));
        (await GetAsync("a")).ShouldBe(Bytes(10));
        await PutAsync("a", Bytes(size), overwrite: true);
        (await GetAsync("a")).ShouldBe(Bytes(size));
        (await peer.CountEverythingAsync(Cancellation)).ShouldBeLessThanOrEqualTo(1 + LeftByAnIdleDriver);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Size_around_what_is_stored_at_once_makes_no_difference(int more)
    {
        var bytes = Bytes(Math.Max(1, peer.BytesUntilStored + more));
        (await PutAsync("a", bytes)).Length.ShouldBe(bytes.Length);
        (await GetAsync("a")).ShouldBe(bytes);
    }

    [Fact]
    public async Task Cancelled_write_of_a_large_blob_leaves_nothing()
    {
        using var enough = new CancellationTokenSource();
        await using (var writer = await bucket.CreateAsync("a", Cancellation))
        {
            await writer.WriteAsync(Bytes(peer.BytesUntilStored + 1000), Cancellation);
            await enough.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(async () => await writer.WriteAsync(Bytes(1000), enough.Token));
        }
        (await GetAsync("a")).ShouldBeNull();
        (await peer.CountEverythingAsync(Cancellation)).ShouldBeLessThanOrEqualTo(LeftByAnIdleDriver);
    }

    [Fact]
    public async Task Writers_and_deleters_of_neighbours_do_not_disturb_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (var turn = 0; turn < 25; turn++)
            {
                await PutAsync($"deep/folder/of/{i}", Bytes(10, seed: turn));
                (await GetAsync($"deep/folder/of/{i}")).ShouldBe(Bytes(10, seed: turn));
                (await bucket.DeleteAsync($"deep/folder/of/{i}", Cancellation)).ShouldBeTrue();
            }
        })));
        (await KeysAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Big_blob_is_written_and_read_without_being_held_in_memory()
    {
        const int pieceBytes = 1 << 20;
        const int pieces = 96;
        var piece = Bytes(pieceBytes);
        var early = 0L;
        var late = 0L;
        await using (var writer = await bucket.CreateAsync("big", Cancellation))
        {
            for (var i = 0; i < pieces; i++)
            {
                await writer.WriteAsync(piece, Cancellation);
                if (i == 8) early = GC.GetTotalMemory(forceFullCollection: true);
                if (i == pieces - 1) late = GC.GetTotalMemory(forceFullCollection: true);
            }
            await writer.CommitAsync(Cancellation);
        }
        if (KeepsBlobsOnDisk) (late - early).ShouldBeLessThan((long)pieceBytes * pieces / 2);
        await using var reader = (await bucket.OpenAsync("big", Cancellation))!;
        reader.Length.ShouldBe((long)pieceBytes * pieces);
        var buffer = new byte[pieceBytes];
        for (var i = 0; i < pieces; i++)
        {
            await reader.Content.ReadExactlyAsync(buffer, Cancellation);
            if (i % 32 == 0) buffer.AsSpan().SequenceEqual(piece).ShouldBeTrue();
        }
        (await reader.Content.ReadAsync(buffer, Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task What_a_dead_writer_left_is_swept_and_living_writers_are_not_disturbed()
    {
        var bytes = Bytes(100_000 + peer.BytesUntilStored);
        var doomed = peer.Open();
        await using var lost = await new Bucket(doomed).CreateAsync("lost", Cancellation);
        await lost.WriteAsync(bytes, Cancellation);
        peer.Kill(doomed);
        await peer.UntilDeathShowsAsync(Cancellation);
        await using var alive = await bucket.CreateAsync("alive", Cancellation);
        await alive.WriteAsync(bytes, Cancellation);
        (await new Bucket(peer.Open()).SweepAsync(Cancellation)).ShouldBe(1);
        await alive.CommitAsync(Cancellation);
        (await GetAsync("alive")).ShouldBe(bytes);
        (await KeysAsync()).ShouldBe(["alive"]);
        (await bucket.SweepAsync(Cancellation)).ShouldBe(0);
    }
}
