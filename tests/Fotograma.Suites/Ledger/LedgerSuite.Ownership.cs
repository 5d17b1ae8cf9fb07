using Fotograma.Jobs.Ledger;

namespace Fotograma.Suites.Ledger;

/// <summary>What belongs to another does not exist.</summary>
public abstract partial class LedgerSuite
{
    [Fact]
    public async Task What_belongs_to_another_does_not_exist()
    {
        await using var ledger = await MakeAsync();
        var video = await ledger.AcceptAsync(Ann);
        var catalogue = ledger.Catalogue;
        (await catalogue.FindVideoAsync(Bob, video.Id, Some.Cancellation)).ShouldBeNull();
        (await catalogue.FindJobAsync(Bob, video.Job.Id, Some.Cancellation)).ShouldBeNull();
        (await catalogue.ListAsync(Bob, 10, null, Some.Cancellation)).Items.ShouldBeEmpty();
        (await catalogue.ListActiveAsync(Bob, 10, Some.Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_belongs_to_another_cannot_be_changed()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        var catalogue = ledger.Catalogue;
        (await catalogue.CancelAsync(Bob, claim.Id, Some.Cancellation)).ShouldBeFalse();
        (await catalogue.DeleteAsync(Bob, claim.VideoId, Some.Cancellation)).ShouldBeFalse();
        (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation)).ShouldBeTrue();
        (await catalogue.RunAgainAsync(Bob, claim.VideoId, null, Some.Cancellation)).ShouldBeNull();
        (await ledger.JobAsync(claim.Id)).State.ShouldBe(JobState.Completed);
        (await ledger.Trash.DueAsync(10, Some.Cancellation)).ShouldBeEmpty();
        (await catalogue.FindVideoAsync(Ann, claim.VideoId, Some.Cancellation))!.Job.Id.ShouldBe(claim.Id);
    }

    [Fact]
    public async Task Each_owner_sees_their_own()
    {
        await using var ledger = await MakeAsync();
        var anns = await ledger.AcceptAsync(Ann);
        var bobs = await ledger.AcceptAsync(Bob);
        (await ledger.Catalogue.ListAsync(Ann, 10, null, Some.Cancellation)).Items.ShouldHaveSingleItem().Id.ShouldBe(anns.Id);
        (await ledger.Catalogue.ListAsync(Bob, 10, null, Some.Cancellation)).Items.ShouldHaveSingleItem().Id.ShouldBe(bobs.Id);
        (await ledger.Catalogue.ListActiveAsync(Bob, 10, Some.Cancellation)).ShouldHaveSingleItem().Id.ShouldBe(bobs.Job.Id);
    }
}
