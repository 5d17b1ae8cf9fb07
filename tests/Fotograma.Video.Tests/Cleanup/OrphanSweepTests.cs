using Fotograma.Jobs;
using Fotograma.Video.Cleanup;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Video.Tests.Cleanup;

/// <summary>What is deleted because nothing refers to it, and above all what is not.</summary>
public sealed class OrphanSweepTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-cleanup-").FullName;

    // Blobs are as old as the file system says.
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_two_sweeps_found_without_an_owner_is_deleted_and_nothing_else()
    {
        await using var here = await StartAsync();
        var video = await here.AcceptAsync();
        var orphan = await here.StoreAsync();
        await here.SweepAsync();
        (await here.HasAsync(orphan)).ShouldBeTrue("One sweep is not enough.");
        clock.Advance(TimeSpan.FromSeconds(3599));
        await here.SweepAsync();
        (await here.HasAsync(orphan)).ShouldBeTrue("Two sweeps that are too near to each other are not enough.");
        clock.Advance(TimeSpan.FromSeconds(2));
        await here.SweepAsync();
        (await here.HasAsync(orphan)).ShouldBeFalse();
        (await here.HasAsync(video.Id)).ShouldBeTrue();
        (await here.HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task However_old_the_store_says_a_blob_is_one_sweep_deletes_nothing()
    {
        await using var here = await StartAsync();
        await here.AcceptAsync();
        var orphan = await here.StoreAsync();
        clock.Advance(TimeSpan.FromDays(30));
        await here.SweepAsync();
        (await here.HasAsync(orphan)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_upload_that_gets_its_row_between_two_sweeps_stays()
    {
        await using var here = await StartAsync();
        var upload = await here.StoreAsync();
        await here.AcceptAsync();
        await here.SweepAsync();
        here.PassOrphanAge();
        await here.AcceptAsync(upload);
        await here.SweepAsync();
        (await here.HasAsync(upload)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_process_that_begins_anew_takes_its_time_anew()
    {
        await using var before = await StartAsync();
        await before.AcceptAsync();
        var orphan = await before.StoreAsync();
        await before.SweepAsync();
        before.PassOrphanAge();
        await using var after = await StartAsync();
        await after.SweepAsync();
        (await after.HasAsync(orphan)).ShouldBeTrue();
        after.PassOrphanAge();
        await after.SweepAsync();
        (await after.HasAsync(orphan)).ShouldBeFalse();
    }

    [Fact]
    public async Task Attempts_that_lost_their_job_are_deleted_and_the_one_at_work_is_not()
    {
        await using var here = await StartAsync();
        var video = await here.AcceptAsync();
        var claim = (await here.Leases.ClaimAsync("w1", Cancellation)).ShouldNotBeNull();
        await here.WriteAsync(BlobKeys.Archive(claim.ResultPrefix));
        await here.WriteAsync(BlobKeys.Archive(BlobKeys.OfAttempt(video.Job.Id, 7)));
        await here.WriteAsync(BlobKeys.Index(BlobKeys.OfAttempt(video.Job.Id, 7)));
        await here.SweepTwiceAsync();
        (await here.Bucket.FindAsync(BlobKeys.Archive(claim.ResultPrefix), Cancellation)).ShouldNotBeNull();
        (await here.Bucket.FindAsync(BlobKeys.Archive(BlobKeys.OfAttempt(video.Job.Id, 7)), Cancellation)).ShouldBeNull();
        (await here.Bucket.FindAsync(BlobKeys.Index(BlobKeys.OfAttempt(video.Job.Id, 7)), Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Another_ledger_deletes_nothing_says_so_once_and_is_degraded()
    {
        await using var owner = await StartAsync("a");
        var videos = await SomeAsync(owner, 3);
        await owner.SweepAsync();
        await using var stranger = await StartAsync("b");
        await stranger.AcceptAsync();
        var orphan = await stranger.StoreAsync();
        for (var sweeps = 0; sweeps < 3; sweeps++) await stranger.SweepTwiceAsync();
        (await owner.CountAsync([.. videos, orphan])).ShouldBe(4);
        var health = await stranger.HealthAsync();
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Description.ShouldNotBeNull().ShouldContain("belong to another ledger");
        health.Description.ShouldContain("Postgres:DatabasePrefix");
        stranger.Errors.ShouldHaveSingleItem().ShouldContain((await owner.Trash.LedgerAsync(Cancellation)).Id.ToString());
        (await owner.HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Of_two_ledgers_that_come_to_an_empty_bucket_one_gets_it()
    {
        await using var one = await StartAsync("a");
        await using var other = await StartAsync("b");
        var decided = await Task.WhenAll(one.SweepAsync(), other.SweepAsync());
        decided.Count(sweep => sweep).ShouldBe(1);
        await Task.WhenAll(one.SweepAsync(), other.SweepAsync());
        new[] { await one.HealthAsync(), await other.HealthAsync() }.Count(health => health.Status == HealthStatus.Degraded).ShouldBe(1);
    }

    [Fact]
    public async Task A_new_ledger_deletes_nothing_of_an_unmarked_bucket_of_which_it_knows_nothing()
    {
        await using var older = await StartAsync("a");
        var videos = await SomeAsync(older, 3);
        await using var newer = await StartAsync("b");
        (await newer.SweepAsync()).ShouldBeFalse("Uploads of this moment say nothing yet.");
        (await newer.HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
        newer.PassOrphanAge();
        for (var sweeps = 0; sweeps < 3; sweeps++) await newer.SweepTwiceAsync();
        (await newer.CountAsync(videos)).ShouldBe(3);
        (await newer.HealthAsync()).Description.ShouldNotBeNull().ShouldContain("knows none of");
        newer.Errors.ShouldHaveSingleItem();
        (await newer.Marker.ReadAsync(Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_bucket_from_before_marks_is_the_ledgers_that_knows_some_of_it()
    {
        await using var here = await StartAsync();
        var videos = await SomeAsync(here, 3);
        var orphan = await here.StoreAsync();
        await here.SweepTwiceAsync();
        (await here.Marker.ReadAsync(Cancellation)).ShouldBe(new BucketMark((await here.Trash.LedgerAsync(Cancellation)).Id, Sweeps: 2));
        (await here.CountAsync(videos)).ShouldBe(3);
        (await here.HasAsync(orphan)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_ledger_restored_from_before_the_last_sweep_deletes_nothing_however_little_it_lacks()
    {
        await using var here = await StartAsync("a");
        var videos = await SomeAsync(here, 10);
        await here.SweepAsync();
        BackUp("a", "b");
        videos.Add((await here.AcceptAsync()).Id);
        here.PassOrphanAge();
        await here.SweepAsync();

        await using var restored = await StartAsync("b");
        for (var sweeps = 0; sweeps < 3; sweeps++) await restored.SweepTwiceAsync();
        (await restored.CountAsync(videos)).ShouldBe(11);
        (await restored.HealthAsync()).Description.ShouldNotBeNull().ShouldContain("older copy");
        restored.Errors.ShouldHaveSingleItem().ShouldContain("after 1 sweeps; the bucket has seen 2");

        (await restored.AdoptAsync(confirmed: false)).ShouldContain("a later state of it");
        await restored.AdoptAsync();
        await restored.SweepTwiceAsync();
        (await restored.CountAsync(videos)).ShouldBe(10);
    }

    [Fact]
    public async Task A_bucket_restored_from_before_the_last_sweep_is_still_the_ledgers()
    {
        await using var here = await StartAsync();
        await here.AcceptAsync();
        await here.SweepAsync();
        var mark = (await here.Marker.ReadAsync(Cancellation)).ShouldNotBeNull();
        await here.SweepTwiceAsync();
        await here.Marker.ReplaceAsync(mark, Cancellation);
        await here.SweepAsync();
        (await here.HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_ledger_restored_from_before_most_of_the_videos_deletes_none_of_them()
    {
        var limits = new CleanupOptions { OrphanVideosMax = 2 };
        await using var here = await StartAsync(options: limits);
        await SomeAsync(here, 5);
        await here.SweepAsync();
        List<Guid> unknown = [await here.StoreAsync(), await here.StoreAsync(), await here.StoreAsync()];
        for (var sweeps = 0; sweeps < 3; sweeps++) await here.SweepTwiceAsync();
        (await here.CountAsync(unknown)).ShouldBe(3);
        (await here.HealthAsync()).Description.ShouldNotBeNull().ShouldContain("older copy");
        here.Errors.ShouldHaveSingleItem().ShouldContain("3 of the 8 videos");
    }

    [Fact]
    public async Task What_an_operator_adopts_is_swept_once_and_the_guard_is_back()
    {
        var limits = new CleanupOptions { OrphanVideosMax = 2 };
        await using var owner = await StartAsync("a", limits);
        var lost = await SomeAsync(owner, 4);
        await owner.SweepAsync();
        await using var restored = await StartAsync("b", limits);
        var kept = await SomeAsync(restored, 2);
        (await restored.AdoptAsync(confirmed: false)).ShouldContain("knows 2");
        await restored.SweepTwiceAsync();
        (await restored.CountAsync(lost)).ShouldBe(4, "Nothing was confirmed.");

        (await restored.AdoptAsync()).ShouldContain("The 4 others");
        await restored.SweepTwiceAsync();
        await restored.SweepAsync();
        (await restored.CountAsync(lost)).ShouldBe(0);
        (await restored.CountAsync(kept)).ShouldBe(2);
        (await restored.HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);

        List<Guid> unknown = [await restored.StoreAsync(), await restored.StoreAsync(), await restored.StoreAsync()];
        await restored.SweepTwiceAsync();
        (await restored.CountAsync(unknown)).ShouldBe(3, "It was allowed once.");
        await owner.SweepTwiceAsync();
        (await owner.HealthAsync()).Status.ShouldBe(HealthStatus.Degraded, "The bucket is the other's now.");
    }

    [Fact]
    public async Task A_mark_that_nobody_understands_keeps_everything()
    {
        await using var here = await StartAsync();
        await here.AcceptAsync();
        var orphan = await here.StoreAsync();
        await here.WriteAsync(BlobKeys.Ledger);
        await here.SweepTwiceAsync();
        (await here.HasAsync(orphan)).ShouldBeTrue();
        (await here.HealthAsync()).Description.ShouldNotBeNull().ShouldContain("cannot be read");
        await here.AdoptAsync();
        await here.SweepTwiceAsync();
        (await here.HasAsync(orphan)).ShouldBeFalse();
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private Task<Installation> StartAsync(string ledger = "a", CleanupOptions? options = null) =>
        Installation.StartAsync(Path.Combine(folder, ledger), Path.Combine(folder, "blobs"), clock, options);

    private void BackUp(string from, string to)
    {
        Directory.CreateDirectory(Path.Combine(folder, to));
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, from, "video.db")};Pooling=False");
        connection.Open();
        using var copy = new SqliteCommand("VACUUM INTO $target", connection);
        copy.Parameters.AddWithValue("$target", Path.Combine(folder, to, "video.db"));
        copy.ExecuteNonQuery();
    }

    private static async Task<List<Guid>> SomeAsync(Installation installation, int videos)
    {
        var made = new List<Guid>();
        for (var video = 0; video < videos; video++) made.Add((await installation.AcceptAsync()).Id);
        return made;
    }
}
