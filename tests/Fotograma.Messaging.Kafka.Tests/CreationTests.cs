using Fotograma.Messages;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Peers.Kafka;

namespace Fotograma.Messaging.Kafka.Tests;

/// <summary>Topics that the product makes itself. The mock brokers make none; what stands before them does.</summary>
public sealed class CreationTests
{
    private const int CreateTopics = 19;

    [Fact]
    public async Task Missing_topics_are_made_at_the_start_as_set_and_events_go_through_them()
    {
        await using var kafka = await Kafka.SharedAsync();
        await using var front = KafkaFront.Before(kafka.Peer);
        var transport = Connect(kafka, front, options => (options.Partitions, options.Replicas, options.RetentionHours, options.DeadLetterRetentionDays) = (3, 1, 48, 30));
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);

        var asked = front.Asked.ToDictionary(topic => topic.Name[kafka.Prefix.Length..]);
        asked.Keys.ShouldBe(["story.told", "group.retry", "group.dead"], ignoreOrder: true);
        asked.Values.Select(topic => topic.Copies).ShouldAllBe(copies => copies == 1);
        (asked["story.told"].Partitions, asked["group.retry"].Partitions, asked["group.dead"].Partitions).ShouldBe((3, 3, 1));
        (asked["story.told"].Settings["retention.ms"], asked["group.dead"].Settings["retention.ms"]).ShouldBe(("172800000", "2592000000"));
        var sent = Enumerable.Range(0, 30).Select(_ => Kafka.Event()).ToList();
        await transport.PublishAsync(sent, Kafka.Cancellation);
        await kafka.Receive(transport).AllAsync(sent);
        (await transport.LookAsync([kafka.Group], Kafka.Cancellation)).Missing.ShouldBeEmpty();
        var requests = front.Requests(CreateTopics);
        await Connect(kafka, front).PrepareAsync([kafka.Group], Kafka.Cancellation);
        front.Requests(CreateTopics).ShouldBe(requests, "They are there.");
    }

    [Fact]
    public async Task Topic_that_no_group_reads_is_made_when_something_is_published_there()
    {
        await using var kafka = await Kafka.SharedAsync();
        await using var front = KafkaFront.Before(kafka.Peer);
        var transport = Connect(kafka, front);
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        front.Asked.ShouldNotContain(topic => topic.Name == kafka.Prefix + VideoCreated.Type);
        await transport.PublishAsync([Kafka.Event(type: VideoCreated.Type)], Kafka.Cancellation);
        front.Asked.Count(topic => topic.Name == kafka.Prefix + VideoCreated.Type).ShouldBe(1);
    }

    [Fact]
    public async Task Topics_that_another_process_makes_at_the_same_moment_are_no_fault()
    {
        const int TopicAlreadyExists = 36;
        await using var kafka = await Kafka.SharedAsync();
        await using var front = KafkaFront.Before(kafka.Peer);
        front.RefuseNext(TopicAlreadyExists);
        var transport = Connect(kafka, front);
        var preparing = transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        using var patience = Kafka.Patience();
        while (front.Asked.Count == 0) await Task.Delay(10, patience.Token);
        await kafka.Peer.CreateTopicAsync(front.Asked.First().Name, 2);
        await preparing;
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(38, false)]
    public async Task Topics_that_may_not_be_made_are_named_with_the_brokers_reason(int code, bool isForbidden)
    {
        await using var kafka = await Kafka.SharedAsync();
        await using var front = KafkaFront.Before(kafka.Peer);
        front.RefuseNext(code, code, code);
        var failure = await Should.ThrowAsync<BrokerException>(() => Connect(kafka, front).PrepareAsync([kafka.Group], Kafka.Cancellation));
        failure.Message.ShouldContain($"{kafka.Topic}, {kafka.Prefix}group.retry, {kafka.Prefix}group.dead are missing and could not be made");
        failure.Message.ShouldContain(isForbidden ? "authorization" : "replication", Case.Insensitive);
        failure.NotMade.ShouldBeTrue();
    }

    [Fact]
    public async Task Topics_that_vanished_are_made_again_after_somebody_looked()
    {
        await using var kafka = await Kafka.OwnAsync(brokers: 1);
        await using var front = KafkaFront.Before(kafka.Peer);
        var transport = Connect(kafka, front);
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var receiver = kafka.Receive(transport);
        var before = Kafka.Event();
        await transport.PublishAsync([before], Kafka.Cancellation);
        await receiver.AllAsync([before]);
        foreach (var topic in (string[])[kafka.Topic, $"{kafka.Prefix}group.retry", $"{kafka.Prefix}group.dead"]) await kafka.Peer.DeleteTopicAsync(topic);
        (await receiver.FailureAsync()).ShouldBeOfType<BrokerException>().TopicIsMissing.ShouldBeTrue();
        (await transport.LookAsync([kafka.Group], Kafka.Cancellation)).Gone.ShouldBe([kafka.Group.Group]);
        var after = Kafka.Event();
        await kafka.PublishUntilDoneAsync(transport, [after]);
        await receiver.AllAsync([after]);
        front.Asked.Count(topic => topic.Name == kafka.Topic).ShouldBeGreaterThan(1);
    }

    private static KafkaTransport Connect(Kafka kafka, KafkaFront front, Action<KafkaOptions>? set = null) => kafka.Connect(options =>
    {
        (options.Servers, options.Declare, options.Replicas) = (front.Servers, KafkaDeclaration.Create, 1);
        set?.Invoke(options);
    });
}
