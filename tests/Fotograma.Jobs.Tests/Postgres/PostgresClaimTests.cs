using System.Collections.Concurrent;
using System.Diagnostics;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Ledger.Sql;
using Fotograma.Suites.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Jobs.Tests.Postgres;

/// <summary>What is true of claims on PostgreSQL beyond what every store promises.</summary>
public sealed class PostgresClaimTests
{
    [Fact]
    public async Task A_process_whose_clock_is_an_hour_off_disturbs_nobody()
    {
        await using var ledger = await TestLedger.MakeAsync(await PostgresPlace.TakeAsync(realClock: true));
        // The process lives in the past, by the year of its fake clock; the database does not.
        var video = await ledger.AcceptAsync(Some.Owner(1));
        var claim = await ledger.ClaimAsync();
        claim.Id.ShouldBe(video.Job.Id);
        var job = await ledger.JobAsync(claim.Id);
        (job.LeaseUntil!.Value - claim.ClaimedAt).ShouldBe(TimeSpan.FromSeconds(TestLedger.LeaseSeconds));
        (TimeProvider.System.GetUtcNow() - claim.ClaimedAt).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(1));
        await ledger.PassAsync(TimeSpan.FromDays(1000));
        (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(0);
        (await ledger.Leases.ReleaseAsync(claim, Some.Cancellation)).ShouldBeTrue();
        (await ledger.ClaimAsync()).Epoch.ShouldBe(2);
    }

    [Fact]
    public async Task Claims_at_the_same_moment_go_to_different_owners()
    {
        await using var ledger = await TestLedger.MakeAsync(await PostgresPlace.TakeAsync());
        for (var i = 0; i < 40; i++) await ledger.AcceptAsync(Some.Owner(1));
        await ledger.AcceptAsync(Some.Owner(2));
        await ledger.AcceptAsync(Some.Owner(3));
        // Somebody is in the middle of a claim for the first owner.
        await using var other = await OpenAsync(ledger);
        await using var transaction = await other.Database.BeginTransactionAsync(Some.Cancellation);
        await other.Database.ExecuteSqlAsync($"""SELECT 1 FROM turns WHERE "OwnerId" = {Some.Owner(1)} FOR UPDATE""", Some.Cancellation);
        (await ledger.ClaimAsync()).OwnerId.ShouldBe(Some.Owner(2));
        (await ledger.ClaimAsync()).OwnerId.ShouldBe(Some.Owner(3));
        (await ledger.ClaimAsync()).OwnerId.ShouldBe(Some.Owner(1));
    }

