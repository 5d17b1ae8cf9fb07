using System.Collections.Concurrent;
using System.Diagnostics;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Kafka;

namespace Fotograma.Messaging.Kafka.Tests.Faults;

/// <summary>What happens to events when members of a group come, go, die or are slow.</summary>
public sealed class MemberFaultTests
{
    private static readonly Settlement Done = new Settlement.Done();

    [Fact]
    public async Task Members_share_the_partitions()
    {
        await using var kafka = await Kafka.SharedAsync();
        var (one, two) = (kafka.Connect(), kafka.Connect());
        await one.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var (first, second) = (kafka.Receive(one), kafka.Receive(two));
        // Until the second has its part, what is published may all go to the first.
        var sent = new List<CloudEvent>();
        using var patience = Kafka.Patience();
        while (second.Seen.Count == 0 || first.Seen.Count == 0)
        {
            sent.AddRange(await PublishAsync(one, 8));
            await Task.Delay(50, patience.Token);
        }
        sent.AddRange(await PublishAsync(two, 100));
        while (first.Seen.Concat(second.Seen).Distinct().Count() < sent.Count) await Task.Delay(20, patience.Token);
        first.Seen.Concat(second.Seen).Distinct().ShouldBe(sent.Select(happened => happened.Id), ignoreOrder: true);
        second.Seen.Count.ShouldBeGreaterThan(20);
        first.Seen.Count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Partitions_of_a_member_that_died_are_taken_over_after_the_session_timeout()
    {
        await using var kafka = await Kafka.SharedAsync();
        var (doomed, heir) = (kafka.Connect(), kafka.Connect());
        await doomed.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var dying = kafka.Receive(doomed, Never, slots: 1000);
        var waiting = kafka.Receive(heir, Never, slots: 1000);
        await BothAtWorkAsync(dying, waiting, heir);
        var open = dying.Seen.ToHashSet();
        var clock = Stopwatch.StartNew();
        doomed.Dispose();
        using var patience = Kafka.Patience();
        // The heir's own handlers never end, so it is given the dead one's events only where it still has slots: it has many.
        while (!open.IsSubsetOf(waiting.Seen)) await Task.Delay(20, patience.Token);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Partitions_of_a_member_that_left_are_taken_over()
    {
        await using var kafka = await Kafka.SharedAsync();
        var (leaver, heir) = (kafka.Connect(), kafka.Connect());
        await leaver.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var leaving = kafka.Receive(leaver, Never, slots: 1000);
        var waiting = kafka.Receive(heir, Never, slots: 1000);
        await BothAtWorkAsync(leaving, waiting, heir);
        var open = leaving.Seen.ToHashSet();
        await leaving.StopAsync();
        using var patience = Kafka.Patience();
        while (!open.IsSubsetOf(waiting.Seen)) await Task.Delay(20, patience.Token);
    }

    [Fact]
    public async Task Handler_slower_than_the_longest_poll_pause_handles_its_event_once()
    {
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect(options => (options.SessionTimeoutSeconds, options.PollSecondsMax) = (2, 2));
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var slow = Kafka.Event();
        var ended = new TaskCompletionSource();
        var receiver = kafka.Receive(transport, async (delivery, cancellation) =>
        {
            if (delivery.Event.Id != slow.Id) return Done;
            await Task.Delay(TimeSpan.FromSeconds(6), cancellation);
            ended.TrySetResult();
            return Done;
        }, slots: 1);
        await transport.PublishAsync([slow], Kafka.Cancellation);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Kafka.Cancellation);
        var after = await PublishAsync(transport, 8);
        await receiver.AllAsync(after);
        await receiver.StopAsync();
        var second = kafka.Receive(transport);
        var last = await PublishAsync(transport, 8);
        await second.AllAsync(last);
        receiver.Seen.Concat(second.Seen).ShouldBe([slow.Id, .. after.Concat(last).Select(happened => happened.Id)], ignoreOrder: true);
    }

    [Fact]
    public async Task Handler_at_work_is_left_alone_by_a_rebalance_that_leaves_its_partition_here()
    {
        await using var kafka = await Kafka.SharedAsync();
        var (one, two) = (kafka.Connect(), kafka.Connect());
        await one.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var running = new ConcurrentDictionary<string, int>();
        var stopped = new ConcurrentBag<Guid>();
        var release = new TaskCompletionSource();
        async Task<Settlement> HandleAsync(Delivery delivery, CancellationToken cancellation)
        {
            try
            {
                await release.Task.WaitAsync(cancellation);
                return Done;
            }
            catch (OperationCanceledException)
            {
                stopped.Add(delivery.Event.Id);
                throw;
            }
        }
        var first = kafka.Receive(one, HandleAsync, slots: 100);
        var sent = await PublishAsync(one, 40);
        await first.AllAsync(sent);
        var second = kafka.Receive(two, HandleAsync, slots: 100);
        // The first two partitions stay where they are, the others' events are taken from the first member and come to the second.
        using var patience = Kafka.Patience();
        while (second.Seen.Count == 0 || second.Seen.Count != stopped.Count) await Task.Delay(20, patience.Token);
        stopped.Count.ShouldBeLessThan(sent.Count);
        release.SetResult();
        var after = await PublishAsync(one, 20);
        while (!after.All(happened => first.Seen.Contains(happened.Id) || second.Seen.Contains(happened.Id))) await Task.Delay(20, patience.Token);
        first.Seen.Count(id => sent.Any(happened => happened.Id == id)).ShouldBe(sent.Count);
        second.Seen.Where(id => sent.Any(happened => happened.Id == id)).ShouldBe(stopped, ignoreOrder: true);
    }

    [Fact]
    public async Task Place_is_kept_over_restarts_though_events_end_out_of_order()
    {
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect();
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var slow = Kafka.Event("a");
        var receiver = kafka.Receive(transport, (delivery, cancellation) => delivery.Event.Id == slow.Id ? Never(delivery, cancellation) : Task.FromResult(Done));
        await transport.PublishAsync([slow], Kafka.Cancellation);
        var others = await PublishAsync(transport, 40);
        await receiver.AllAsync([slow, .. others]);
        await receiver.StopAsync();
        var again = kafka.Receive(transport);
        (await again.NextAsync()).ShouldSatisfyAllConditions(
            delivery => delivery.Attempt.ShouldBe(1));
        await again.AllAsync(again.Seen.Contains(slow.Id) ? [] : [slow]);
        // Only its own partition's later events may come with it.
        again.Seen.Count.ShouldBeLessThan(40);
    }

    // That its partitions wait for it is up to the brokers, and the mock ones do not know names: here it is seen that they are told, and that no goodbye is said.
    [Theory]
    [InlineData("{machine}-one")]
    [InlineData("")]
    public async Task Member_with_a_name_of_its_own_tells_it_and_takes_no_leave(string name)
    {
        const int LeaveGroup = 13;
        await using var kafka = await Kafka.SharedAsync();
        await using var front = KafkaFront.Before(kafka.Peer);
        var transport = kafka.Connect(options => (options.Servers, options.InstanceId) = (front.Servers, name));
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var member = kafka.Receive(transport);
        var sent = Kafka.Event();
        await transport.PublishAsync([sent], Kafka.Cancellation);
        await member.AllAsync([sent]);
        await member.StopAsync();

        front.JoinedAs.Distinct().ShouldBe(name.Length == 0 ? [null] : [$"{Environment.MachineName}-one"]);
        (front.Requests(LeaveGroup) > 0).ShouldBe(name.Length == 0);
    }

    // Publishes until each member has at least one event that it does not let go of.
    private static async Task BothAtWorkAsync(Receiver one, Receiver two, KafkaTransport publisher)
    {
        using var patience = Kafka.Patience();
        while (one.Seen.Count == 0 || two.Seen.Count == 0)
        {
            await publisher.PublishAsync([Kafka.Event()], patience.Token);
            await Task.Delay(50, patience.Token);
        }
    }

    private static async Task<List<CloudEvent>> PublishAsync(KafkaTransport transport, int count)
    {
        var sent = Enumerable.Range(0, count).Select(_ => Kafka.Event()).ToList();
        await transport.PublishAsync(sent, Kafka.Cancellation);
        return sent;
    }

    private static async Task<Settlement> Never(Delivery delivery, CancellationToken cancellation)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        return Done;
    }
}
