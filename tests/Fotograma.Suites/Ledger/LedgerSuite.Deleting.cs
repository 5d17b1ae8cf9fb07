using Fotograma.Jobs;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;

namespace Fotograma.Suites.Ledger;

/// <summary>Deleting, and what becomes of the blobs.</summary>
public abstract partial class LedgerSuite
{
    [Fact]
    public async Task Deleting_puts_the_upload_and_the_results_of_every_job_into_the_trash()
    {
        await using var ledger = await MakeAsync();
        var first = await CompletedAsync(ledger);
        var again = (await ledger.Catalogue.RunAgainAsync(Ann, first.VideoId, null, Some.Cancellation)).ShouldNotBeNull().Job;
        var other = await ledger.AcceptAsync(Ann);
        (await ledger.Catalogue.DeleteAsync(Ann, first.VideoId, Some.Cancellation)).ShouldBeTrue();
        (await DueAsync(ledger)).ShouldBe([$"jobs/{first.Id}/", $"jobs/{again.Id}/", $"videos/{first.VideoId}/"], ignoreOrder: true);
        (await ledger.JobsAsync()).Select(job => job.Id).ShouldBe([other.Job.Id]);
        (await ledger.Catalogue.DeleteAsync(Ann, first.VideoId, Some.Cancellation)).ShouldBeFalse();
        (await ledger.Trash.IsVideoKnownAsync(first.VideoId, Some.Cancellation)).ShouldBeFalse();
        (await ledger.Trash.IsVideoKnownAsync(other.Id, Some.Cancellation)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Blobs_of_a_busy_worker_are_looked_for_a_second_time(bool cancelledJustBefore)
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        if (cancelledJustBefore) await ledger.Catalogue.CancelAsync(Ann, claim.Id, Some.Cancellation);
        await ledger.Catalogue.DeleteAsync(Ann, claim.VideoId, Some.Cancellation);
        (await DueAsync(ledger)).Count.ShouldBe(2);
        await ledger.PassAsync(TimeSpan.FromSeconds(2 * TestLedger.LeaseSeconds));
        (await DueAsync(ledger)).Count(prefix => prefix == BlobKeys.OfJob(claim.Id)).ShouldBe(2);
    }

    [Fact]
    public async Task The_worker_of_a_deleted_job_is_told_to_stop_and_can_write_nothing()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        using var cancellations = ledger.Signals.ListenForCancellations();
        await ledger.Catalogue.DeleteAsync(Ann, claim.VideoId, Some.Cancellation);
        cancellations.Signals.TryRead(out var signalled).ShouldBeTrue();
        signalled.ShouldBe(claim.Id.ToString());
        (await ledger.Leases.RenewAsync(claim, Some.Progress, Some.Cancellation)).ShouldBeFalse();
        (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation)).ShouldBeFalse();
        (await ledger.Leases.FailAsync(claim, Some.Permanent, Some.Cancellation)).ShouldBeFalse();
        (await ledger.Leases.ReleaseAsync(claim, Some.Cancellation)).ShouldBeFalse();
        (await ledger.EndingsAsync(claim.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Trash_is_forgotten_entry_by_entry()
    {
        await using var ledger = await MakeAsync();
        var video = await ledger.AcceptAsync(Ann);
        await ledger.Catalogue.DeleteAsync(Ann, video.Id, Some.Cancellation);
        var due = await ledger.Trash.DueAsync(10, Some.Cancellation);
        await ledger.Trash.ForgetAsync(due[0], Some.Cancellation);
        (await ledger.Trash.DueAsync(10, Some.Cancellation)).ShouldBe([due[1]]);
        (await ledger.Trash.DueAsync(0, Some.Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_attempts_blobs_are_alive_while_it_runs_and_for_ever_once_they_are_the_result()
    {
        await using var ledger = await MakeAsync();
        var first = await ledger.AcceptAndClaimAsync(Ann);
        (await ledger.Trash.IsAttemptAliveAsync(first.Id, first.Epoch, Some.Cancellation)).ShouldBeTrue();
        await ledger.Leases.ReleaseAsync(first, Some.Cancellation);
        (await ledger.Trash.IsAttemptAliveAsync(first.Id, first.Epoch, Some.Cancellation)).ShouldBeFalse();
        var second = await ledger.ClaimAsync();
        await ledger.Leases.CompleteAsync(second, Some.ResultOf(second), 0, Some.Cancellation);
        (await ledger.Trash.IsAttemptAliveAsync(first.Id, first.Epoch, Some.Cancellation)).ShouldBeFalse();
        (await ledger.Trash.IsAttemptAliveAsync(first.Id, second.Epoch, Some.Cancellation)).ShouldBeTrue();
    }

    private static async Task<List<string>> DueAsync(TestLedger ledger) =>
        [.. (await ledger.Trash.DueAsync(10, Some.Cancellation)).Select(trashed => trashed.Prefix)];

    private static async Task<ClaimedJob> CompletedAsync(TestLedger ledger)
    {
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation)).ShouldBeTrue();
        (await ledger.JobAsync(claim.Id)).State.ShouldBe(JobState.Completed);
        return claim;
    }
}
