using System.Collections.Concurrent;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Sqs.Tests;

/// <summary>What is in hand is nobody else's.</summary>
public sealed class SqsHidingTests : SqsStory
{
    private static readonly Settlement Done = new Settlement.Done();

    [Fact]
    public async Task Handler_that_takes_longer_than_the_visibility_timeout_runs_once()
    {
        var connection = new Connection();
        var transport = await PreparedAsync(connection);
        var extended = Extended(connection, times: 9);
        var attempts = new ConcurrentQueue<int>();
        var ended = new TaskCompletionSource();
        await transport.PublishAsync([Event()], Cancellation);
        await using (new Consumption(transport, new Slots(4), async (delivery, _) =>
        {
            attempts.Enqueue(delivery.Attempt);
            await InTimeAsync(extended);
            ended.TrySetResult();
            return Done;
        })) await InTimeAsync(ended.Task);
        attempts.ShouldBe([1]);
        (await DrainAsync(transport)).ShouldBeEmpty();
    }

    // Ten videos taken at once and handled one after the other under one timeout became dead letters in a system that this one replaces.
    [Fact]
    public async Task Ten_events_taken_at_once_by_slow_handlers_are_neither_given_again_nor_given_up()
    {
        var connection = new Connection();
        var transport = await PreparedAsync(connection);
        var sent = Enumerable.Range(0, 10).Select(_ => Event()).ToList();
        await transport.PublishAsync(sent, Cancellation);
        var (given, all) = (new ConcurrentQueue<Delivery>(), new TaskCompletionSource());
        // Each is extended every third of a second: sixty times are two seconds, twice the timeout, for all ten.
        var extended = Extended(connection, times: 60);
        using var oneAtATime = new SemaphoreSlim(1, 1);
        var left = sent.Count;
        await using (new Consumption(transport, new Slots(10), async (delivery, cancellation) =>
        {
            given.Enqueue(delivery);
            await InTimeAsync(extended);
            await oneAtATime.WaitAsync(cancellation);
            if (--left == 0) all.TrySetResult();
            oneAtATime.Release();
            return Done;
        })) await InTimeAsync(all.Task);
        given.Select(delivery => delivery.Event.Id).ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
        given.ShouldAllBe(delivery => delivery.Attempt == 1);
        (await DrainAsync(transport)).ShouldBeEmpty();
        (await transport.ReadDeadLettersAsync(Group, 100, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancelled_consumption_puts_its_events_back_at_once()
    {
        Peer.Messaging.VisibilityTimeoutSeconds = 3600;
        var transport = await PreparedAsync();
        var begun = new TaskCompletionSource();
        var sent = Event();
        await transport.PublishAsync([sent], Cancellation);
        var first = new Consumption(transport, new Slots(1), async (_, cancellation) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return Done;
        });
        await InTimeAsync(begun.Task);
        await first.StopAsync();
        (await DrainAsync(transport)).ShouldBe([sent.Id]);
    }

    [Fact]
    public async Task Events_that_came_for_slots_that_were_taken_meanwhile_are_put_back_at_once()
    {
        Peer.Messaging.VisibilityTimeoutSeconds = 3600;
        var connection = new Connection();
        var transport = await PreparedAsync(connection);
        var (listening, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        connection.Asked += action =>
        {
            if (action == "ReceiveMessage") listening.TrySetResult();
            if (action == "ChangeMessageVisibility") released.TrySetResult();
        };
        var slots = new Slots(1);
        await using var busy = new Consumption(transport, slots, (_, _) => throw new InvalidOperationException("There was no free slot."));
        await InTimeAsync(listening.Task);
        slots.Take();
        var sent = Event();
        await transport.PublishAsync([sent], Cancellation);
        await InTimeAsync(released.Task);
        (await DrainAsync(await PreparedAsync())).ShouldBe([sent.Id]);
    }

    [Fact]
    public async Task Handler_whose_event_is_another_members_is_told_to_stop()
    {
        var connection = new Connection();
        var transport = await PreparedAsync(connection);
        await transport.PublishAsync([Event()], Cancellation);
        var (begun, told) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var consuming = new Consumption(transport, new Slots(1), async (_, cancellation) =>
        {
            begun.TrySetResult();
            await using var registered = cancellation.Register(() => told.TrySetResult());
            await InTimeAsync(told.Task);
            return Done;
        });
        await InTimeAsync(begun.Task);
        // As if the process had been asleep for longer than the timeout and the event had been settled elsewhere.
        await Peer.Outside.PurgeQueueAsync(await Peer.UrlAsync(QueueName, Cancellation), Cancellation);
        await InTimeAsync(told.Task);
    }

    private static Task Extended(Connection connection, int times)
    {
        var (extended, left) = (new TaskCompletionSource(), times);
        connection.Asked += action =>
        {
            if (action == "ChangeMessageVisibility" && Interlocked.Decrement(ref left) == 0) extended.TrySetResult();
        };
        return extended.Task;
    }
}
