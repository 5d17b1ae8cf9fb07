using System.Text.Json;
using Fotograma.Jobs.DynamoDb;
using Fotograma.Jobs.Ledger;
using Fotograma.Suites.Ledger;

namespace Fotograma.Jobs.Tests.DynamoDb;

/// <summary>Where DynamoDB has limits that databases do not have.</summary>
public sealed class DynamoLimitTests
{
    private const int Runs = 70;
    private static readonly Guid Ann = Some.Owner(1);

    [Fact]
    public async Task A_video_with_more_jobs_than_a_transaction_takes_is_deleted_whole_with_all_of_its_trash()
    {
        await using var ledger = await TestLedger.MakeAsync(await DynamoPlace.TakeAsync(Some.Cancellation));
        var video = await ledger.AcceptAsync(Ann);
        for (var run = 1; run < Runs; run++)
        {
            var claim = await ledger.ClaimAsync();
            (await ledger.Leases.FailAsync(claim, Some.Permanent, Some.Cancellation)).ShouldBeTrue();
            (await ledger.Catalogue.RunAgainAsync(Ann, video.Id, null, Some.Cancellation))!.Made.ShouldBeTrue();
            await ledger.TickAsync();
        }
        var busy = await ledger.ClaimAsync();
        var jobs = await ledger.JobsAsync();
        jobs.Count.ShouldBe(Runs);
        (await ledger.Catalogue.DeleteAsync(Ann, video.Id, Some.Cancellation)).ShouldBeTrue();
        (await ledger.JobsAsync()).ShouldBeEmpty();
        (await ledger.Catalogue.FindVideoAsync(Ann, video.Id, Some.Cancellation)).ShouldBeNull();
        await ledger.PassAsync(TimeSpan.FromSeconds(2 * TestLedger.LeaseSeconds));
        var trash = (await ledger.Trash.DueAsync(1000, Some.Cancellation)).Select(trashed => trashed.Prefix).ToList();
        trash.ShouldBe([.. jobs.Select(job => BlobKeys.OfJob(job.Id)), BlobKeys.OfJob(busy.Id), BlobKeys.OfVideo(video.Id)], ignoreOrder: true);
    }

    [Fact]
    public async Task Warnings_that_no_item_can_hold_are_cut_to_the_first_ones()
    {
        await using var ledger = await TestLedger.MakeAsync(await DynamoPlace.TakeAsync(Some.Cancellation));
        var warnings = Enumerable.Range(0, 20_000).Select(number => new { code = "odd", message = new string('x', 50), number }).ToList();
        var claim = await ledger.AcceptAndClaimAsync(Ann);
        var result = Some.ResultOf(claim) with { Warnings = JsonSerializer.Serialize(warnings) };
        (await ledger.Leases.CompleteAsync(claim, result, warnings.Count, Some.Cancellation)).ShouldBeTrue();
        var job = (await ledger.Catalogue.FindJobAsync(Ann, claim.Id, Some.Cancellation)).ShouldNotBeNull();
        job.State.ShouldBe(JobState.Completed);
        using var kept = JsonDocument.Parse(job.Warnings);
        kept.RootElement.GetArrayLength().ShouldBeInRange(100, 10_000);
        kept.RootElement[0].GetProperty("number").GetInt32().ShouldBe(0);
        LedgerItems.Fitting("[]").ShouldBe("[]");
    }
}
