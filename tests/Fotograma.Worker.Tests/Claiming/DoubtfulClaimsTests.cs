using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Suites.Ledger;
using Fotograma.Worker.Tests.Ledger;

namespace Fotograma.Worker.Tests.Claiming;

/// <summary>Claims that took place without the worker's learning of it.</summary>
public sealed class DoubtfulClaimsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_claim_whose_answer_was_lost_is_given_back_with_its_attempt()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var video = await worker.Ledger.AcceptAsync(Some.Owner(1));
        worker.Mood.LosesAnswer = Mood.Times(1, nameof(ILeaseStore.ClaimAsync));
        await Should.ThrowAsync<IOException>(worker.Doubts.ClaimAsync(2, JobChoice.Any));
        (await worker.JobAsync(video.Job.Id)).State.ShouldBe(JobState.Processing);
        await worker.Doubts.SettleAsync([], Cancellation);
        var job = await worker.JobAsync(video.Job.Id);
        (job.State, job.Attempt).ShouldBe((JobState.Pending, 0));
        (await worker.Doubts.ClaimAsync(2, JobChoice.Any)).ShouldHaveSingleItem().Attempt.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_worker_works_on_is_not_given_back()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var claim = await worker.BeginAsync();
        worker.Mood.Refuses = Mood.Times(1, nameof(ILeaseStore.ClaimAsync));
        await Should.ThrowAsync<IOException>(worker.Doubts.ClaimAsync(1, JobChoice.Any));
        await worker.Doubts.SettleAsync([claim.Id], Cancellation);
        var job = await worker.JobAsync(claim.Id);
        (job.State, job.Epoch).ShouldBe((JobState.Processing, claim.Epoch));
    }

    [Fact]
    public async Task Another_workers_jobs_are_not_touched()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var others = await worker.Ledger.AcceptAndClaimAsync(Some.Owner(1), "another");
        worker.Mood.Refuses = Mood.Times(1, nameof(ILeaseStore.ClaimAsync));
        await Should.ThrowAsync<IOException>(worker.Doubts.ClaimAsync(1, JobChoice.Any));
        await worker.Doubts.SettleAsync([], Cancellation);
        (await worker.JobAsync(others.Id)).State.ShouldBe(JobState.Processing);
    }
}
