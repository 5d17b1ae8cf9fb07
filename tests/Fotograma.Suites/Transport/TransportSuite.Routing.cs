using Fotograma.Messages;

namespace Fotograma.Suites.Transport;

/// <summary>Who gets what.</summary>
public abstract partial class TransportSuite
{
    [Fact]
    public async Task Event_reaches_a_group_that_wants_its_type()
    {
        var member = Consume(await SubscribedAsync("one"));
        var sent = Event();
        await PublishAsync(sent);
        (await member.NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Looking_for_queues_makes_none_and_misses_those_that_were_not_prepared()
    {
        var (group, other) = (Group("one"), Group("two", OtherType));
        for (var looks = 0; looks < 2; looks++)
        {
            var before = await transport.LookAsync([group, other], Cancellation);
            before.MadeWhenPrepared.ShouldBeTrue();
            before.Gone.ShouldBe(peer.QueuesCanBeMissing ? [group.Group, other.Group] : []);
            before.Missing.Any().ShouldBe(peer.QueuesCanBeMissing);
        }
        await transport.PrepareAsync([group], Cancellation);
        (await transport.LookAsync([group], Cancellation)).Missing.ShouldBeEmpty();
        (await transport.LookAsync([group, other], Cancellation)).Gone.ShouldBe(peer.QueuesCanBeMissing ? [other.Group] : []);
    }

    [Fact]
    public async Task Event_arrives_with_all_its_attributes()
    {
        var member = Consume(await SubscribedAsync("one"));
        var sent = Event(subject: "thing-1") with { TraceParent = Trace, TraceState = TraceNotes };
        await PublishAsync(sent);
        var (got, attempt) = await member.NextAsync();
        attempt.ShouldBe(1);
        (got with { Data = sent.Data }).ShouldBe(sent);
        got.Data.GetRawText().ShouldBe(sent.Data.GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("çãõ €, 日本語, 🎞️🏳️‍🌈, \u0000, \" \\ / \r\n\t, </script>")]
    [InlineData("'; DROP TABLE queue; --")]
    public async Task Odd_text_arrives_unchanged(string text)
    {
        var member = Consume(await SubscribedAsync("one"));
        await PublishAsync(Event(text: text, subject: "s " + text.Replace("\0", "", StringComparison.Ordinal)));
        (await member.NextAsync()).Event.Data.GetProperty("text").GetString().ShouldBe(text);
    }

    [Fact]
    public async Task Event_of_256_kilobytes_arrives_unchanged()
    {
        var member = Consume(await SubscribedAsync("one"));
        var text = string.Create(250 * 1024, 0, (span, _) => { for (var i = 0; i < span.Length; i++) span[i] = (char)('a' + (i * 7 % 26)); });
        await PublishAsync(Event(text: text));
        (await member.NextAsync()).Event.Data.GetProperty("text").GetString().ShouldBe(text);
    }

    [Fact]
    public async Task Event_of_another_type_does_not_reach_the_group()
    {
        var member = Consume(await SubscribedAsync("one"));
        await SubscribedAsync("two", OtherType);
        await PublishAsync(Event(OtherType));
        await GetsNothingMoreAsync(member);
    }

    [Fact]
    public async Task Group_gets_every_type_it_wants()
    {
        var member = Consume(await SubscribedAsync("one", Type, OtherType));
        CloudEvent[] sent = [Event(), Event(OtherType)];
        await PublishAsync(sent);
        (await member.NextAsync(2)).Select(e => e.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Every_group_gets_its_own_copy()
    {
        var one = Consume(await SubscribedAsync("one"));
        var two = Consume(await SubscribedAsync("two"));
        var sent = Event();
        await PublishAsync(sent);
        (await one.NextAsync()).Event.Id.ShouldBe(sent.Id);
        (await two.NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Members_of_a_group_share_its_events()
    {
        var group = await SubscribedAsync("one");
        var other = await peer.ConnectAsync(Cancellation);
        var sent = Enumerable.Range(0, 100).Select(_ => Event()).ToList();
        var seen = new System.Collections.Concurrent.ConcurrentQueue<Guid>();
        var all = new TaskCompletionSource();
        Task<Messaging.Transport.Settlement> Note(Messaging.Transport.Delivery delivery, CancellationToken cancellation)
        {
            seen.Enqueue(delivery.Event.Id);
            if (seen.Distinct().Count() == sent.Count) all.TrySetResult();
            return Task.FromResult(Done);
        }
        Consume(group, Note);
        Consume(group, Note, from: other);
        await PublishAsync(sent);
        await InTimeAsync(all.Task);
        // Where events are dealt out by partition, a member that joins may get again what the other had just settled.
        (transport.Capabilities.SharesEveryEvent ? seen : seen.Distinct()).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Member_on_another_connection_gets_what_this_one_publishes()
    {
        var group = await SubscribedAsync("one");
        var member = Consume(group, from: await peer.ConnectAsync(Cancellation));
        var sent = Event();
        await PublishAsync(sent);
        (await member.NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Event_published_before_the_group_subscribed_does_not_reach_it()
    {
        await SubscribedAsync("early");
        await PublishAsync(Event());
        var late = Consume(await SubscribedAsync("late"));
        await GetsNothingMoreAsync(late);
    }

    [Fact]
    public async Task Event_that_nobody_wants_is_published_into_nothing() => await PublishAsync(Event("suite.unwanted"));

    [Fact]
    public async Task Publishing_nothing_does_nothing()
    {
        var member = Consume(await SubscribedAsync("one"));
        await PublishAsync();
        await GetsNothingMoreAsync(member);
    }

    [Fact]
    public async Task Preparing_again_keeps_what_waits()
    {
        var group = await SubscribedAsync("one");
        var sent = Event();
        await PublishAsync(sent);
        await transport.PrepareAsync([group], Cancellation);
        var member = Consume(group);
        (await member.NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Publishing_with_a_cancelled_token_is_refused()
    {
        await SubscribedAsync("one");
        await Should.ThrowAsync<OperationCanceledException>(() => transport.PublishAsync([Event()], new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Thousand_events_arrive_in_time()
    {
        var member = Consume(await SubscribedAsync("one"), concurrency: 8);
        var sent = Enumerable.Range(0, 1000).Select(_ => Event()).ToList();
        foreach (var batch in sent.Chunk(100)) await PublishAsync(batch);
        (await member.NextDistinctAsync(sent.Count)).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Events_of_several_publishers_all_arrive()
    {
        var member = Consume(await SubscribedAsync("one"), concurrency: 8);
        var other = await peer.ConnectAsync(Cancellation);
        var sent = Enumerable.Range(0, 40).Select(_ => Event()).ToList();
        await InTimeAsync(Task.WhenAll(sent.Select((e, i) => (i % 2 == 0 ? transport : other).PublishAsync([e], Cancellation))));
        (await member.NextAsync(sent.Count)).Select(e => e.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }
}
