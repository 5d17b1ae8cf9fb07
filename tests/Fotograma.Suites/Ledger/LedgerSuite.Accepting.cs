using Fotograma.Jobs.Ledger;
using Fotograma.Messages;

namespace Fotograma.Suites.Ledger;

/// <summary>Taking videos in.</summary>
public abstract partial class LedgerSuite
{
    [Fact]
    public async Task Accepting_writes_the_video_its_job_and_the_events()
    {
        await using var ledger = await MakeAsync();
        var accepted = ledger.NewVideo(Ann, "holiday.mp4");
        var view = await ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation);
        view.ShouldSatisfyAllConditions(
            () => view.Id.ShouldBe(accepted.Id),
            () => view.Name.ShouldBe("holiday.mp4"),
            () => view.Job.State.ShouldBe(JobState.Pending),
            () => view.Job.QueuePosition.ShouldBe(1),
            () => view.Job.Attempt.ShouldBe(0));
        var events = await ledger.AllEventsAsync();
        events.Select(happened => happened.Source).Distinct().ShouldBe(["/fotograma/video"]);
        events.Count.ShouldBe(2);
        events[0].Read<VideoCreated>().ShouldBe(new VideoCreated(accepted.Id, Ann, "holiday.mp4", 1234, ledger.Clock.GetUtcNow()));
        events[1].Read<VideoUploaded>().ShouldBe(new VideoUploaded(accepted.Id, view.Job.Id, Ann));
    }

    [Fact]
    public async Task Accepting_again_after_a_lost_answer_writes_nothing_new()
    {
        await using var ledger = await MakeAsync();
        var accepted = ledger.NewVideo(Ann);
        var first = await ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation);
        var again = await ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation);
        again.ShouldBe(first);
        (await ledger.AllEventsAsync()).Count.ShouldBe(2);
        (await ledger.JobsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Accepting_one_video_eight_times_at_once_writes_it_once()
    {
        await using var ledger = await MakeAsync();
        var accepted = ledger.NewVideo(Ann);
        var views = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation))));
        views.Select(view => view.Job.Id).Distinct().Count().ShouldBe(1);
        (await ledger.AllEventsAsync()).Count.ShouldBe(2);
        (await ledger.JobsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Another_owner_cannot_accept_an_id_that_is_taken()
    {
        await using var ledger = await MakeAsync();
        var accepted = ledger.NewVideo(Ann);
        await ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation);
        await Should.ThrowAsync<Exception>(() => ledger.Catalogue.AcceptAsync(accepted with { OwnerId = Bob }, Some.Cancellation));
        (await ledger.Catalogue.ListAsync(Bob, 10, null, Some.Cancellation)).Items.ShouldBeEmpty();
        (await ledger.Catalogue.FindVideoAsync(Ann, accepted.Id, Some.Cancellation)).ShouldNotBeNull();
        (await ledger.AllEventsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Everything_about_a_video_reads_back_as_it_was_written()
    {
        await using var ledger = await MakeAsync();
        var accepted = ledger.NewVideo(Ann, "olá 👋 \"quotes\" 'and' <tags>.mp4") with { Options = """{"mode":"count","count":3}""", Bytes = 5_000_000_000 };
        await ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation);
        var view = (await ledger.Catalogue.FindVideoAsync(Ann, accepted.Id, Some.Cancellation)).ShouldNotBeNull();
        (view.Name, view.Bytes, view.Sha256, view.Container, view.SourceKey, view.CreatedAt, view.Job.Options)
            .ShouldBe((accepted.Name, accepted.Bytes, accepted.Sha256, accepted.Container, accepted.SourceKey, ledger.Clock.GetUtcNow(), accepted.Options));
    }
}
