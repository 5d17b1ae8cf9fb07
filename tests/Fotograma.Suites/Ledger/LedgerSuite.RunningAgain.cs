using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Messages;

namespace Fotograma.Suites.Ledger;

/// <summary>Running a video again.</summary>
public abstract partial class LedgerSuite
{
    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Cancelled)]
    public async Task A_job_that_ended_is_followed_by_a_new_one_and_stays_as_it_was(string ending)
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        await EndAsync(ledger, claim, ending);
        var before = await ledger.JobAsync(claim.Id);
        await ledger.TickAsync();
        var again = (await ledger.Catalogue.RunAgainAsync(Ann, claim.VideoId, """{"mode":"all"}""", Some.Cancellation)).ShouldNotBeNull().Job;
        again.Id.ShouldNotBe(claim.Id);
        again.State.ShouldBe(JobState.Pending);
        again.Options.ShouldBe("""{"mode":"all"}""");
        (await ledger.JobAsync(claim.Id)).ShouldBeEquivalentTo(before);
        (await ledger.Catalogue.FindVideoAsync(Ann, claim.VideoId, Some.Cancellation))!.Job.Id.ShouldBe(again.Id);
        (await ledger.EventsAsync())[^1].Read<VideoUploaded>().ShouldBe(new VideoUploaded(claim.VideoId, again.Id, Ann));
        (await ledger.ClaimAsync()).Id.ShouldBe(again.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_that_has_not_ended_is_not_followed_by_another(bool claimed)
    {
        await using var ledger = await MakeAsync();
        var video = await ledger.AcceptAsync(Ann);
        if (claimed) await ledger.ClaimAsync();
        var answer = (await ledger.Catalogue.RunAgainAsync(Ann, video.Id, null, Some.Cancellation)).ShouldNotBeNull();
        answer.Made.ShouldBeFalse();
        answer.Job.Id.ShouldBe(video.Job.Id);
        answer.Job.State.ShouldBe(claimed ? JobState.Processing : JobState.Pending);
        (await ledger.EventsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Asking_eight_times_at_once_makes_one_job_with_the_last_options()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        await EndAsync(ledger, claim, JobState.Failed);
        await ledger.TickAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => ledger.Catalogue.RunAgainAsync(Ann, claim.VideoId, null, Some.Cancellation))));
        answers.Count(answer => answer!.Made).ShouldBe(1);
        answers.Select(answer => answer!.Job.Id).Distinct().ShouldHaveSingleItem().ShouldNotBe(claim.Id);
        answers[0]!.Job.Options.ShouldBe(claim.Options);
        (await ledger.EventsAsync()).Count(happened => happened.Type == VideoUploaded.Type).ShouldBe(2);
    }

    [Fact]
    public async Task A_video_that_does_not_exist_cannot_run()
    {
        await using var ledger = await MakeAsync();
        (await ledger.Catalogue.RunAgainAsync(Ann, ledger.Ids.New(), null, Some.Cancellation)).ShouldBeNull();
    }

    private static async Task EndAsync(TestLedger ledger, ClaimedJob claim, string ending)
    {
        var ended = ending switch
        {
            JobState.Completed => await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation),
            JobState.Failed => await ledger.Leases.FailAsync(claim, Some.Permanent, Some.Cancellation),
            _ => await ledger.Catalogue.CancelAsync(Ann, claim.Id, Some.Cancellation),
        };
        ended.ShouldBeTrue();
    }
}
