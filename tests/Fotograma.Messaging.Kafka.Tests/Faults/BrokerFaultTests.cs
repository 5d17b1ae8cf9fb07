using Fotograma.Messages;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Kafka.Tests.Faults;

/// <summary>What happens to events when brokers do not do what they are for.</summary>
public sealed class BrokerFaultTests
{
    private const int Produce = 0;
    private const int Fetch = 1;
    private const int Commit = 8;
    private const int FindCoordinator = 10;
    private const int Join = 11;
    private const int Heartbeat = 12;
    private const int NotLeader = 6;
    private const int RequestTimedOut = 7;
    private const int NotEnoughReplicas = 19;
    private const int CoordinatorLoading = 14;
    private const int NotCoordinator = 16;
    private const int RebalanceInProgress = 27;
    private const int Disconnect = -195;

    [Fact]
    public async Task Brokers_that_are_down_at_the_start_are_found_when_they_come()
    {
        await using var kafka = await Kafka.OwnAsync();
        await kafka.Peer.SetDownAsync();
        var transport = kafka.Connect(options => (options.RequestTimeoutSeconds, options.PublishTimeoutSeconds) = (1, 1));
        var receiver = kafka.Receive(transport);
        (await receiver.FailureAsync()).ShouldBeOfType<BrokerException>();
        (await Should.ThrowAsync<BrokerException>(() => transport.PingAsync(Kafka.Cancellation))).Message.ShouldStartWith("The Kafka brokers at 127.0.0.1:");
        await Should.ThrowAsync<BrokerException>(() => transport.PublishAsync([Kafka.Event()], Kafka.Cancellation));
        await kafka.Peer.SetUpAsync();
        var sent = Kafka.Event();
        await kafka.PublishUntilDoneAsync(transport, [sent]);
        await receiver.AllAsync([sent]);
        await transport.PingAsync(Kafka.Cancellation);
    }

    [Fact]
    public async Task Consumption_whose_brokers_stay_away_fails_and_says_so()
    {
        await using var kafka = await Kafka.OwnAsync();
        var transport = kafka.Connect(options => (options.RequestTimeoutSeconds, options.PublishTimeoutSeconds, options.LostAfterSeconds) = (1, 3, 2));
        var receiver = kafka.Receive(transport);
        // One with the patience that is shipped: the other brokers' first answers may be slow, and that is not what is looked at.
        await kafka.Connect().PrepareAsync([kafka.Group], Kafka.Cancellation);
        var first = await SendAsync(kafka, transport);
        await receiver.AllAsync([first]);
        await kafka.Peer.SetDownAsync();
        (await receiver.FailureAsync()).Message.ShouldContain("has lost its brokers");
        (await Should.ThrowAsync<BrokerException>(() => transport.PublishAsync([Kafka.Event()], Kafka.Cancellation))).Message.ShouldStartWith("The Kafka brokers did not take an event within 3 seconds");
        await Should.ThrowAsync<BrokerException>(() => transport.PingAsync(Kafka.Cancellation));
        await kafka.Peer.SetUpAsync();
        var last = await SendAsync(kafka, transport);
        await receiver.AllAsync([last]);
    }

    [Fact]
    public async Task Nothing_is_lost_when_every_broker_is_restarted_meanwhile()
    {
        await using var kafka = await Kafka.OwnAsync();
        var transport = kafka.Connect();
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var receiver = kafka.Receive(transport);
        var sent = Enumerable.Range(0, 200).Select(_ => Kafka.Event()).ToList();
        var publishing = Task.Run(async () =>
        {
            foreach (var batch in sent.Chunk(10)) await kafka.PublishUntilDoneAsync(transport, batch);
        }, Kafka.Cancellation);
        for (var turn = 0; turn < 2; turn++)
        {
            for (var broker = 1; broker <= 3; broker++)
            {
                await receiver.NextAsync();
                await kafka.Peer.SetDownAsync(broker);
                await Task.Delay(100, Kafka.Cancellation);
                await kafka.Peer.SetUpAsync(broker);
            }
        }
        await kafka.Peer.SetDownAsync();
        await kafka.Peer.SetUpAsync();
        await publishing;
        await EventuallyAllAsync(receiver, sent);
    }

    [Fact]
    public async Task Leaders_and_coordinators_can_move_without_loss()
    {
        await using var kafka = await Kafka.OwnAsync();
        var transport = kafka.Connect();
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var receiver = kafka.Receive(transport);
        var sent = new List<CloudEvent>();
        for (var turn = 0; turn < 9; turn++)
        {
            for (var partition = 0; partition < 4; partition++) await kafka.Peer.MoveLeaderAsync(kafka.Topic, partition, (turn + partition) % 3 + 1);
            await kafka.Peer.MoveCoordinatorAsync(kafka.Prefix + kafka.Group.Group, turn % 3 + 1);
            var batch = Enumerable.Range(0, 10).Select(_ => Kafka.Event()).ToList();
            sent.AddRange(batch);
            await kafka.PublishUntilDoneAsync(transport, batch);
        }
        await EventuallyAllAsync(receiver, sent);
    }

