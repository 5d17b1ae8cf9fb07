using Fotograma.Jobs.Ledger;
using Fotograma.Kernel.Errors;
using Fotograma.Messages;

namespace Fotograma.Suites.Ledger;

/// <summary>How attempts begin, are counted and run out.</summary>
public abstract partial class LedgerSuite
{
    [Fact]
    public async Task A_job_whose_lease_ran_out_waits_again()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(0);
        await ledger.PassAsync(TimeSpan.FromSeconds(TestLedger.LeaseSeconds) - TimeSpan.FromMilliseconds(1));
        (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(0);
        await ledger.TickAsync();
        (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(1);
        var row = await ledger.JobAsync(claim.Id);
        (row.State, row.LeaseOwner, row.LeaseUntil).ShouldBe((JobState.Pending, null, null));
        var again = await ledger.ClaimAsync("w2");
        (again.Attempt, again.Epoch).ShouldBe((1, 2));
    }

    [Fact]
    public async Task A_worker_that_is_lost_costs_its_job_no_attempt()
    {
        await using var ledger = await MakeAsync();
        await ledger.AcceptAsync(Ann);
        (await ledger.Leases.FailAsync(await ledger.ClaimAsync(), Some.Transient, Some.Cancellation)).ShouldBeTrue();
        await ledger.PassLeaseAsync();
        for (var lost = 0; lost < 2; lost++)
        {
            (await ledger.ClaimAsync()).Attempt.ShouldBe(2);
            await ledger.PassLeaseAsync();
            (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(1);
            await ledger.PassLeaseAsync();
        }
        var claim = await ledger.ClaimAsync();
        (claim.Attempt, claim.Epoch).ShouldBe((2, 4));
        (await ledger.Leases.FailAsync(claim, Some.Transient, Some.Cancellation)).ShouldBeTrue();
        (await ledger.JobAsync(claim.Id)).State.ShouldBe(JobState.Pending);
    }

    [Fact]
    public async Task A_job_that_kills_its_workers_fails_once_it_has_lost_too_many()
    {
        await using var ledger = await MakeAsync();
        var video = await ledger.AcceptAsync(Ann);
        for (var claims = 1; claims <= TestLedger.LossesMax; claims++)
        {
            var claim = await ledger.ClaimAsync();
            (claim.Attempt, claim.Epoch, claim.Losses, claim.FreeReturns).ShouldBe((1, claims, claims - 1, 0));
            await ledger.PassLeaseAsync();
            (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(1);
            await ledger.PassLeaseAsync();
        }
        (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(0);
        (await ledger.Leases.ClaimAsync("w1", Some.Cancellation)).ShouldBeNull();
        var job = (await ledger.Catalogue.FindJobAsync(Ann, video.Job.Id, Some.Cancellation))!;
        job.State.ShouldBe(JobState.Failed);
        job.ErrorCode.ShouldBe(ErrorCatalogue.AttemptsExhausted.Code);
        job.FinishedAt.ShouldNotBeNull();
        var failed = (await ledger.EventsAsync())[1..].ShouldHaveSingleItem().Read<VideoFailed>();
        (failed.JobId, failed.Code, failed.VideoName).ShouldBe((video.Job.Id, ErrorCatalogue.AttemptsExhausted.Code, "a.mp4"));
    }

    [Fact]
    public async Task Several_rescuers_at_once_fail_a_job_once()
    {
        await using var ledger = await MakeAsync(new() { ["Jobs:LossesMax"] = "2" });
        await ledger.AcceptAsync(Ann);
        await ledger.LoseWorkersAsync(1);
        var claim = await ledger.ClaimAsync();
        await ledger.PassLeaseAsync();
        var rescued = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ledger.Rescue.RescueExpiredAsync(Some.Cancellation))));
        rescued.Sum().ShouldBe(1);
        (await ledger.EndingsAsync(claim.Id)).ShouldBe([VideoFailed.Type]);
    }

    [Fact]
    public async Task Jobs_of_a_workers_earlier_life_are_rescued_at_once_and_nobody_elses()
    {
        await using var ledger = await MakeAsync();
        var mine = await ledger.AcceptAndClaimAsync(Ann, "w1");
        var others = await ledger.AcceptAndClaimAsync(Ann, "w2");
        (await ledger.Rescue.RescueOrphansOfAsync("w1", Some.Cancellation)).ShouldBe(1);
        (await ledger.ClaimAsync("w1")).Id.ShouldBe(mine.Id);
        (await ledger.Leases.RenewAsync(others, Some.Progress, Some.Cancellation)).ShouldBeTrue();
        (await ledger.Leases.RenewAsync(mine, Some.Progress, Some.Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_release_costs_no_attempt_however_often_it_happens()
    {
        await using var ledger = await MakeAsync();
        var video = await ledger.AcceptAsync(Ann);
        for (var i = 0; i < 3 * TestLedger.AttemptsMax; i++)
        {
            var claim = await ledger.ClaimAsync();
            claim.Attempt.ShouldBe(1);
            (claim.Epoch, claim.FreeReturns).ShouldBe((i + 1, i));
            (await ledger.Leases.ReleaseAsync(claim, Some.Cancellation)).ShouldBeTrue();
            (await ledger.Leases.ReleaseAsync(claim, Some.Cancellation)).ShouldBeFalse();
            (await ledger.JobAsync(video.Job.Id)).Attempt.ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_job_for_which_there_is_no_room_waits_without_an_attempt_lost_and_it_is_counted_how_often()
    {
        await using var ledger = await MakeAsync();
        await ledger.AcceptAsync(Ann);
        (await ledger.Leases.ReleaseAsync(await ledger.ClaimAsync(), Some.Cancellation)).ShouldBeTrue();
        for (var shortages = 0; shortages < 2 * TestLedger.AttemptsMax; shortages++)
        {
            var claim = await ledger.ClaimAsync();
            (claim.Attempt, claim.Shortages, claim.FreeReturns).ShouldBe((1, shortages, 1));
            (await ledger.Leases.PostponeAsync(claim, TimeSpan.FromSeconds(5), Some.Cancellation)).ShouldBeTrue();
            (await ledger.Leases.PostponeAsync(claim, TimeSpan.FromSeconds(5), Some.Cancellation)).ShouldBeFalse();
            await ledger.PassAsync(TimeSpan.FromSeconds(5) - TimeSpan.FromMilliseconds(1));
            (await ledger.Leases.ClaimAsync("w1", Some.Cancellation)).ShouldBeNull();
            await ledger.TickAsync();
        }
        // Nothing else changes the number.
        await ledger.LoseWorkersAsync(1);
        var last = await ledger.ClaimAsync();
        (last.Shortages, last.Losses, last.FreeReturns).ShouldBe((2 * TestLedger.AttemptsMax, 1, 1));
        (await ledger.EndingsAsync(last.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_transient_failure_waits_for_its_delay_and_the_last_one_is_final()
    {
        await using var ledger = await MakeAsync();
        await ledger.AcceptAsync(Ann);
        for (var attempt = 1; attempt < TestLedger.AttemptsMax; attempt++)
        {
            var claim = await ledger.ClaimAsync();
            (await ledger.Leases.FailAsync(claim, Some.Transient, Some.Cancellation)).ShouldBeTrue();
            (await ledger.EndingsAsync(claim.Id)).ShouldBeEmpty();
            (await ledger.Leases.ClaimAsync("w1", Some.Cancellation)).ShouldBeNull();
            await ledger.PassAsync(TimeSpan.FromSeconds(TestLedger.RetryDelaySeconds * Math.Pow(2, attempt - 1)));
        }
        var last = await ledger.ClaimAsync();
        (await ledger.Leases.FailAsync(last, Some.Transient, Some.Cancellation)).ShouldBeTrue();
        var job = (await ledger.Catalogue.FindJobAsync(Ann, last.Id, Some.Cancellation))!;
        (job.State, job.ErrorCode, job.ErrorMessage).ShouldBe((JobState.Failed, Some.Transient.Code, Some.Transient.Message));
        (await ledger.EndingsAsync(last.Id)).ShouldBe([VideoFailed.Type]);
    }

    [Fact]
    public async Task A_failure_that_another_attempt_cannot_help_is_final_at_once()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        (await ledger.Leases.FailAsync(claim, Some.Permanent, Some.Cancellation)).ShouldBeTrue();
        (await ledger.Leases.FailAsync(claim, Some.Permanent, Some.Cancellation)).ShouldBeFalse();
        (await ledger.JobAsync(claim.Id)).State.ShouldBe(JobState.Failed);
        (await ledger.EndingsAsync(claim.Id)).ShouldBe([VideoFailed.Type]);
    }
}
