using Confluent.Kafka;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Messaging.Kafka.Tests;

/// <summary>What one test has on the brokers: names that no other has, and connections that end with it.</summary>
internal sealed class Kafka(KafkaPeer peer) : IAsyncDisposable
{
    private static readonly Ids Ids = new(TimeProvider.System);
    private readonly List<KafkaTransport> transports = [];
    private readonly List<Receiver> receivers = [];
    private readonly bool owned;

    private Kafka(KafkaPeer peer, bool owned) : this(peer) => this.owned = owned;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public KafkaPeer Peer => peer;

    public string Prefix { get; } = $"t{Ids.New():N}.";

    public Subscription Group { get; } = new("group", ["story.told"]);

    public string Topic => Prefix + Group.Types[0];

    /// <summary>On brokers that several tests use together.</summary>
    public static async Task<Kafka> SharedAsync() => new(await KafkaPeer.SharedAsync());

    /// <summary>On brokers of its own, which may be spoiled.</summary>
    public static async Task<Kafka> OwnAsync(int brokers = 3) => new(await KafkaPeer.StartAsync(brokers), owned: true);

    public KafkaTransport Connect(Action<KafkaOptions>? set = null)
    {
        var options = Options(set);
        var transport = new KafkaTransport(options, new MessagingOptions { PollMilliseconds = 50 }, TimeProvider.System, NullLogger<KafkaTransport>.Instance);
        lock (transports) transports.Add(transport);
        return transport;
    }

    public KafkaOptions Options(Action<KafkaOptions>? set = null)
    {
        var options = new KafkaOptions
        {
            Servers = peer.Servers,
            TopicPrefix = Prefix,
            GroupPrefix = Prefix,
            Declare = KafkaDeclaration.AutoCreate,
            // The mock brokers take a second less than this for every rebalance.
            SessionTimeoutSeconds = 3,
            LostAfterSeconds = 20,
            FetchWaitMilliseconds = 20,
        };
        set?.Invoke(options);
        return options;
    }

    /// <summary>A member of the group that consumes anew, as the host does, whenever its consumption fails.</summary>
    public Receiver Receive(KafkaTransport transport, Func<Delivery, CancellationToken, Task<Settlement>>? handle = null, int slots = 4, Subscription? group = null)
    {
        var receiver = new Receiver(transport, group ?? Group, handle, slots);
        receivers.Add(receiver);
        return receiver;
    }

    public static CloudEvent Event(string? subject = null, string type = "story.told") => new()
    {
        Id = Ids.New(),
        Source = "/fotograma/story",
        Type = type,
        Subject = subject ?? Ids.New().ToString(),
        Time = DateTimeOffset.UnixEpoch.AddDays(20_000),
        Data = System.Text.Json.JsonSerializer.SerializeToElement(new { text = "hello" }),
    };

    /// <summary>Publishes as the outbox does: behind the preparation of the group, and again until it is done.</summary>
    public async Task PublishUntilDoneAsync(KafkaTransport transport, IReadOnlyList<CloudEvent> events)
    {
        using var patience = Patience();
        while (true)
        {
            try
            {
                await transport.PrepareAsync([Group], patience.Token);
                await transport.PublishAsync(events, patience.Token);
                return;
            }
            catch (IOException)
            {
                await Task.Delay(50, patience.Token);
            }
        }
    }

    public static CancellationTokenSource Patience(int seconds = 60)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(seconds));
        return patience;
    }

    /// <summary>Puts a record there as anybody could.</summary>
    public async Task<DeliveryResult<byte[], byte[]>> PutAsync(string topic, byte[]? body, Headers? headers = null)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = peer.Servers, LogConnectionClose = false }).Build();
        return await producer.ProduceAsync(topic, new Message<byte[], byte[]> { Value = body!, Headers = headers });
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(receivers.Select(receiver => receiver.DisposeAsync().AsTask()));
        foreach (var transport in transports) transport.Dispose();
        if (owned) await peer.DisposeAsync();
    }
}