    [Fact]
    public async Task Errors_that_pass_are_survived()
    {
        await using var kafka = await Kafka.OwnAsync();
        var transport = kafka.Connect();
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var receiver = kafka.Receive(transport, (delivery, _) => Task.FromResult<Settlement>(
            delivery.Attempt == 1 ? new Settlement.Retry(TimeSpan.FromMilliseconds(20)) : new Settlement.Done()));
        var sent = Enumerable.Range(0, 60).Select(_ => Kafka.Event()).ToList();
        foreach (var batch in sent.Chunk(6))
        {
            await kafka.Peer.FailNextAsync(Produce, NotLeader, RequestTimedOut, NotEnoughReplicas, Disconnect);
            await kafka.Peer.FailNextAsync(Fetch, NotLeader, Disconnect);
            await kafka.Peer.FailNextAsync(Commit, NotCoordinator, CoordinatorLoading);
            await kafka.Peer.FailNextAsync(FindCoordinator, CoordinatorLoading);
            await kafka.Peer.FailNextAsync(Heartbeat, RebalanceInProgress);
            await kafka.Peer.FailNextAsync(Join, CoordinatorLoading);
            await kafka.PublishUntilDoneAsync(transport, batch);
        }
        await EventuallyAllAsync(receiver, sent);
    }

    [Fact]
    public async Task Event_that_the_brokers_refuse_is_not_said_to_be_published()
    {
        await using var kafka = await Kafka.OwnAsync(brokers: 1);
        var transport = kafka.Connect(options => options.PublishTimeoutSeconds = 2);
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        await kafka.Peer.DelayAsync(1, 5000);
        await Should.ThrowAsync<BrokerException>(() => transport.PublishAsync([Kafka.Event()], Kafka.Cancellation));
        await kafka.Peer.DelayAsync(1, 0);
        var sent = Kafka.Event();
        await kafka.PublishUntilDoneAsync(transport, [sent]);
        await kafka.Receive(transport).AllAsync([sent]);
    }

    [Fact]
    public async Task Topics_that_vanished_are_made_again_and_what_is_published_then_arrives()
    {
        await using var kafka = await Kafka.OwnAsync();
        var transport = kafka.Connect();
        var both = kafka.Group with { Types = ["story.told", "story.retold"] };
        await transport.PrepareAsync([both], Kafka.Cancellation);
        var receiver = kafka.Receive(transport, group: both);
        // Of another type: brokers forget a group's place in a topic together with the topic, and the mock ones do not.
        var first = Kafka.Event(type: "story.retold");
        await kafka.PublishUntilDoneAsync(transport, [first]);
        await receiver.AllAsync([first]);
        foreach (var topic in new[] { kafka.Topic, $"{kafka.Prefix}group.retry", $"{kafka.Prefix}group.dead" }) await kafka.Peer.DeleteTopicAsync(topic);
        var sent = Enumerable.Range(0, 20).Select(_ => Kafka.Event()).ToList();
        await kafka.PublishUntilDoneAsync(transport, sent);
        await EventuallyAllAsync(receiver, sent);
    }

    [Fact]
    public async Task Brokers_that_are_frozen_are_lost()
    {
        await using var kafka = await Kafka.OwnAsync();
        var transport = kafka.Connect(options => (options.RequestTimeoutSeconds, options.PublishTimeoutSeconds, options.LostAfterSeconds) = (1, 1, 2));
        var receiver = kafka.Receive(transport);
        var first = await SendAsync(kafka, transport);
        await receiver.AllAsync([first]);
        kafka.Peer.Process.Freeze();
        await receiver.FailureAsync();
        await Should.ThrowAsync<BrokerException>(() => transport.PingAsync(Kafka.Cancellation));
        kafka.Peer.Process.Thaw();
        var last = await SendAsync(kafka, transport);
        await receiver.AllAsync([last]);
    }

    private static async Task<CloudEvent> SendAsync(Kafka kafka, KafkaTransport transport)
    {
        var sent = Kafka.Event();
        await kafka.PublishUntilDoneAsync(transport, [sent]);
        return sent;
    }

    private static Task EventuallyAllAsync(Receiver receiver, IReadOnlyList<CloudEvent> sent) =>
        receiver.AllAsync(sent.Where(happened => !receiver.Seen.Contains(happened.Id)));
}
