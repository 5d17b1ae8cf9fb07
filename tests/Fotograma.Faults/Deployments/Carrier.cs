using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;
using Confluent.Kafka;
using Fotograma.Peers.Kafka;
using Fotograma.Peers.RabbitMq;
using Fotograma.Peers.Sqs;

namespace Fotograma.Faults.Deployments;

/// <summary>What carries events between the processes of a deployment, and how to lose it for a while.</summary>
internal abstract class Carrier : IAsyncDisposable
{
    /// <summary>Where it listens, for a link that can be spoilt; null when no link leads there.</summary>
    public virtual int? Port => null;

    /// <summary>The settings of a process that reaches it at a port.</summary>
    public abstract IReadOnlyDictionary<string, string> Settings(int port);

    /// <summary>Takes it away.</summary>
    public abstract Task LoseAsync();

    /// <summary>Brings it back.</summary>
    public abstract Task RestoreAsync(CancellationToken cancellation);

    /// <summary>Events that wait for a group; those in the hands of a member that stands still are among them sooner or later.</summary>
    public virtual Task<long> WaitingAsync(string group, CancellationToken cancellation) => throw new NotSupportedException($"Nobody counts what waits in {GetType().Name}.");

    public abstract ValueTask DisposeAsync();

    public static async Task<Carrier> StartAsync(CarrierKind kind, CancellationToken cancellation) => kind switch
    {
        CarrierKind.RabbitMq => new RabbitMqCarrier(await RabbitMqPeer.StartAsync(cancellation)),
        CarrierKind.Kafka => new KafkaCarrier(await KafkaPeer.StartAsync(cancellation: cancellation)),
        CarrierKind.KafkaByHand => await KafkaCarrier.ByHandAsync(await KafkaPeer.StartAsync(cancellation: cancellation)),
        CarrierKind.Sqs => new SqsCarrier(await SqsPeer.StartAsync(cancellation)),
        _ => new DatabaseCarrier(),
    };

    protected static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The carriers that there are.</summary>
internal enum CarrierKind
{
    RabbitMq,
    Kafka,

    /// <summary>Kafka whose topics an operator makes.</summary>
    KafkaByHand,
    Sqs,

    /// <summary>The database itself.</summary>
    Database,
}

/// <summary>A RabbitMQ node of its own.</summary>
internal sealed class RabbitMqCarrier(RabbitMqPeer peer) : Carrier
{
    public RabbitMqPeer Peer => peer;

    public override int? Port => peer.Port;

    public override IReadOnlyDictionary<string, string> Settings(int port) => new Dictionary<string, string>
    {
        ["Messaging__Transport"] = "rabbitmq",
        ["RabbitMq__Hosts"] = "127.0.0.1",
        ["RabbitMq__Port"] = Number(port),
        ["RabbitMq__ConnectTimeoutSeconds"] = "5",
        ["RabbitMq__PublishTimeoutSeconds"] = "5",
        ["RabbitMq__HeartbeatSeconds"] = "5",
    };

    public override Task LoseAsync() => peer.KillAsync();

    public override Task RestoreAsync(CancellationToken cancellation) => peer.StartAgainAsync(cancellation);

    public override async Task<long> WaitingAsync(string group, CancellationToken cancellation)
    {
        await using var tamper = await BrokerTamper.ConnectAsync(peer.Port, cancellation);
        return await tamper.WaitingAsync(group, cancellation);
    }

    public override ValueTask DisposeAsync() => peer.DisposeAsync();
}

/// <summary>Kafka brokers of its own. Clients reach them where the brokers say, so no link leads there.</summary>
internal sealed class KafkaCarrier(KafkaPeer peer, bool byHand = false) : Carrier
{
    private static readonly string[] JobTopics = ["video.uploaded", "video.processed", "video.failed"];

    // The protocol's key.
    private const int Produce = 0;
    private const int Partitions = 4;
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, string[]> Groups = new()
    {
        ["auth"] = ["queues.made"],
        ["notify"] = ["user.changed", "video.failed", "video.processed"],
        ["video"] = ["queues.made"],
        ["worker"] = ["video.uploaded"],
    };

    /// <summary>Brokers on which an operator has made the topics, and on which the product makes none.</summary>
    public static async Task<KafkaCarrier> ByHandAsync(KafkaPeer peer)
    {
        var carrier = new KafkaCarrier(peer, byHand: true);
        await carrier.MakeTopicsAsync();
        return carrier;
    }

    /// <summary>Makes all topics, as an operator does.</summary>
    public async Task MakeTopicsAsync()
    {
        foreach (var topic in Topics) await peer.CreateTopicAsync(topic, Partitions);
    }

