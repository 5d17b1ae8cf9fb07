using System.Text;
using Confluent.Kafka;
using Fotograma.Messages;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Kafka.Tests;

/// <summary>What others see on the brokers, and what they may leave there.</summary>
public sealed class RecordTests
{
    [Fact]
    public async Task Event_lies_in_the_topic_of_its_type_as_a_structured_CloudEvent_with_its_subject_as_key_and_its_trace()
    {
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect();
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var sent = Kafka.Event("job-1") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceState = "vendor=opaque" };
        await transport.PublishAsync([sent], Kafka.Cancellation);
        var record = Read(kafka, kafka.Topic, 1)[0];
        Encoding.UTF8.GetString(record.Message.Key).ShouldBe("job-1");
        record.Message.Headers.Text("content-type").ShouldBe("application/cloudevents+json; charset=UTF-8");
        record.Message.Headers.Text("traceparent").ShouldBe(sent.TraceParent);
        record.Message.Headers.Text("tracestate").ShouldBe(sent.TraceState);
        (CloudEvent.FromJson(record.Message.Value) with { Data = sent.Data }).ShouldBe(sent);
    }

    [Fact]
    public async Task Retried_event_lies_unchanged_in_the_topic_of_the_groups_retries()
    {
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect();
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var receiver = kafka.Receive(transport, (delivery, _) => Task.FromResult<Settlement>(
            delivery.Attempt < 3 ? new Settlement.Retry(TimeSpan.FromMilliseconds(10)) : new Settlement.GiveUp("enough")));
        var sent = Kafka.Event("job-1");
        await transport.PublishAsync([sent], Kafka.Cancellation);
        for (var attempt = 1; attempt <= 3; attempt++) (await receiver.NextAsync()).Attempt.ShouldBe(attempt);
        var records = Read(kafka, $"{kafka.Prefix}group.retry", 2);
        records.Select(record => record.Message.Headers.Text("fotograma-attempt")).ShouldBe(["2", "3"]);
        records.ShouldAllBe(record => Encoding.UTF8.GetString(record.Message.Value) == Encoding.UTF8.GetString(sent.ToJson()));
        records.ShouldAllBe(record => Encoding.UTF8.GetString(record.Message.Key) == "job-1");
        // The first is the note of whoever made the topics.
        var dead = Read(kafka, $"{kafka.Prefix}group.dead", 2)[1];
        dead.Message.Headers.Text("fotograma-reason").ShouldBe("enough");
        dead.Message.Headers.Text("fotograma-origin").ShouldBe($"{kafka.Prefix}group.retry [{records[1].Partition.Value}] @{records[1].Offset.Value}");
    }

    [Theory]
    [InlineData("fotograma-attempt", "many")]
    [InlineData("fotograma-attempt", "99999999999999999999")]
    [InlineData("fotograma-attempt", "-4")]
    [InlineData("fotograma-not-before", "tomorrow")]
    [InlineData("fotograma-not-before", "9223372036854775807")]
    [InlineData("fotograma-not-before", "")]
    public async Task Headers_of_strangers_are_not_trusted(string name, string value)
    {
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect();
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var sent = Kafka.Event();
        await kafka.PutAsync(kafka.Topic, sent.ToJson(), new Headers { { name, Encoding.UTF8.GetBytes(value) } });
        var given = await kafka.Receive(transport).NextAsync();
        given.Event.Id.ShouldBe(sent.Id);
        given.Attempt.ShouldBe(1);
    }

    [Fact]
    public async Task Record_without_a_body_is_a_dead_letter()
    {
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect();
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        await kafka.PutAsync(kafka.Topic, null);
        var receiver = kafka.Receive(transport);
        var sent = Kafka.Event();
        await transport.PublishAsync([sent], Kafka.Cancellation);
        await receiver.AllAsync([sent]);
        using var patience = Kafka.Patience();
        IReadOnlyList<DeadLetter> dead;
        while ((dead = await transport.ReadDeadLettersAsync(kafka.Group, 10, patience.Token)).Count == 0) await Task.Delay(20, patience.Token);
        dead[0].Event.ShouldBeNull();
        dead[0].Reason.ShouldStartWith("not a CloudEvent 1.0");
    }

    [Fact]
    public async Task Many_that_wait_for_their_retry_do_not_hold_up_what_is_due()
    {
        await using var kafka = await Kafka.SharedAsync();
        var transport = kafka.Connect(options => options.BufferedEventsMax = 100);
        await transport.PrepareAsync([kafka.Group], Kafka.Cancellation);
        var late = Enumerable.Range(0, 200).Select(_ => Kafka.Event()).ToList();
        var ids = late.Select(happened => happened.Id).ToHashSet();
        var receiver = kafka.Receive(transport, (delivery, _) => Task.FromResult<Settlement>(
            ids.Contains(delivery.Event.Id) && delivery.Attempt == 1 ? new Settlement.Retry(TimeSpan.FromSeconds(3)) : new Settlement.Done()));
        await transport.PublishAsync(late, Kafka.Cancellation);
        for (var i = 0; i < late.Count; i++) (await receiver.NextAsync()).Attempt.ShouldBe(1);
        var prompt = Kafka.Event();
        await transport.PublishAsync([prompt], Kafka.Cancellation);
        (await receiver.NextAsync()).Event.Id.ShouldBe(prompt.Id);
        for (var i = 0; i < late.Count; i++) (await receiver.NextAsync()).Attempt.ShouldBe(2);
    }

    private static List<ConsumeResult<byte[], byte[]>> Read(Kafka kafka, string topic, int count)
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = kafka.Peer.Servers, GroupId = $"{topic}.reader", AutoOffsetReset = AutoOffsetReset.Earliest, LogConnectionClose = false }).Build();
        reader.Assign(Enumerable.Range(0, 4).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        using var patience = Kafka.Patience(30);
        while (records.Count < count) records.Add(reader.Consume(patience.Token));
        return records;
    }
}
