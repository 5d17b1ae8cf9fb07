using Fotograma.Messages;

namespace Fotograma.Suites.Ledger;

/// <summary>What was told can be told again.</summary>
public abstract partial class LedgerSuite
{
    [Fact]
    public async Task The_ends_of_jobs_are_told_again_as_they_were_told_first()
    {
        await using var ledger = await MakeAsync();
        var completed = await ledger.AcceptAndClaimAsync(Ann);
        await ledger.PassAsync(TimeSpan.FromSeconds(2));
        (await ledger.Leases.CompleteAsync(completed, Some.ResultOf(completed), 0, Some.Cancellation)).ShouldBeTrue();
        var failed = await ledger.AcceptAndClaimAsync(Bob);
        (await ledger.Leases.FailAsync(failed, Some.Permanent, Some.Cancellation)).ShouldBeTrue();
        var told = (await ledger.EventsAsync()).Where(happened => happened.Type is "video.processed" or "video.failed").ToList();
        await RepeatAsync(ledger);
        Told(ledger.Published).ShouldBe(Told(told));
        told.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Jobs_that_have_not_ended_or_were_cancelled_are_no_news()
    {
        await using var ledger = await MakeAsync();
        var cancelled = await ledger.AcceptAndClaimAsync(Ann);
        await ledger.Catalogue.CancelAsync(Ann, cancelled.Id, Some.Cancellation);
        await ledger.AcceptAndClaimAsync(Ann);
        await ledger.AcceptAsync(Ann);
        await RepeatAsync(ledger);
        ledger.Published.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_ended_too_long_ago_is_not_told_again()
    {
        await using var ledger = await MakeAsync(new Dictionary<string, string?> { ["Messaging:RepeatHours"] = "2" });
        await CompletedAsync(ledger);
        await ledger.PassAsync(TimeSpan.FromHours(3));
        var recent = await CompletedAsync(ledger);
        await RepeatAsync(ledger);
        ledger.Published.Select(happened => happened.Subject).ShouldBe([recent.Id.ToString()]);
    }

    [Fact]
    public async Task Nothing_is_told_again_where_that_is_turned_off()
    {
        await using var ledger = await MakeAsync(new Dictionary<string, string?> { ["Messaging:RepeatHours"] = "0" });
        await CompletedAsync(ledger);
        await RepeatAsync(ledger);
        ledger.Published.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ended_jobs_are_listed_page_by_page_and_each_once()
    {
        await using var ledger = await MakeAsync();
        var ended = new List<Guid>();
        for (var i = 0; i < 7; i++) ended.Add((await CompletedAsync(ledger)).Id);
        var listed = new List<Guid>();
        Guid? after = null;
        while (await ledger.Store.ListEndedAsync(TimeSpan.FromHours(1), after, 3, Some.Cancellation) is { Count: > 0 } page)
        {
            listed.AddRange(page.Select(entry => entry.Job.Id));
            after = listed[^1];
            if (page.Count < 3) break;
        }
        listed.ShouldBe(ended, ignoreOrder: true);
    }

    private static Task RepeatAsync(TestLedger ledger) => ledger.News.RepeatAsync(new QueuesMade(["notify"]), Some.Cancellation);

    private static List<(string Type, string Subject, string Source, string Data)> Told(IEnumerable<CloudEvent> events) =>
        [.. events.Select(happened => (happened.Type, happened.Subject, happened.Source, happened.Data.GetRawText())).OrderBy(told => told.Subject)];
}
