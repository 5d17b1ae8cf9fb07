using System.Globalization;
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

    public abstract ValueTask DisposeAsync();

    public static async Task<Carrier> StartAsync(CarrierKind kind, CancellationToken cancellation) => kind switch
    {
        CarrierKind.RabbitMq => new RabbitMqCarrier(await RabbitMqPeer.StartAsync(cancellation)),
        CarrierKind.Kafka => new KafkaCarrier(await KafkaPeer.StartAsync(cancellation: cancellation)),
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

    public override ValueTask DisposeAsync() => peer.DisposeAsync();
}

/// <summary>Kafka brokers of its own. Clients reach them where the brokers say, so no link leads there.</summary>
internal sealed class KafkaCarrier(KafkaPeer peer) : Carrier
{
    public override IReadOnlyDictionary<string, string> Settings(int port) => new Dictionary<string, string>
    {
        ["Messaging__Transport"] = "kafka",
        ["Kafka__Servers"] = peer.Servers,
        ["Kafka__Declare"] = "AutoCreate",
        ["Kafka__SessionTimeoutSeconds"] = "6",
    };

    /// <summary>A foreigner on the brokers, who repeats every event nine times from now on.</summary>
    public Task<KafkaTamper> TamperAsync(CancellationToken cancellation) => KafkaTamper.EchoAsync(peer.Servers, cancellation);

    public override Task LoseAsync() => peer.SetDownAsync();

    public override Task RestoreAsync(CancellationToken cancellation) => peer.SetUpAsync();

    public override ValueTask DisposeAsync() => peer.DisposeAsync();
}

/// <summary>A server of SQS's protocol. It keeps everything in memory: when it is lost, all that it held is.</summary>
internal sealed class SqsCarrier(SqsPeer peer) : Carrier
{
    public override int? Port => peer.Port;

    public override IReadOnlyDictionary<string, string> Settings(int port) => new Dictionary<string, string>
    {
        ["Messaging__Transport"] = "sqs",
        ["Sqs__ServiceUrl"] = $"http://127.0.0.1:{Number(port)}",
        ["Sqs__Region"] = "us-east-1",
        ["Sqs__AccessKey"] = "test",
        ["Sqs__SecretKey"] = "test-secret",
        ["Sqs__QueuePrefix"] = "faults",
    };

    public override Task LoseAsync() => peer.KillAsync();

    public override Task RestoreAsync(CancellationToken cancellation) => peer.StartAgainAsync(cancellation);

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
