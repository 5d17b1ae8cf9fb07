using Confluent.Kafka;
using Fotograma.Messages;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Kafka.Declaring;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Kafka.Tests;

public sealed class DeclarationTests
{
    [Fact]
    public async Task Topics_that_are_missing_are_named_where_none_may_be_made()
    {
        await using var kafka = await Kafka.SharedAsync();
        await kafka.Peer.CreateTopicAsync(kafka.Topic, 2);
        var transport = kafka.Connect(options => options.Declare = KafkaDeclaration.Check);
        var refused = await Should.ThrowAsync<BrokerException>(() => transport.PrepareAsync([kafka.Group], Kafka.Cancellation));
        refused.Message.ShouldContain($"{kafka.Prefix}group.retry, {kafka.Prefix}group.dead are missing");
        refused.Message.ShouldNotContain("story.told");
        transport.IsRefusal(refused).ShouldBeTrue();
        var look = await transport.LookAsync([kafka.Group], Kafka.Cancellation);
        look.Missing.ShouldBe([$"topic {kafka.Prefix}group.retry", $"topic {kafka.Prefix}group.dead"]);
        look.MadeWhenPrepared.ShouldBeFalse();
    }

    [Theory]
    [InlineData("Check")]
    [InlineData("Create")]
    public async Task Topics_that_are_there_are_used_as_they_are(string declare)
    {
        await using var kafka = await Kafka.SharedAsync();
        await kafka.Peer.CreateTopicAsync(kafka.Topic, 7);
        await kafka.Peer.CreateTopicAsync($"{kafka.Prefix}group.retry", 3);
        await kafka.Peer.CreateTopicAsync($"{kafka.Prefix}group.dead", 1);
        var transport = kafka.Connect(options => options.Declare = Enum.Parse<KafkaDeclaration>(declare));
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var sent = Enumerable.Range(0, 30).Select(_ => Kafka.Event()).ToList();
        await transport.PublishAsync(sent, Kafka.Cancellation);
        await kafka.Receive(transport).AllAsync(sent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_comes_into_a_topic_that_an_operator_made_anew_reaches_the_group_that_had_missed_it(bool elsewhere)
    {
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect(options => options.Declare = KafkaDeclaration.Check);
        await Should.ThrowAsync<BrokerException>(() => transport.PrepareAsync([kafka.Group], Kafka.Cancellation));
        foreach (var topic in (string[])[kafka.Topic, $"{kafka.Prefix}group.retry", $"{kafka.Prefix}group.dead"]) await kafka.Peer.CreateTopicAsync(topic, 1);
        var first = Kafka.Event();
        await kafka.PutAsync(kafka.Topic, first.ToJson());

        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);

        // A process that comes later has missed nothing itself.
        var reads = elsewhere ? kafka.Connect(options => options.Declare = KafkaDeclaration.Check) : transport;
        await reads.PrepareAsync([kafka.Group], Kafka.Cancellation);
        await kafka.Receive(reads).AllAsync([first]);
    }

    [Theory]
    [InlineData("story.told", true)]
    [InlineData("group.retry", true)]
    [InlineData("group.dead", false)]
    public async Task Sign_of_life_makes_no_topic_that_vanished_and_those_that_held_events_are_a_loss(string vanished, bool isLoss)
    {
        await using var kafka = await Kafka.SharedAsync();
        foreach (var topic in (string[])[kafka.Topic, $"{kafka.Prefix}group.retry", $"{kafka.Prefix}group.dead"]) await kafka.Peer.CreateTopicAsync(topic, 1);
        var transport = kafka.Connect(options => options.Declare = KafkaDeclaration.Check);
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        await kafka.Peer.DeleteTopicAsync(kafka.Prefix + vanished);
        await transport.PingAsync(Kafka.Cancellation);
        var look = await transport.LookAsync([kafka.Group], Kafka.Cancellation);
        look.Missing.ShouldBe([$"topic {kafka.Prefix}{vanished}"]);
        (await transport.LookAsync([kafka.Group with { Types = ["video.uploaded"] }], Kafka.Cancellation)).Missing.ShouldContain($"topic {kafka.Prefix}video.uploaded", "That is the one that is asked about.");
        look.Gone.ShouldBe(isLoss ? [kafka.Group.Group] : []);
    }

    [Fact]
    public async Task Event_without_a_topic_is_published_into_nothing_where_none_may_be_made()
    {
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect(options => options.Declare = KafkaDeclaration.Check);
        await transport.PublishAsync([Kafka.Event(type: "story.unheard")], Kafka.Cancellation);
    }

    [Fact]
    public async Task Topic_that_no_group_reads_and_that_cannot_be_made_holds_up_no_event_beside_it()
    {
        await using var kafka = await Kafka.SharedAsync();
        foreach (var topic in (string[])[kafka.Topic, $"{kafka.Prefix}group.retry", $"{kafka.Prefix}group.dead"]) await kafka.Peer.CreateTopicAsync(topic, 1);
        var transport = kafka.Connect(options => (options.Declare, options.RequestTimeoutSeconds) = (KafkaDeclaration.Create, 1));
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var heard = Kafka.Event();
        await transport.PublishAsync([Kafka.Event(type: VideoCreated.Type), heard], Kafka.Cancellation);
        await kafka.Receive(transport).AllAsync([heard]);
        var failure = await Should.ThrowAsync<BrokerException>(() => transport.PublishAsync([Kafka.Event(type: VideoUploaded.Type)], Kafka.Cancellation));
        failure.NotMade.ShouldBeTrue("A group reads that one.");
    }

    [Fact]
    public async Task A_program_of_somebody_else_gets_what_no_group_reads()
    {
        await using var kafka = await Kafka.SharedAsync();
        var topic = kafka.Prefix + VideoCreated.Type;
        await kafka.Peer.CreateTopicAsync(topic, 1);
        var happened = Kafka.Event(type: VideoCreated.Type);
        await kafka.Connect(options => options.Declare = KafkaDeclaration.Create).PublishAsync([happened], Kafka.Cancellation);
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = kafka.Peer.Servers, GroupId = kafka.Prefix + "others", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        using var patience = Kafka.Patience();
        var record = await Task.Run(() => consumer.Consume(patience.Token), patience.Token);
        CloudEvent.FromJson(record.Message.Value).Id.ShouldBe(happened.Id);
    }

    [Fact]
    public async Task Brokers_that_make_no_topics_are_named_as_the_fault()
    {
        // The mock brokers never answer an administrator: as good as one that refuses.
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect(options => (options.Declare, options.RequestTimeoutSeconds) = (KafkaDeclaration.Create, 1));
        var failure = await Should.ThrowAsync<BrokerException>(() => transport.PrepareAsync([kafka.Group], Kafka.Cancellation));
        transport.IsRefusal(failure).ShouldBeFalse("It may be no more than that nobody answers.");
        failure.Message.ShouldStartWith($"The Kafka topics {kafka.Topic}, {kafka.Prefix}group.retry, {kafka.Prefix}group.dead are missing and could not be made");
    }

    [Fact]
    public void Topics_are_made_with_the_copies_and_the_retention_that_were_set()
    {
        var events = Topics.Specification(new Topic("video.uploaded", 12, TimeSpan.FromHours(168)), replicas: 3);
        (events.Name, events.NumPartitions, events.ReplicationFactor).ShouldBe(("video.uploaded", 12, (short)3));
        events.Configs["retention.ms"].ShouldBe("604800000");
        events.Configs["cleanup.policy"].ShouldBe("delete");
        var dead = Topics.Specification(new Topic("worker.dead", 1, null), replicas: 0);
        (dead.NumPartitions, dead.ReplicationFactor).ShouldBe((1, (short)-1));
        dead.Configs["retention.ms"].ShouldBe("-1");
    }

    [Fact]
    public async Task Topic_that_the_group_did_not_know_is_read_from_its_end_and_the_others_from_where_it_was()
    {
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect();
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var waiting = Kafka.Event();
        await transport.PublishAsync([waiting, Kafka.Event(type: "story.retold")], Kafka.Cancellation);
        var wider = kafka.Group with { Types = ["story.told", "story.retold"] };
        await transport.PrepareAsync([wider], Kafka.Cancellation);
        var after = Kafka.Event(type: "story.retold");
        await transport.PublishAsync([after], Kafka.Cancellation);
        var receiver = kafka.Receive(transport, group: wider);
        await receiver.AllAsync([waiting, after]);
        receiver.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Group_whose_place_the_brokers_forgot_reads_what_is_still_there()
    {
        await using var kafka = await Kafka.SharedAsync();
        foreach (var topic in (string[])[kafka.Topic, $"{kafka.Prefix}group.retry", $"{kafka.Prefix}group.dead"]) await kafka.Peer.CreateTopicAsync(topic, 1);
        // It gave something up once, so it is none that begins now.
        await kafka.PutAsync($"{kafka.Prefix}group.dead", "given up"u8.ToArray());
        var retained = Kafka.Event();
        await kafka.PutAsync(kafka.Topic, retained.ToJson());
        var transport = kafka.Connect();
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        await kafka.Receive(transport).AllAsync([retained]);
    }

    [Fact]
    public async Task Group_whose_topics_were_made_anew_by_one_that_died_before_it_had_a_place_in_them_begins_at_the_beginning()
    {
        const int OffsetCommit = 8, NotAuthorized = 30;
        await using var kafka = await Kafka.OwnAsync(brokers: 1);
        var publisher = kafka.Connect();
        await publisher.PrepareAsync([kafka.Group], Kafka.Cancellation);
        foreach (var topic in (string[])[kafka.Topic, $"{kafka.Prefix}group.retry", $"{kafka.Prefix}group.dead"]) await kafka.Peer.DeleteTopicAsync(topic);
        await kafka.Peer.FailNextAsync(OffsetCommit, NotAuthorized);
        await Should.ThrowAsync<BrokerException>(() => kafka.Connect().PrepareAsync([kafka.Group], Kafka.Cancellation));
        // Who has known the topics since ever notices nothing.
        var sent = Kafka.Event();
        await publisher.PublishAsync([sent], Kafka.Cancellation);
        var later = kafka.Connect();
        await later.PrepareAsync([kafka.Group], Kafka.Cancellation);
        await kafka.Receive(later).AllAsync([sent]);
        (await later.ReadDeadLettersAsync(kafka.Group, 10, Kafka.Cancellation)).ShouldBeEmpty("The trace is no letter.");
    }

    [Fact]
    public async Task Topic_that_vanished_between_a_look_and_the_preparation_is_not_made_before_somebody_looked_again()
    {
        await using var kafka = await Kafka.OwnAsync(brokers: 1);
        await kafka.Connect().PrepareAsync([kafka.Group], Kafka.Cancellation);
        var transport = kafka.Connect();
        (await transport.LookAsync([kafka.Group], Kafka.Cancellation)).Gone.ShouldBeEmpty();
        await kafka.Peer.DeleteTopicAsync(kafka.Topic);
        await transport.PrepareAsync([new Subscription("teller", ["queues.told"])], Kafka.Cancellation);
        (await Should.ThrowAsync<BrokerException>(() => transport.PrepareAsync([kafka.Group], Kafka.Cancellation))).Message.ShouldContain("while they were prepared");
        (await transport.LookAsync([kafka.Group], Kafka.Cancellation)).Gone.ShouldBe([kafka.Group.Group]);
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        (await transport.LookAsync([kafka.Group], Kafka.Cancellation)).Gone.ShouldBeEmpty();
    }

    [Fact]
    public async Task Topic_that_vanishes_while_a_group_reads_it_takes_no_event_into_nothing()
    {
        await using var kafka = await Kafka.SharedAsync();
        foreach (var topic in (string[])[kafka.Topic, $"{kafka.Prefix}group.retry", $"{kafka.Prefix}group.dead"]) await kafka.Peer.CreateTopicAsync(topic, 1);
        var transport = kafka.Connect(options => options.Declare = KafkaDeclaration.Check);
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        await kafka.Peer.DeleteTopicAsync(kafka.Topic);
        // Whoever reads finds out.
        await Should.ThrowAsync<BrokerException>(() =>
            transport.ConsumeAsync(kafka.Group, new Slots(1), (_, _) => Task.FromResult<Settlement>(new Settlement.Done()), Kafka.Cancellation));
        (await Should.ThrowAsync<BrokerException>(() => transport.PublishAsync([Kafka.Event()], Kafka.Cancellation))).Message.ShouldContain("have vanished");
    }

    [Fact]
    public async Task Member_that_fetches_nothing_sees_that_its_topics_vanished()
    {
        await using var kafka = await Kafka.SharedAsync();
        foreach (var topic in (string[])[kafka.Topic, $"{kafka.Prefix}group.retry", $"{kafka.Prefix}group.dead"]) await kafka.Peer.CreateTopicAsync(topic, 1);
        var members = Enumerable.Range(0, 2).Select(_ => kafka.Receive(kafka.Connect(options => options.Declare = KafkaDeclaration.Check))).ToList();
        var sent = Kafka.Event();
        await kafka.PublishUntilDoneAsync(kafka.Connect(options => options.Declare = KafkaDeclaration.Check), [sent]);
        var reader = await Task.WhenAny(members.Select(member => member.AllAsync([sent])));
        await reader;
        // The partitions are one member's: the other has none, and the library says nothing to it.
        foreach (var topic in (string[])[kafka.Topic, $"{kafka.Prefix}group.retry"]) await kafka.Peer.DeleteTopicAsync(topic);
        foreach (var member in members) (await member.FailureAsync()).ShouldBeOfType<BrokerException>().TopicIsMissing.ShouldBeTrue();
    }
}
