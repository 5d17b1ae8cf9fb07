using Fotograma.Jobs.Ledger;
using Fotograma.Suites.Ledger;

namespace Fotograma.Jobs.Tests.DynamoDb;

/// <summary>The client sends again what got no answer. That the second is refused, because the first took effect, is no refusal.</summary>
public sealed class DynamoAnswerTests
{
    private const int Held = 30;
    private const int RequestsMax = 5;
    private static readonly Guid Ann = Some.Owner(1);
    private readonly WatchedConnection connection = new();

    [Fact]
    public async Task A_cancellation_whose_first_answer_is_lost_is_one()
    {
        await using var ledger = await MakeAsync();
        var video = await ledger.AcceptAsync(Ann);
        connection.Loses = FirstUpdate();

        (await ledger.Catalogue.CancelAsync(Ann, video.Job.Id, Some.Cancellation)).ShouldBeTrue();

        (await ledger.JobAsync(video.Job.Id)).State.ShouldBe(JobState.Cancelled);
        (await ledger.Catalogue.CancelAsync(Ann, video.Job.Id, Some.Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_job_that_is_given_back_while_the_first_answer_is_lost_is_given_back()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        connection.Loses = FirstUpdate();

        (await ledger.Leases.ReleaseAsync(claim, Some.Cancellation)).ShouldBeTrue();

        (await ledger.JobAsync(claim.Id)).State.ShouldBe(JobState.Pending);
        (await ledger.Leases.ReleaseAsync(claim, Some.Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task However_many_jobs_lost_their_worker_finding_them_takes_few_requests()
    {
        await using var ledger = await MakeAsync();
        for (var held = 0; held < Held; held++) await ledger.AcceptAndClaimAsync(Ann);
        await ledger.PassLeaseAsync();
        var before = connection.Asked;

        (await ledger.Store.FindExpiredAsync(2 * Held, TimeSpan.FromSeconds(TestLedger.LeaseSeconds), Some.Cancellation)).Count.ShouldBe(Held);
        (await ledger.Store.FindHeldByAsync("w1", 2 * Held, Some.Cancellation)).Count.ShouldBe(Held);

        (connection.Asked - before).ShouldBeLessThanOrEqualTo(2 * RequestsMax);
    }

    private static Func<string, bool> FirstUpdate()
    {
        var updates = 0;
        return action => action == "UpdateItem" && Interlocked.Increment(ref updates) == 1;
    }

    private async Task<TestLedger> MakeAsync() => await TestLedger.MakeAsync(await DynamoPlace.TakeAsync(Some.Cancellation, connection));
}
