using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Tests.Schedules;
using Fotograma.Messages;
using Fotograma.Suites.Ledger;

namespace Fotograma.Jobs.Tests.Catalogue;

/// <summary>What was written is told as written: who is told otherwise sends the video again, and has it twice.</summary>
public sealed class StoreTroubleTests
{
    private static readonly Guid Ann = Some.Owner(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_video_is_accepted_once_when_the_answer_of_its_acceptance_is_lost()
    {
        await using var world = await ScheduleWorld.MakeAsync(knowsOutages: true);
        world.Shakiness.LosesAnswer = Once();

        var accepted = await world.Ledger.Catalogue.AcceptAsync(world.Ledger.NewVideo(Ann), Token);

        (await world.Ledger.JobsAsync()).ShouldHaveSingleItem().Id.ShouldBe(accepted.Job.Id);
        (await world.Ledger.AllEventsAsync()).Select(happened => happened.Type).ShouldBe([VideoCreated.Type, VideoUploaded.Type]);
    }

    [Fact]
    public async Task A_video_is_accepted_once_when_its_acceptance_takes_effect_after_it_was_tried_again()
    {
        await using var world = await ScheduleWorld.MakeAsync(knowsOutages: true);
        Func<Task>? late = null;
        (world.Shakiness.Delays, world.Shakiness.Later) = (Once(), call => late = call);

        var accepted = await world.Ledger.Catalogue.AcceptAsync(world.Ledger.NewVideo(Ann), Token);
        await late.ShouldNotBeNull()();

        (await world.Ledger.JobsAsync()).ShouldHaveSingleItem().Id.ShouldBe(accepted.Job.Id);
        (await world.Ledger.AllEventsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_video_that_another_call_accepted_is_answered_with_its_job_although_reading_it_fails_once()
    {
        await using var world = await ScheduleWorld.MakeAsync(knowsOutages: true);
        var video = world.Ledger.NewVideo(Ann);
        var first = await world.Ledger.Catalogue.AcceptAsync(video, Token);
        // The first answer is that it is known.
        world.Shakiness.LosesAnswer = Once(after: 1);

        (await world.Ledger.Catalogue.AcceptAsync(video, Token)).Job.Id.ShouldBe(first.Job.Id);
    }

    [Fact]
    public async Task A_video_is_run_again_once_when_the_answer_is_lost()
    {
        await using var world = await ScheduleWorld.MakeAsync(knowsOutages: true);
        var video = await world.Ledger.AcceptAsync(Ann);
        (await world.Ledger.Catalogue.CancelAsync(Ann, video.Job.Id, Token)).ShouldBeTrue();
        // The first answer tells of the video as it is.
        world.Shakiness.LosesAnswer = Once(after: 1);

        var again = await world.Ledger.Catalogue.RunAgainAsync(Ann, video.Id, null, Token);

        again.ShouldNotBeNull().Made.ShouldBeTrue();
        (await world.Ledger.JobsAsync()).Select(job => job.Id).ShouldBe([video.Job.Id, again.Job.Id], ignoreOrder: true);
        (await world.Ledger.EventsAsync()).Count(happened => happened.Type == VideoUploaded.Type).ShouldBe(2);
    }

    [Fact]
    public async Task A_place_in_the_queue_that_cannot_be_told_does_not_undo_an_acceptance()
    {
        await using var world = await ScheduleWorld.MakeAsync(knowsOutages: true);
        world.Shakiness.BeforePlacesAsync = _ => throw new NoAnswerException();

        var accepted = await world.Ledger.Catalogue.AcceptAsync(world.Ledger.NewVideo(Ann), Token);

        accepted.Job.State.ShouldBe(JobState.Pending);
        accepted.Job.QueuePosition.ShouldBeNull();
    }

    [Fact]
    public async Task A_place_in_the_queue_is_waited_for_a_second_and_no_longer()
    {
        await using var world = await ScheduleWorld.MakeAsync(knowsOutages: true);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Shakiness.BeforePlacesAsync = token =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, token);
        };

        var accepting = world.Ledger.Catalogue.AcceptAsync(world.Ledger.NewVideo(Ann), CancellationToken.None);
        await asked.Task.WaitAsync(Token);
        accepting.IsCompleted.ShouldBeFalse();
        world.Ledger.Clock.Advance(TimeSpan.FromSeconds(1));

        (await accepting.WaitAsync(Token)).Job.QueuePosition.ShouldBeNull();
    }

    [Fact]
    public async Task A_store_that_stays_away_is_told_after_three_tries()
    {
        await using var world = await ScheduleWorld.MakeAsync(knowsOutages: true);
        var tries = 0;
        world.Shakiness.Refuses = () => ++tries > 0;

        await Should.ThrowAsync<NoAnswerException>(() => world.Ledger.Catalogue.AcceptAsync(world.Ledger.NewVideo(Ann), Token));

        tries.ShouldBe(3);
        (await world.Ledger.JobsAsync()).ShouldBeEmpty();
    }

    private static Func<bool> Once(int after = 0)
    {
        var calls = 0;
        return () => calls++ == after;
    }
}
