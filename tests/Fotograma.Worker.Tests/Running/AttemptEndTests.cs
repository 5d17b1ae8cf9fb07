using Fotograma.Jobs.Ledger;
using Fotograma.Suites.Ledger;
using Fotograma.Worker.Running;
using Fotograma.Worker.Tests.Ledger;

namespace Fotograma.Worker.Tests.Running;

/// <summary>How attempts end on a ledger that fails and loses answers.</summary>
public sealed class AttemptEndTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_outlasts_an_outage_of_the_ledger()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var claim = await worker.BeginAsync();
        worker.Mood.Refuses = Mood.Times(7, nameof(ILeaseStore.EndAsync));
        (await worker.Ends.CommitAsync(claim, Some.ResultOf(claim), 0, worker.HeartOf(claim), Cancellation)).ShouldBeTrue();
        (await worker.JobAsync(claim.Id)).State.ShouldBe(JobState.Completed);
    }

    [Fact]
    public async Task A_commit_that_fails_though_the_lease_is_renewed_is_given_up()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var claim = await worker.BeginAsync();
        worker.Mood.Refuses = method => method == nameof(ILeaseStore.EndAsync);
        var heart = worker.HeartOf(claim);
        using var work = new CancellationTokenSource();
        using var end = new CancellationTokenSource();
        var beating = heart.BeatAsync(work, end.Token);
        (await Should.ThrowAsync<CommitRefusedException>(worker.Ends.CommitAsync(claim, Some.ResultOf(claim), 0, heart, Cancellation))).InnerException.ShouldBeOfType<IOException>();
        await end.CancelAsync();
        await beating;
    }

    [Fact]
    public async Task A_commit_that_fails_though_renewals_are_answered_with_no_is_given_up()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var claim = await worker.BeginAsync();
        worker.Mood.Refuses = method => method == nameof(ILeaseStore.EndAsync);
        await worker.Ledger.Leases.ReleaseAsync(claim, Cancellation);
        var heart = worker.HeartOf(claim);
        using var work = new CancellationTokenSource();
        using var end = new CancellationTokenSource();
        heart.Ends();
        await heart.BeatAsync(work, end.Token).WaitAsync(Cancellation);
        await Should.ThrowAsync<CommitRefusedException>(worker.Ends.CommitAsync(claim, Some.ResultOf(claim), 0, heart, work.Token));
        await worker.Ends.ReleaseAsync(claim, heart);
        (await worker.HasResultAsync(claim)).ShouldBeFalse();
    }

    // The commit is done and its answer is lost; it is tried again once a renewal was refused for that.
    [Fact]
    public async Task A_renewal_that_is_refused_because_the_job_has_just_ended_stops_nothing_and_is_counted_nowhere()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var claim = await worker.BeginAsync();
        var heart = worker.HeartOf(claim);
        var commits = 0;
        using var refused = new ManualResetEventSlim();
        using var work = new CancellationTokenSource();
        using var end = new CancellationTokenSource();
        worker.Mood.LosesAnswer = Mood.Times(1, nameof(ILeaseStore.EndAsync));
        worker.Mood.Refuses = method =>
        {
            if (method == nameof(ILeaseStore.EndAsync) && ++commits == 2) refused.Wait(Cancellation);
            return false;
        };
        var beating = BeatAsync();
        (await worker.Ends.CommitAsync(claim, Some.ResultOf(claim), 0, heart, work.Token)).ShouldBeTrue();
        await beating.WaitAsync(Cancellation);
        (work.IsCancellationRequested, worker.FenceRejections).ShouldBe((false, 0));

        async Task BeatAsync()
        {
            await heart.BeatAsync(work, end.Token);
            refused.Set();
        }
    }

    [Fact]
    public async Task What_is_turned_away_is_counted_unless_it_may_have_been_done_before()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var (sound, lost) = (await worker.BeginAsync(), await worker.BeginAsync());
        worker.Mood.LosesAnswer = Mood.Times(1, nameof(ILeaseStore.GiveBackAsync));
        await worker.Ends.ReleaseAsync(sound, worker.HeartOf(sound));
        worker.FenceRejections.ShouldBe(0);
        await worker.Ledger.Leases.ReleaseAsync(lost, Cancellation);
        await worker.Ends.ReleaseAsync(lost, worker.HeartOf(lost));
        worker.FenceRejections.ShouldBe(1);
    }

    [Fact]
    public async Task A_result_whose_commit_lost_its_answer_stays_when_the_job_is_then_given_back()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var claim = await worker.BeginAsync();
        worker.Mood.LosesAnswer = method => method == nameof(ILeaseStore.EndAsync);
        await Should.ThrowAsync<IOException>(worker.Ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Cancellation));
        await worker.Ends.ReleaseAsync(claim, worker.HeartOf(claim));
        (await worker.JobAsync(claim.Id)).State.ShouldBe(JobState.Completed);
        (await worker.HasResultAsync(claim)).ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_is_removed_while_the_end_is_in_doubt()
    {
        await using var worker = await MoodyWorker.StartAsync(leaseSeconds: 2);
        var claim = await worker.BeginAsync();
        worker.Mood.Refuses = method => method == nameof(ILeaseStore.GiveBackAsync);
        await worker.Ends.ReleaseAsync(claim, worker.HeartOf(claim));
        (await worker.HasResultAsync(claim)).ShouldBeTrue("A commit under way could still make it the job's.");
        worker.Mood.Refuses = _ => false;
        (await worker.Ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_job_that_is_given_back_through_an_outage_loses_no_attempt_and_leaves_nothing()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var claim = await worker.BeginAsync();
        worker.Mood.Refuses = Mood.Times(2, nameof(ILeaseStore.GiveBackAsync));
        worker.Mood.LosesAnswer = Mood.Times(1, nameof(ILeaseStore.GiveBackAsync));
        await worker.Ends.ReleaseAsync(claim, worker.HeartOf(claim));
        var job = await worker.JobAsync(claim.Id);
        (job.State, job.Attempt).ShouldBe((JobState.Pending, 0));
        (await worker.HasResultAsync(claim)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_failure_is_written_through_an_outage()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var claim = await worker.BeginAsync();
        worker.Mood.Refuses = Mood.Times(3, nameof(ILeaseStore.EndAsync));
        await worker.Ends.FailAsync(claim, Some.Permanent, worker.HeartOf(claim));
        (await worker.JobAsync(claim.Id)).State.ShouldBe(JobState.Failed);
        (await worker.HasResultAsync(claim)).ShouldBeFalse();
    }

    [Fact]
    public async Task Work_goes_on_while_the_ledger_is_silent_and_stops_when_the_job_is_anothers()
    {
        await using var worker = await MoodyWorker.StartAsync(leaseSeconds: 2);
        var claim = await worker.BeginAsync();
        var refused = new SemaphoreSlim(0);
        worker.Mood.Refuses = method =>
        {
            if (method == nameof(ILeaseStore.RenewAsync)) refused.Release();
            return method == nameof(ILeaseStore.RenewAsync);
        };
        var heart = worker.HeartOf(claim);
        using var work = new CancellationTokenSource();
        using var end = new CancellationTokenSource();
        var beating = heart.BeatAsync(work, end.Token);
        // Longer than the lease.
        for (var beat = 0; beat < 25; beat++) await refused.WaitAsync(Cancellation);
        work.IsCancellationRequested.ShouldBeFalse();
        await worker.Ledger.Leases.ReleaseAsync(claim, Cancellation);
        worker.Mood.Refuses = _ => false;
        await beating.WaitAsync(Cancellation);
        heart.Lost.ShouldBeTrue();
        work.IsCancellationRequested.ShouldBeTrue();
    }
}
