using System.Collections.Concurrent;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;

namespace Fotograma.Suites.Ledger;

/// <summary>How a job gets into a worker's hands.</summary>
public abstract partial class LedgerSuite
{
    private const int Claimers = 16;
    private const int ClaimedJobs = 48;

    [Fact]
    public async Task Backlog_counts_what_is_due_and_says_how_long_the_oldest_has_been()
    {
        await using var ledger = await MakeAsync();
        (await ledger.Leases.BacklogAsync(Some.Cancellation)).ShouldBe(new JobBacklog(0, TimeSpan.Zero));
        await ledger.AcceptAsync(Ann);
        await ledger.PassAsync(TimeSpan.FromSeconds(5));
        await ledger.AcceptAsync(Bob);
        var backlog = await ledger.Leases.BacklogAsync(Some.Cancellation);
        backlog.Jobs.ShouldBe(2);
        backlog.OldestAge.ShouldBe(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Backlog_leaves_out_what_runs_and_what_waits_for_its_next_attempt()
    {
        await using var ledger = await MakeAsync();
        await ledger.AcceptAndClaimAsync(Ann);
        var failed = await ledger.AcceptAndClaimAsync(Ann);
        await ledger.Leases.FailAsync(failed, Some.Transient, Some.Cancellation);
        (await ledger.Leases.BacklogAsync(Some.Cancellation)).Jobs.ShouldBe(0);
        await ledger.PassAsync(TimeSpan.FromSeconds(2 * TestLedger.RetryDelaySeconds));
        (await ledger.Leases.BacklogAsync(Some.Cancellation)).Jobs.ShouldBe(1);
    }

    [Fact]
    public async Task Each_job_is_given_to_exactly_one_of_sixteen_workers()
    {
        await using var ledger = await MakeAsync();
        for (var i = 0; i < ClaimedJobs; i++) await ledger.AcceptAsync(Some.Owner(i % 5));
        var claims = new ConcurrentBag<ClaimedJob>();
        await Task.WhenAll(Enumerable.Range(0, Claimers).Select(worker => Task.Run(async () =>
        {
            while (await ledger.Leases.ClaimAsync($"w{worker}", Some.Cancellation) is { } claim) claims.Add(claim);
        })));
        claims.Count.ShouldBe(ClaimedJobs);
        claims.Select(claim => claim.Id).Distinct().Count().ShouldBe(ClaimedJobs);
        claims.ShouldAllBe(claim => claim.Attempt == 1 && claim.Epoch == 1);
    }

    [Fact]
    public async Task Either_the_cancellation_or_the_result_wins_and_never_both()
    {
        await using var ledger = await MakeAsync();
        var owner = Some.Owner(1);
        for (var i = 0; i < 20; i++)
        {
            var claim = await ledger.AcceptAndClaimAsync(owner);
            var cancel = Task.Run(() => ledger.Catalogue.CancelAsync(owner, claim.Id, Some.Cancellation));
            var complete = Task.Run(() => ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation));
            var cancelled = await cancel;
            (await complete).ShouldBe(!cancelled);
            (await ledger.JobAsync(claim.Id)).State.ShouldBe(cancelled ? JobState.Cancelled : JobState.Completed);
            (await ledger.EndingsAsync(claim.Id)).Count.ShouldBe(cancelled ? 0 : 1);
        }
    }

    [Fact]
    public async Task A_claim_says_all_that_a_worker_needs()
    {
        await using var ledger = await MakeAsync();
        var accepted = ledger.NewVideo(Some.Owner(1), "b.mp4") with { Options = """{"mode":"all"}""" };
        var video = await ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation);
        var claim = await ledger.Leases.ClaimAsync("w1", Some.Cancellation);
        claim.ShouldBe(new ClaimedJob(
            video.Job.Id, accepted.Id, Some.Owner(1), "b.mp4", accepted.SourceKey, 1234, accepted.Sha256, accepted.Options, 1, 1, ledger.Clock.GetUtcNow())
        {
            ClaimedTick = ledger.Clock.GetTimestamp(),
        });
        claim!.ResultPrefix.ShouldBe($"jobs/{video.Job.Id}/1/");
        var row = await ledger.JobAsync(claim.Id);
        row.LeaseOwner.ShouldBe("w1");
        row.LeaseUntil.ShouldBe(ledger.Clock.GetUtcNow().AddSeconds(TestLedger.LeaseSeconds));
        (await ledger.Leases.ClaimAsync("w2", Some.Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_new_attempt_starts_without_the_progress_of_the_last()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Some.Owner(1));
        (await ledger.Leases.RenewAsync(claim, Some.Progress, Some.Cancellation)).ShouldBeTrue();
        var seen = (await ledger.Catalogue.FindJobAsync(claim.OwnerId, claim.Id, Some.Cancellation))!;
        (seen.Percent, seen.FramesDone, seen.FramesExpected, seen.Speed, seen.EtaSeconds).ShouldBe((50, 5, 10, 2, 3));
        await ledger.Leases.ReleaseAsync(claim, Some.Cancellation);
        await ledger.ClaimAsync();
        seen = (await ledger.Catalogue.FindJobAsync(claim.OwnerId, claim.Id, Some.Cancellation))!;
        (seen.Percent, seen.FramesDone, seen.FramesExpected, seen.Speed, seen.EtaSeconds).ShouldBe((0, 0, null, null, null));
    }

    [Fact]
    public async Task Every_change_of_a_job_has_a_new_revision()
    {
        await using var ledger = await MakeAsync();
        var video = await ledger.AcceptAsync(Some.Owner(1));
        var revisions = new List<long> { video.Job.Revision };
        async Task LookAsync() => revisions.Add((await ledger.JobAsync(video.Job.Id)).Revision);
        var claim = await ledger.ClaimAsync();
        await LookAsync();
        await ledger.Leases.RenewAsync(claim, Some.Progress, Some.Cancellation);
        await LookAsync();
        await ledger.Leases.FailAsync(claim, Some.Transient, Some.Cancellation);
        await LookAsync();
        await ledger.PassLeaseAsync();
        claim = await ledger.ClaimAsync();
        await LookAsync();
        await ledger.PassLeaseAsync();
        await ledger.Rescue.RescueExpiredAsync(Some.Cancellation);
        await LookAsync();
        await ledger.Catalogue.CancelAsync(claim.OwnerId, claim.Id, Some.Cancellation);
        await LookAsync();
        revisions.ShouldBe(Enumerable.Range(1, 7).Select(revision => (long)revision));
    }
}
