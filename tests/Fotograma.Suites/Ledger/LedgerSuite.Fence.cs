using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Messages;

namespace Fotograma.Suites.Ledger;

/// <summary>A worker that was thought dead and comes back.</summary>
public abstract partial class LedgerSuite
{
    [Theory]
    [InlineData("renew")]
    [InlineData("complete")]
    [InlineData("fail")]
    [InlineData("fail for good")]
    [InlineData("release")]
    public async Task A_stale_claim_changes_nothing(string deed)
    {
        await using var ledger = await MakeAsync();
        var stale = await ledger.AcceptAndClaimAsync(Ann, "w1");
        await ledger.PassLeaseAsync();
        (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(1);
        var holder = await ledger.ClaimAsync("w2");
        holder.Epoch.ShouldBeGreaterThan(stale.Epoch);
        var before = await ledger.JobAsync(stale.Id);
        (await DoAsync(ledger.Leases, stale, deed)).ShouldBeFalse();
        (await ledger.JobAsync(stale.Id)).ShouldBeEquivalentTo(before);
        (await ledger.EndingsAsync(stale.Id)).ShouldBeEmpty();
        (await ledger.Leases.CompleteAsync(holder, Some.ResultOf(holder), 0, Some.Cancellation)).ShouldBeTrue();
        (await DoAsync(ledger.Leases, stale, deed)).ShouldBeFalse();
        (await ledger.Catalogue.FindJobAsync(Ann, stale.Id, Some.Cancellation))!.Result.ShouldBe(Some.ResultOf(holder));
    }

    [Theory]
    [InlineData("renew")]
    [InlineData("complete")]
    [InlineData("fail")]
    [InlineData("fail for good")]
    [InlineData("release")]
    public async Task The_worker_of_a_cancelled_job_is_refused_and_there_is_no_event(string deed)
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        using var cancellations = ledger.Signals.ListenForCancellations();
        (await ledger.Catalogue.CancelAsync(Ann, claim.Id, Some.Cancellation)).ShouldBeTrue();
        cancellations.Signals.TryRead(out var signalled).ShouldBeTrue();
        signalled.ShouldBe(claim.Id.ToString());
        (await ledger.Catalogue.CancelAsync(Ann, claim.Id, Some.Cancellation)).ShouldBeFalse();
        (await DoAsync(ledger.Leases, claim, deed)).ShouldBeFalse();
        await ledger.PassLeaseAsync();
        (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(0);
        (await ledger.Rescue.RescueOrphansOfAsync("w1", Some.Cancellation)).ShouldBe(0);
        (await ledger.Leases.ClaimAsync("w2", Some.Cancellation)).ShouldBeNull();
        (await ledger.JobAsync(claim.Id)).State.ShouldBe(JobState.Cancelled);
        (await ledger.EndingsAsync(claim.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_late_claim_that_nobody_took_over_may_go_on()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        await ledger.PassLeaseAsync();
        (await ledger.Leases.RenewAsync(claim, Some.Progress, Some.Cancellation)).ShouldBeTrue();
        (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(0);
        (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task Completing_again_after_a_lost_answer_says_yes_and_tells_the_world_once()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        await ledger.PassAsync(TimeSpan.FromSeconds(2));
        (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 2, Some.Cancellation)).ShouldBeTrue();
        var row = await ledger.JobAsync(claim.Id);
        (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 2, Some.Cancellation)).ShouldBeTrue();
        (await ledger.JobAsync(claim.Id)).ShouldBeEquivalentTo(row);
        (await ledger.EventsAsync())[1..].ShouldHaveSingleItem().Read<VideoProcessed>()
            .ShouldBe(new VideoProcessed(claim.VideoId, claim.Id, Ann, "a.mp4", 10, 4096, 2, 2.001));
    }

    private static Task<bool> DoAsync(JobLeases leases, ClaimedJob claim, string deed) => deed switch
    {
        "renew" => leases.RenewAsync(claim, Some.Progress, Some.Cancellation),
        "complete" => leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation),
        "fail" => leases.FailAsync(claim, Some.Transient, Some.Cancellation),
        "fail for good" => leases.FailAsync(claim, Some.Permanent, Some.Cancellation),
        "release" => leases.ReleaseAsync(claim, Some.Cancellation),
        _ => throw new ArgumentOutOfRangeException(nameof(deed)),
    };
}
