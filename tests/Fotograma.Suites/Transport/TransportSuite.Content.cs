using System.Text;
using System.Text.Json;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Suites.Transport;

/// <summary>What is sent is what arrives, also the second time, also from strangers, also when it is given up.</summary>
public abstract partial class TransportSuite
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceNotes = "vendor=opaque,other=1";

    [Fact]
    public async Task Trace_context_and_everything_else_survive_a_retry()
    {
        var member = Consume(await SubscribedAsync("one"), (delivery, _) =>
            Task.FromResult(delivery.Attempt == 1 ? new Settlement.Retry(TimeSpan.Zero) : Done));
        var sent = Event(subject: "thing-1", text: "ação 🎞️") with { TraceParent = Trace, TraceState = TraceNotes };
        await PublishAsync(sent);
        await member.NextAsync();
        var (again, attempt) = await member.NextAsync();
        attempt.ShouldBe(2);
        (again with { Data = sent.Data }).ShouldBe(sent);
        again.Data.GetRawText().ShouldBe(sent.Data.GetRawText());
    }

    [Fact]
    public async Task Trace_context_survives_a_delayed_retry()
    {
        if (!transport.Capabilities.DelaysRetries) Assert.Skip($"{transport.Capabilities.Name} does not delay retries.");
        var member = Consume(await SubscribedAsync("one"), (delivery, _) =>
            Task.FromResult(delivery.Attempt == 1 ? new Settlement.Retry(TimeSpan.FromMilliseconds(50)) : Done));
        var sent = Event() with { TraceParent = Trace };
        await PublishAsync(sent);
        await member.NextAsync();
        (await member.NextAsync()).ShouldSatisfyAllConditions(d => d.Event.TraceParent.ShouldBe(Trace), d => d.Attempt.ShouldBe(2));
    }

    [Fact]
    public async Task Event_without_trace_context_arrives_without_one()
    {
        var member = Consume(await SubscribedAsync("one"));
        await PublishAsync(Event());
        (await member.NextAsync()).Event.ShouldSatisfyAllConditions(happened => happened.TraceParent.ShouldBeNull(), happened => happened.TraceState.ShouldBeNull());
    }

    [Fact]
    public async Task Time_arrives_with_its_fractions_and_its_offset()
    {
        var member = Consume(await SubscribedAsync("one"));
        var time = new DateTimeOffset(2026, 2, 28, 23, 59, 59, TimeSpan.FromHours(-3)).AddTicks(1_234_567);
        await PublishAsync(Event() with { Time = time });
        var got = (await member.NextAsync()).Event.Time;
        got.ShouldBe(time);
        got.Offset.ShouldBe(time.Offset);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[1,\"two\",{\"three\":[4]}]")]
    [InlineData("12345678901234567890.5")]
    [InlineData("\"text\"")]
    [InlineData("{\"a\":{\"b\":{\"c\":{\"d\":null}}}}")]
    public async Task Data_of_any_shape_arrives_unchanged(string json)
    {
        var member = Consume(await SubscribedAsync("one"));
        using var data = JsonDocument.Parse(json);
        await PublishAsync(Event() with { Data = data.RootElement.Clone() });
        (await member.NextAsync()).Event.Data.GetRawText().ShouldBe(json);
    }

    [Fact]
    public async Task Thousand_events_of_one_batch_arrive()
    {
        var member = Consume(await SubscribedAsync("one"), concurrency: 8);
        var sent = Enumerable.Range(0, 1000).Select(_ => Event()).ToList();
        await PublishAsync(sent);
        (await member.NextDistinctAsync(sent.Count)).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Large_events_of_one_batch_arrive()
    {
        var member = Consume(await SubscribedAsync("one"));
        var text = new string('x', 100 * 1024);
        var sent = Enumerable.Range(0, 10).Select(_ => Event(text: text)).ToList();
        await PublishAsync(sent);
        var got = await member.NextAsync(sent.Count);
        got.Select(e => e.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
        got.ShouldAllBe(e => e.Data.GetProperty("text").GetString() == text);
    }

    [Fact]
    public async Task Event_of_a_stranger_that_follows_the_standard_is_handed_out()
    {
        var group = await SubscribedAsync("one");
        var id = ids.New();
        var json = $$"""
            { "specversion": "1.0", "id": "{{id}}", "source": "https://elsewhere.example/thing", "type": "{{Type}}", "subject": "s", "time": "2026-01-01T00:00:00Z",
              "datacontenttype": "application/json", "tracestate": "a=b", "someextension": 7, "data": { "text": "from elsewhere", "more": true } }
            """;
        await peer.PublishRawAsync(group, Encoding.UTF8.GetBytes(json), Cancellation);
        var (got, attempt) = await Consume(group).NextAsync();
        got.Id.ShouldBe(id);
        got.Data.GetProperty("text").GetString().ShouldBe("from elsewhere");
        attempt.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_no_event_lies_among_events_and_only_that_is_kept_back()
    {
        var group = await SubscribedAsync("one");
        var sent = new List<CloudEvent>();
        // No text at all, where the broker carries bytes.
        var start = peer.CanHold([0xFF, 0xFE, 0]) ? new byte[] { 0xFF, 0xFE } : "no"u8.ToArray();
        for (var turn = 0; turn < 5; turn++)
        {
            await peer.PublishRawAsync(group, [.. start, (byte)('0' + turn)], Cancellation);
            sent.Add(Event());
            await PublishAsync(sent[^1]);
        }
        var member = Consume(group);
        (await member.NextAsync(sent.Count)).Select(e => e.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
        (await DeadLettersAsync(group, 5)).Select(dead => dead.Body.Span[2] - '0').ShouldBe(Enumerable.Range(0, 5), ignoreOrder: true);
    }
}
