using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Suites.Transport;

/// <summary>At least once, whatever happens to the consumer.</summary>
public abstract partial class TransportSuite
{
    // Some brokers go by clocks of their own.
    private static readonly TimeSpan ClocksDifferMax = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Event_published_while_nobody_consumes_waits()
    {
        var group = await SubscribedAsync("one");
        var sent = Event();
        await PublishAsync(sent);
        (await Consume(group).NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Published_event_survives_the_death_of_its_publisher()
    {
        var group = await SubscribedAsync("one");
        var sent = Event();
        await PublishAsync(sent);
        await peer.KillAsync(transport, Cancellation);
        transport = await peer.ConnectAsync(Cancellation);
        (await Consume(group).NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Event_is_delivered_again_when_its_consumer_dies()
    {
        var group = await SubscribedAsync("one");
        var doomed = await peer.ConnectAsync(Cancellation);
        var first = Consume(group, Never, from: doomed);
        var sent = Event();
        await PublishAsync(sent);
        await first.NextAsync();
        await peer.KillAsync(doomed, Cancellation);
        (await Consume(group).NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Event_is_delivered_again_when_its_consumption_is_cancelled()
    {
        var group = await SubscribedAsync("one");
        var first = Consume(group, Never);
        var sent = Event();
        await PublishAsync(sent);
        await first.NextAsync();
        await first.StopAsync();
        (await Consume(group).NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Cancelled_consumption_ends_and_its_handlers_are_told()
    {
        var told = new TaskCompletionSource();
        var member = Consume(await SubscribedAsync("one"), async (delivery, cancellation) =>
        {
            await using var _ = cancellation.Register(() => told.TrySetResult());
            return await Never(delivery, cancellation);
        });
        await PublishAsync(Event());
        await member.NextAsync();
        await member.StopAsync();
        await InTimeAsync(told.Task);
    }

    [Fact]
    public async Task Settled_event_does_not_come_again()
    {
        var group = await SubscribedAsync("one");
        var first = Consume(group);
        await PublishAsync(Event());
        await first.NextAsync();
        await first.StopAsync();
        await GetsNothingMoreAsync(Consume(group));
    }

    [Fact]
    public async Task Event_is_delivered_again_when_its_handler_throws()
    {
        var member = Consume(await SubscribedAsync("one"), (delivery, _) =>
            delivery.Attempt == 1 ? throw new InvalidOperationException("The handler is meant to fail.") : Task.FromResult(Done));
        var sent = Event();
        await PublishAsync(sent);
        (await member.NextAsync()).ShouldSatisfyAllConditions(d => d.Attempt.ShouldBe(1), d => d.Event.Id.ShouldBe(sent.Id));
        (await member.NextAsync()).ShouldSatisfyAllConditions(d => d.Attempt.ShouldBe(2), d => d.Event.Id.ShouldBe(sent.Id));
    }

    [Fact]
    public async Task Retried_event_comes_again_and_counts_its_attempts()
    {
        var member = Consume(await SubscribedAsync("one"), (delivery, _) =>
            Task.FromResult(delivery.Attempt < 4 ? new Settlement.Retry(TimeSpan.Zero) : Done));
        var sent = Event();
        await PublishAsync(sent);
        for (var attempt = 1; attempt <= 4; attempt++)
            (await member.NextAsync()).ShouldSatisfyAllConditions(d => d.Attempt.ShouldBe(attempt), d => d.Event.Id.ShouldBe(sent.Id));
        await GetsNothingMoreAsync(member);
    }

    [Fact]
    public async Task Retried_event_tells_since_when_it_is_tried()
    {
        var before = TimeProvider.System.GetUtcNow();
        var member = Consume(await SubscribedAsync("one"), (delivery, _) =>
            Task.FromResult(delivery.Attempt < 4 ? new Settlement.Retry(TimeSpan.Zero) : Done));
        await PublishAsync(Event());
        await member.NextAsync();
        var second = (await member.NextAsync()).FirstAt.ShouldNotBeNull();
        second.ShouldBeInRange(before - ClocksDifferMax, TimeProvider.System.GetUtcNow() + ClocksDifferMax);
        for (var attempt = 3; attempt <= 4; attempt++) (await member.NextAsync()).FirstAt.ShouldBe(second);
    }

    [Fact]
    public async Task Event_that_fails_hundreds_of_times_still_comes_again()
    {
        const int times = 400;
        var member = Consume(await SubscribedAsync("one"), (delivery, _) =>
            Task.FromResult(delivery.Attempt < times ? new Settlement.Retry(TimeSpan.Zero) : Done), concurrency: 1);
        var sent = Event();
        await PublishAsync(sent);
        for (var attempt = 1; attempt <= times; attempt++) (await member.NextAsync()).ShouldSatisfyAllConditions(d => d.Attempt.ShouldBe(attempt), d => d.Event.Id.ShouldBe(sent.Id));
        (await transport.ReadDeadLettersAsync(Group("one"), 1, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Retried_event_does_not_come_before_its_delay()
    {
        if (!transport.Capabilities.DelaysRetries) Assert.Skip($"{transport.Capabilities.Name} does not delay retries.");
        var delay = TimeSpan.FromMilliseconds(400);
        var clock = Stopwatch.StartNew();
        var times = Channel.CreateUnbounded<TimeSpan>();
        var member = Consume(await SubscribedAsync("one"), (delivery, _) =>
        {
            times.Writer.TryWrite(clock.Elapsed);
            return Task.FromResult(delivery.Attempt == 1 ? new Settlement.Retry(delay) : Done);
        });
        await PublishAsync(Event());
        await member.NextAsync(2);
        // A member shows what it is given before it is handled.
        var (first, second) = (await times.Reader.ReadAsync(Cancellation), await times.Reader.ReadAsync(Cancellation));
        // A millisecond less is the broker's rounding.
        (second - first).ShouldBeGreaterThan(delay - TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public async Task Event_that_waits_for_its_retry_does_not_hold_up_others()
    {
        var late = Event(subject: "same");
        var member = Consume(await SubscribedAsync("one"), (delivery, _) =>
            Task.FromResult(delivery.Event.Id == late.Id && delivery.Attempt == 1 ? new Settlement.Retry(TimeSpan.FromSeconds(1)) : Done), concurrency: 1);
        var next = Event(subject: "same");
        await PublishAsync(late, next);
        (await member.NextAsync(3)).Select(e => e.Id).ShouldBe([late.Id, next.Id, late.Id]);
    }

    [Fact]
    public async Task No_more_than_the_agreed_number_is_handled_at_once()
    {
        const int agreed = 3;
        var now = 0;
        var most = 0;
        var full = new TaskCompletionSource();
        var member = Consume(await SubscribedAsync("one"), async (_, _) =>
        {
            var mine = Interlocked.Increment(ref now);
            InterlockedMax(ref most, mine);
            if (mine == agreed) full.TrySetResult();
            // The first ones wait until as many as agreed are at work together: more must be possible, and more must not happen.
            await InTimeAsync(full.Task);
            Interlocked.Decrement(ref now);
            return Done;
        }, concurrency: agreed);
        await PublishAsync([.. Enumerable.Range(0, 30).Select(_ => Event())]);
        await member.NextAsync(30);
        most.ShouldBe(agreed);
    }

    [Fact]
    public async Task Slow_handler_does_not_hold_up_events_of_other_subjects()
    {
        var slow = Event(subject: "slow");
        var release = new TaskCompletionSource();
        var member = Consume(await SubscribedAsync("one"), async (delivery, cancellation) =>
        {
            if (delivery.Event.Id == slow.Id) await release.Task.WaitAsync(cancellation);
            return Done;
        }, concurrency: 2);
        await PublishAsync(slow);
        await member.NextAsync();
        var others = Enumerable.Range(0, 10).Select(_ => Event()).ToList();
        await PublishAsync(others);
        (await member.NextAsync(10)).Select(e => e.Id).ShouldBe(others.Select(e => e.Id), ignoreOrder: true);
        release.SetResult();
    }

    [Fact]
    public async Task Events_of_one_subject_are_handled_in_their_order()
    {
        if (!transport.Capabilities.OrdersSubjects) Assert.Skip($"{transport.Capabilities.Name} does not order subjects.");
        var handled = new ConcurrentQueue<CloudEvent>();
        var atWork = new ConcurrentDictionary<string, bool>();
        var member = Consume(await SubscribedAsync("one"), async (delivery, cancellation) =>
        {
            atWork.TryAdd(delivery.Event.Subject, true).ShouldBeTrue("Two events of one subject were handled at once.");
            await Task.Yield();
            handled.Enqueue(delivery.Event);
            atWork.TryRemove(delivery.Event.Subject, out _);
            return Done;
        }, concurrency: 4);
        var sent = Enumerable.Range(0, 60).Select(i => Event(subject: $"subject-{i % 3}")).ToList();
        foreach (var batch in sent.Chunk(7)) await PublishAsync(batch);
        await member.NextAsync(sent.Count);
        await GetsNothingMoreAsync(member);
        foreach (var subject in sent.GroupBy(e => e.Subject))
            handled.Where(e => e.Subject == subject.Key).Select(e => e.Id).ShouldBe(subject.Select(e => e.Id));
    }

    [Fact]
    public async Task Event_published_again_while_the_first_copy_waits_is_delivered_once()
    {
        if (!transport.Capabilities.DropsDuplicates) Assert.Skip($"{transport.Capabilities.Name} does not drop duplicates.");
        var group = await SubscribedAsync("one");
        var sent = Event();
        await PublishAsync(sent);
        await PublishAsync(sent, sent);
        var member = Consume(group);
        (await member.NextAsync()).Event.Id.ShouldBe(sent.Id);
        await GetsNothingMoreAsync(member);
    }

    [Fact]
    public async Task Member_without_free_slots_is_given_nothing_until_one_is_free()
    {
        var group = await SubscribedAsync("one");
        var slots = new Slots(1);
        slots.Take();
        var busy = Consume(group, slots: slots);
        var sent = Event();
        await PublishAsync(sent);
        if (transport.Capabilities.SharesEveryEvent)
        {
            var idle = Consume(group, from: await peer.ConnectAsync(Cancellation));
            (await idle.NextAsync()).Event.Id.ShouldBe(sent.Id);
            await idle.StopAsync();
            sent = Event();
            await PublishAsync(sent);
        }
        busy.HasSeenNothing.ShouldBeTrue();
        slots.Return();
        (await busy.NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Broker_that_answers_gives_a_sign_of_life() => await transport.PingAsync(Cancellation);

    private static async Task<Settlement> Never(Delivery delivery, CancellationToken cancellation)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        return Done;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
        {
            if (Interlocked.CompareExchange(ref most, value, seen) == seen) return;
        }
    }
}