    [Fact]
    public async Task One_claim_takes_a_job_of_each_owner_and_passes_over_who_is_being_served()
    {
        await using var ledger = await TestLedger.MakeAsync(await PostgresPlace.TakeAsync());
        for (var owner = 1; owner <= 4; owner++)
            for (var i = 0; i < 2; i++) await ledger.AcceptAsync(Some.Owner(owner));
        await using var other = await OpenAsync(ledger);
        await using var transaction = await other.Database.BeginTransactionAsync(Some.Cancellation);
        await other.Database.ExecuteSqlAsync($"""SELECT 1 FROM turns WHERE "OwnerId" = {Some.Owner(2)} FOR UPDATE""", Some.Cancellation);
        (await ledger.Leases.ClaimAsync("w1", 2, Some.Cancellation)).Select(claim => claim.OwnerId).ShouldBe([Some.Owner(1), Some.Owner(3)]);
        (await ledger.Leases.ClaimAsync("w1", 9, Some.Cancellation)).Select(claim => claim.OwnerId).ShouldBe([Some.Owner(4)]);
        await transaction.RollbackAsync(Some.Cancellation);
        // The second has none running; only then are the others next.
        (await ledger.Leases.ClaimAsync("w1", 9, Some.Cancellation)).Select(claim => claim.OwnerId).ShouldBe([Some.Owner(2)]);
        (await ledger.Leases.ClaimAsync("w1", 9, Some.Cancellation)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_claim_waits_for_no_row_that_another_holds()
    {
        await using var ledger = await TestLedger.MakeAsync(await PostgresPlace.TakeAsync());
        var first = await ledger.AcceptAsync(Some.Owner(1));
        var second = await ledger.AcceptAsync(Some.Owner(1));
        await using var other = await OpenAsync(ledger);
        await using var transaction = await other.Database.BeginTransactionAsync(Some.Cancellation);
        await other.Database.ExecuteSqlAsync($"""SELECT 1 FROM jobs WHERE "Id" = {first.Job.Id} FOR UPDATE""", Some.Cancellation);
        (await ledger.ClaimAsync()).Id.ShouldBe(second.Job.Id);
        (await ledger.Leases.ClaimAsync("w1", Some.Cancellation)).ShouldBeNull();
        await transaction.RollbackAsync(Some.Cancellation);
        (await ledger.ClaimAsync()).Id.ShouldBe(first.Job.Id);
    }

    [Fact]
    public async Task Nothing_is_written_when_one_of_the_writes_of_an_upload_cannot_be()
    {
        foreach (var table in (string[])["videos", "jobs", "outbox", "turns"])
        {
            await using var ledger = await TestLedger.MakeAsync(await PostgresPlace.TakeAsync());
            await using var db = await OpenAsync(ledger);
            await db.Database.ExecuteSqlRawAsync(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''refused''; END'", Some.Cancellation);
            await db.Database.ExecuteSqlRawAsync(Trigger($"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()"), Some.Cancellation);
            await Should.ThrowAsync<Exception>(() => ledger.AcceptAsync(Some.Owner(1)));
            await db.Database.ExecuteSqlRawAsync(Trigger($"DROP TRIGGER refuse ON {table}"), Some.Cancellation);
            (await db.Videos.CountAsync(Some.Cancellation)).ShouldBe(0);
            (await ledger.JobsAsync()).ShouldBeEmpty();
            (await ledger.AllEventsAsync()).ShouldBeEmpty();
        }

        static string Trigger(string sql) => sql;
    }

    [Fact]
    public async Task Whether_a_job_waits_to_run_alone_is_answered_from_an_index_of_those_that_lost_workers()
    {
        await using var ledger = await TestLedger.MakeAsync(await PostgresPlace.TakeAsync());
        await FillAsync(ledger, jobs: 1000, owners: 5);
        await using var db = await OpenAsync(ledger);
        var question = "EXPLAIN " + SqlLedger.FirstAlone("1").Replace("@alone", "3", StringComparison.Ordinal);
        var plan = await db.Database.SqlQueryRaw<string>(question).ToListAsync(Some.Cancellation);
        plan.ShouldContain(step => step.Contains("IX_jobs_State_NextRunAt", StringComparison.Ordinal), string.Join('\n', plan));
    }

    [Fact]
    public async Task Sixteen_claimers_take_two_thousand_jobs_of_fifty_owners_without_taking_one_twice()
    {
        await using var ledger = await TestLedger.MakeAsync(await PostgresPlace.TakeAsync(realClock: true));
        await FillAsync(ledger, jobs: 2000, owners: 50);
        var claims = new ConcurrentBag<ClaimedJob>();
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            while (await ledger.Leases.ClaimAsync($"w{worker}", Some.Cancellation) is { } claim)
            {
                claims.Add(claim);
                (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation)).ShouldBeTrue();
            }
        })));
        var took = Stopwatch.GetElapsedTime(since);
        claims.Select(claim => claim.Id).Distinct().Count().ShouldBe(2000);
        claims.Count.ShouldBe(2000);
        TestContext.Current.SendDiagnosticMessage($"claimed and completed {2000 / took.TotalSeconds:F0} jobs a second, events included");
    }

    private static async Task FillAsync(TestLedger ledger, int jobs, int owners)
    {
        await using var db = await OpenAsync(ledger);
        for (var i = 0; i < jobs; i++)
        {
            await ledger.TickAsync();
            var (video, job, owner) = (ledger.Ids.New(), ledger.Ids.New(), Some.Owner(i % owners));
            db.Videos.Add(new VideoRow
            {
                Id = video, OwnerId = owner, Name = "a.mp4", Bytes = 1, Sha256 = new string('a', 64), Container = "mp4", SourceKey = BlobKeys.Source(video),
                CreatedAt = ledger.Clock.GetUtcNow(), CurrentJobId = job,
            });
            db.Jobs.Add(new JobRow
            {
                Id = job, VideoId = video, OwnerId = owner, Options = "{}", CreatedAt = ledger.Clock.GetUtcNow(), State = JobState.Pending,
                NextRunAt = ledger.Clock.GetUtcNow(), Revision = 1,
            });
        }
        for (var owner = 0; owner < owners; owner++) db.Turns.Add(new TurnRow { OwnerId = Some.Owner(owner), LastClaimAt = DateTimeOffset.UnixEpoch });
        await db.SaveChangesAsync(Some.Cancellation);
        await db.Database.ExecuteSqlRawAsync("ANALYZE", Some.Cancellation);
    }

    private static Task<LedgerDb> OpenAsync(TestLedger ledger) =>
        ledger.Services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync(Some.Cancellation);
}
