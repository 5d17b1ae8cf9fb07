using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Fotograma.Faults.Deployments;

/// <summary>A foreigner at the broker: repeats and shuffles events, publishes nonsense, deletes queues.</summary>
internal sealed class BrokerTamper : IAsyncDisposable
{
    private const string Events = "fotograma.events";
    private const string Mark = "tampered";
    private readonly IConnection connection;
    private readonly IChannel channel;
    private readonly List<(string Type, byte[] Body, BasicProperties Properties)> held = [];

    private BrokerTamper(IConnection connection, IChannel channel) => (this.connection, this.channel) = (connection, channel);

    public static async Task<BrokerTamper> ConnectAsync(int port, CancellationToken cancellation)
    {
        var factory = new ConnectionFactory { HostName = "127.0.0.1", Port = port, AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync(cancellation);
        return new BrokerTamper(connection, await connection.CreateChannelAsync(cancellationToken: cancellation));
    }

    /// <summary>Publishes every event again so many times; shuffled, each time after a few others have passed, in another order.</summary>
    public async Task EchoAsync(int times, int shuffledBy, Random chance, CancellationToken cancellation)
    {
        var queue = await channel.QueueDeclareAsync(exclusive: true, autoDelete: true, cancellationToken: cancellation);
        await channel.QueueBindAsync(queue.QueueName, Events, "#", cancellationToken: cancellation);
        var listener = new AsyncEventingBasicConsumer(channel);
        listener.ReceivedAsync += async (_, delivery) =>
        {
            if (delivery.BasicProperties.Headers?.ContainsKey(Mark) == true) return;
            held.Add((delivery.RoutingKey, delivery.Body.ToArray(), Marked(delivery.BasicProperties)));
            if (held.Count <= shuffledBy) return;
            for (var turn = 0; turn < times; turn++) await RepeatAsync(chance);
            held.Clear();
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, listener, cancellation);
    }

    public async Task PublishRawAsync(string group, byte[] body, CancellationToken cancellation) =>
        await channel.BasicPublishAsync("", $"fotograma.{group}", mandatory: false, new BasicProperties { Persistent = true }, body, cancellation);

    public async Task DeleteQueuesAsync(IEnumerable<string> groups, CancellationToken cancellation)
    {
        foreach (var group in groups) await channel.QueueDeleteAsync($"fotograma.{group}", cancellationToken: cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task RepeatAsync(Random chance)
    {
        var order = held.ToArray();
        chance.Shuffle(order);
        foreach (var (type, body, properties) in order) await channel.BasicPublishAsync(Events, type, mandatory: false, properties, body);
    }

    private static BasicProperties Marked(IReadOnlyBasicProperties original)
    {
        var copy = new BasicProperties(original);
        copy.Headers = copy.Headers is null ? new Dictionary<string, object?>() : new Dictionary<string, object?>(copy.Headers);
        copy.Headers[Mark] = true;
        return copy;
    }
}
