using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Tests.Ledger;
using Fotograma.Messages;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Tests.Catalogue;

public sealed class AcceptingTests
{
    private static readonly Guid Ann = Some.Owner(1);

    [Fact]
    public async Task Accepting_writes_the_video_its_job_and_the_event()
    {
        await using var ledger = await TestLedger.MakeAsync();
        var accepted = ledger.NewVideo(Ann, "holiday.mp4");
        var view = await ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation);
        view.ShouldSatisfyAllConditions(
            () => view.Id.ShouldBe(accepted.Id),
            () => view.Name.ShouldBe("holiday.mp4"),
            () => view.Job.State.ShouldBe(JobState.Pending),
            () => view.Job.QueuePosition.ShouldBe(1),
            () => view.Job.Attempt.ShouldBe(0));
        var happened = (await ledger.EventsAsync()).ShouldHaveSingleItem();
        happened.Source.ShouldBe("/fotograma/video");
        happened.Read<VideoUploaded>().ShouldBe(new VideoUploaded(accepted.Id, view.Job.Id, Ann));
    }

    [Theory]
    [InlineData("videos")]
    [InlineData("jobs")]
    [InlineData("outbox")]
    public async Task Nothing_is_written_when_one_of_the_three_cannot_be(string table)
    {
        await using var ledger = await TestLedger.MakeAsync();
        await using var db = await ledger.OpenAsync();
        var sql = $"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'refused'); END";
        await db.Database.ExecuteSqlRawAsync(sql, Some.Cancellation);
        await Should.ThrowAsync<DbUpdateException>(() => ledger.AcceptAsync(Ann));
        (await db.Videos.CountAsync(Some.Cancellation)).ShouldBe(0);
        (await db.Jobs.CountAsync(Some.Cancellation)).ShouldBe(0);
        (await ledger.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Accepting_again_after_a_lost_answer_writes_nothing_new()
    {
        await using var ledger = await TestLedger.MakeAsync();
        var accepted = ledger.NewVideo(Ann);
        var first = await ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation);
        var again = await ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation);
        again.ShouldBe(first);
        (await ledger.EventsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Another_owner_cannot_accept_an_id_that_is_taken()
    {
        await using var ledger = await TestLedger.MakeAsync();
        var accepted = ledger.NewVideo(Ann);
        await ledger.Catalogue.AcceptAsync(accepted, Some.Cancellation);
        var thrown = await Should.ThrowAsync<DbUpdateException>(
            () => ledger.Catalogue.AcceptAsync(accepted with { OwnerId = Some.Owner(2) }, Some.Cancellation));
        thrown.InnerException.ShouldBeOfType<SqliteException>();
        (await ledger.Catalogue.ListAsync(Some.Owner(2), 10, null, Some.Cancellation)).Items.ShouldBeEmpty();
    }
}