    /// <summary>Removes all topics with what they hold and with the places of groups in them. Those of the workers, who are the ones that look, are the last: what they then look for is all gone.</summary>
    public async Task DeleteTopicsAsync()
    {
        foreach (var topic in Topics.OrderBy(topic => topic.Contains("worker", StringComparison.Ordinal) || Groups["worker"].Contains(topic))) await peer.DeleteTopicAsync(topic);
    }

    public override IReadOnlyDictionary<string, string> Settings(int port) => new Dictionary<string, string>
    {
        ["Messaging__Transport"] = "kafka",
        ["Kafka__Servers"] = peer.Servers,
        ["Kafka__Declare"] = byHand ? "Check" : "AutoCreate",
        ["Kafka__SessionTimeoutSeconds"] = "6",
    };

    /// <summary>Each broker does what the next publications ask, and answers so much later.</summary>
    public Task ConfirmLateAsync(int times, TimeSpan late) => peer.AnswerLateAsync(Produce, times, (int)late.TotalMilliseconds);

    /// <summary>Events about jobs that the brokers ever kept.</summary>
    public long Kept()
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = peer.Servers, GroupId = "counting", EnableAutoCommit = false }).Build();
        return JobTopics.SelectMany(topic => Enumerable.Range(0, Partitions).Select(number => new TopicPartition(topic, number))).Sum(place => reader.QueryWatermarkOffsets(place, AnswerMax).High.Value);
    }

    /// <summary>A foreigner on the brokers, who repeats every event nine times from now on.</summary>
    public Task<KafkaTamper> TamperAsync(CancellationToken cancellation) => KafkaTamper.EchoAsync(peer.Servers, cancellation);

    public override Task LoseAsync() => peer.SetDownAsync();

    public override Task RestoreAsync(CancellationToken cancellation) => peer.SetUpAsync();

    public override Task<long> WaitingAsync(string group, CancellationToken cancellation) => Task.Run(() => Waiting(group), cancellation);

    public override ValueTask DisposeAsync() => peer.DisposeAsync();

    private static IEnumerable<string> Topics => Groups.Keys.SelectMany(group => (string[])[$"fotograma.{group}.retry", $"fotograma.{group}.dead"]).Concat(Groups.Values.SelectMany(types => types)).Distinct();

    private long Waiting(string group)
    {
        using var reader = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = peer.Servers, GroupId = $"fotograma.{group}", EnableAutoCommit = false }).Build();
        var partitions = Groups[group].SelectMany(topic => Enumerable.Range(0, Partitions).Select(number => new TopicPartition(topic, number)));
        return reader.Committed(partitions, AnswerMax).Sum(place => reader.QueryWatermarkOffsets(place.TopicPartition, AnswerMax).High - Math.Max(0, place.Offset.Value));
    }
}

/// <summary>A server of SQS's protocol. It keeps everything in memory: when it is lost, all that it held is.</summary>
internal sealed class SqsCarrier(SqsPeer peer) : Carrier
{
    private const string Prefix = "faults-";

    public override int? Port => peer.Port;

    public override IReadOnlyDictionary<string, string> Settings(int port) => new Dictionary<string, string>
    {
        ["Messaging__Transport"] = "sqs",
        ["Sqs__ServiceUrl"] = $"http://127.0.0.1:{Number(port)}",
        ["Sqs__Region"] = "us-east-1",
        ["Sqs__AccessKey"] = "test",
        ["Sqs__SecretKey"] = "test-secret",
        ["Sqs__QueuePrefix"] = Prefix,
    };

    public override Task LoseAsync() => peer.KillAsync();

    public override Task RestoreAsync(CancellationToken cancellation) => peer.StartAgainAsync(cancellation);

    public override async Task<long> WaitingAsync(string group, CancellationToken cancellation)
    {
        using var client = new AmazonSQSClient("test", "test-secret", new AmazonSQSConfig { ServiceURL = peer.ServiceUrl, AuthenticationRegion = "us-east-1" });
        var queue = await client.GetQueueUrlAsync($"{Prefix}{group}", cancellation);
        var told = await client.GetQueueAttributesAsync(new GetQueueAttributesRequest(queue.QueueUrl, [QueueAttributeName.ApproximateNumberOfMessages, QueueAttributeName.ApproximateNumberOfMessagesNotVisible]), cancellation);
        return told.ApproximateNumberOfMessages + told.ApproximateNumberOfMessagesNotVisible;
    }

    public override ValueTask DisposeAsync() => peer.DisposeAsync();
}

/// <summary>No broker: queues in the same PostgreSQL.</summary>
internal sealed class DatabaseCarrier : Carrier
{
    public override IReadOnlyDictionary<string, string> Settings(int port) => new Dictionary<string, string> { ["Messaging__Transport"] = "embedded" };

    public override Task LoseAsync() => throw new NotSupportedException("It goes with the database.");

    public override Task RestoreAsync(CancellationToken cancellation) => Task.CompletedTask;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
