using System.Diagnostics;
using Fotograma.Messages;

namespace Fotograma.Suites.Ledger;

/// <summary>The trace of a request goes through its job to the news of its end.</summary>
public abstract partial class LedgerSuite
{
    [Fact]
    public async Task The_news_of_a_result_belongs_to_the_trace_of_the_upload()
    {
        await using var ledger = await MakeAsync();
        var trace = await InTraceAsync(() => ledger.AcceptAsync(Ann));
        var claim = await ledger.ClaimAsync();
        TraceOf(claim.Trace?.Parent).ShouldBe(trace);
        (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation)).ShouldBeTrue();
        (await TracesAsync(ledger, VideoProcessed.Type)).ShouldBe([trace]);
    }

    [Fact]
    public async Task The_news_of_a_failure_belongs_to_the_trace_of_the_request_to_run_again()
    {
        await using var ledger = await MakeAsync();
        var first = await CompletedAsync(ledger);
        var trace = await InTraceAsync(() => ledger.Catalogue.RunAgainAsync(Ann, first.VideoId, null, Some.Cancellation));
        var claim = await ledger.ClaimAsync();
        (await ledger.Leases.FailAsync(claim, Some.Permanent, Some.Cancellation)).ShouldBeTrue();
        (await TracesAsync(ledger, VideoFailed.Type)).ShouldBe([trace]);
    }

    [Fact]
    public async Task A_job_that_is_given_up_by_a_rescuer_tells_it_in_the_trace_of_the_upload()
    {
        await using var ledger = await MakeAsync(new Dictionary<string, string?> { ["Jobs:LossesMax"] = "2" });
        var trace = await InTraceAsync(() => ledger.AcceptAsync(Ann));
        await ledger.LoseWorkersAsync(1);
        await ledger.ClaimAsync();
        await ledger.PassLeaseAsync();
        (await InTraceAsync(async () => (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(1))).ShouldNotBe(trace);
        (await TracesAsync(ledger, VideoFailed.Type)).ShouldBe([trace]);
    }

    [Fact]
    public async Task News_from_within_the_trace_name_the_work_that_they_come_from()
    {
        await using var ledger = await MakeAsync();
        await InTraceAsync(() => ledger.AcceptAsync(Ann));
        var claim = await ledger.ClaimAsync();
        using var work = new Activity("work").SetParentId(claim.Trace!.Parent).Start();
        (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation)).ShouldBeTrue();
        (await ledger.EventsAsync()).Single(happened => happened.Type == VideoProcessed.Type).TraceParent.ShouldBe(work.Id);
    }

    [Fact]
    public async Task What_tracing_systems_noted_beside_the_trace_goes_with_it()
    {
        await using var ledger = await MakeAsync();
        await InTraceAsync(() => ledger.AcceptAsync(Ann), "vendor=opaque,other=1");
        (await ledger.EventsAsync()).ShouldHaveSingleItem().TraceState.ShouldBe("vendor=opaque,other=1");
        var claim = await ledger.ClaimAsync();
        claim.Trace.ShouldNotBeNull().State.ShouldBe("vendor=opaque,other=1");
        (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation)).ShouldBeTrue();
        (await ledger.EventsAsync())[^1].TraceState.ShouldBe("vendor=opaque,other=1");
    }

    private static async Task<string> InTraceAsync(Func<Task> request, string? state = null)
    {
        using var activity = new Activity("request") { TraceStateString = state }.SetIdFormat(ActivityIdFormat.W3C).Start();
        await request();
        return activity.TraceId.ToHexString();
    }

    private static async Task<List<string>> TracesAsync(TestLedger ledger, string type) =>
        [.. (await ledger.EventsAsync()).Where(happened => happened.Type == type).Select(happened => TraceOf(happened.TraceParent))];

    private static string TraceOf(string? parent) => ActivityContext.Parse(parent!, null).TraceId.ToHexString();
}
