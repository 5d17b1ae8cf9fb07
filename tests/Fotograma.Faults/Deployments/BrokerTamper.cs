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
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly List<(string Type, byte[] Body, BasicProperties Properties)> held = [];

    /// <summary>Events that were sent once more.</summary>
    public int Repeated { get; private set; }

    /// <summary>Events that overtook an earlier one.</summary>
    public int Overtaken { get; private set; }

    private BrokerTamper(IConnection connection, IChannel channel) => (this.connection, this.channel) = (connection, channel);

    public static async Task<BrokerTamper> ConnectAsync(int port, CancellationToken cancellation)
    {
        var factory = new ConnectionFactory { HostName = "127.0.0.1", Port = port, AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync(cancellation);
        return new BrokerTamper(connection, await connection.CreateChannelAsync(cancellationToken: cancellation));
    }

    /// <summary>Has a queue of a program that knows nothing of Fotograma get events, too.</summary>
    public async Task ListenTooAsync(IReadOnlyCollection<string> types, CancellationToken cancellation)
    {
        await channel.ExchangeDeclareAsync(Events, ExchangeType.Topic, durable: true, cancellationToken: cancellation);
        await channel.QueueDeclareAsync("stranger", durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellation);
        foreach (var type in types) await channel.QueueBindAsync("stranger", Events, type, cancellationToken: cancellation);
    }

    /// <summary>Publishes every event again so many times.</summary>
    public async Task EchoAsync(int times, CancellationToken cancellation)
    {
        await ListenAsync(async (type, body, properties) =>
        {
            for (var turn = 0; turn < times; turn++) await channel.BasicPublishAsync(Events, type, mandatory: false, Marked(properties), body, cancellation);
            Repeated += times;
        }, cancellation);
    }

    /// <summary>
    /// Takes the place of the queues: events go through the foreigner's hands, who holds some back and lets them go in another order. The queues get their events
    /// back from <see cref="LetGoAsync"/>.
    /// </summary>
    public async Task ShuffleAsync(IReadOnlyDictionary<string, string[]> wanted, int atOnce, Random chance, CancellationToken cancellation)
    {
        await ListenAsync(async (type, body, properties) =>
        {
            held.Add((type, body, Marked(properties)));
            if (held.Count >= atOnce) await PassOnAsync(wanted, chance, cancellation);
        }, cancellation);
        foreach (var (group, types) in wanted)
        {
            foreach (var type in types) await channel.QueueUnbindAsync($"fotograma.{group}", Events, type, cancellationToken: cancellation);
        }
    }

    /// <summary>Ends <see cref="ShuffleAsync"/>.</summary>
    public async Task LetGoAsync(IReadOnlyDictionary<string, string[]> wanted, Random chance, CancellationToken cancellation)
    {
        foreach (var (group, types) in wanted)
        {
            foreach (var type in types) await channel.QueueBindAsync($"fotograma.{group}", Events, type, cancellationToken: cancellation);
        }
        // What was published before the queues were back is on its way to here.
        await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        await one.WaitAsync(cancellation);
        try
        {
            await PassOnAsync(wanted, chance, cancellation);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Events of a group that were given up.</summary>
    public async Task<long> DeadLettersAsync(string group, CancellationToken cancellation) => await channel.MessageCountAsync($"fotograma.{group}.dead", cancellation);

    /// <summary>Events that wait for a group and are in nobody's hands; those of a member that stands still are again once the broker takes it for dead.</summary>
    public async Task<long> WaitingAsync(string group, CancellationToken cancellation) => await channel.MessageCountAsync($"fotograma.{group}", cancellation);

    public async Task PublishRawAsync(string group, byte[] body, CancellationToken cancellation) =>
        await channel.BasicPublishAsync("", $"fotograma.{group}", mandatory: false, new BasicProperties { Persistent = true }, body, cancellation);

    public async Task DeleteQueuesAsync(IEnumerable<string> groups, CancellationToken cancellation)
    {
        foreach (var group in groups) await channel.QueueDeleteAsync($"fotograma.{group}", cancellationToken: cancellation);
    }

    /// <summary>Deletes queues and makes them again as they were not: classic ones, bound to nothing.</summary>
    public async Task ReplaceQueuesAsync(IEnumerable<string> groups, CancellationToken cancellation)
    {
        foreach (var group in groups)
        {
            await channel.QueueDeleteAsync($"fotograma.{group}", cancellationToken: cancellation);
            await channel.QueueDeclareAsync($"fotograma.{group}", durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
        one.Dispose();
    }

    private async Task ListenAsync(Func<string, byte[], IReadOnlyBasicProperties, Task> handle, CancellationToken cancellation)
    {
        var queue = await channel.QueueDeclareAsync(exclusive: true, autoDelete: true, cancellationToken: cancellation);
        await channel.QueueBindAsync(queue.QueueName, Events, "#", cancellationToken: cancellation);
        var listener = new AsyncEventingBasicConsumer(channel);
        listener.ReceivedAsync += async (_, delivery) =>
        {
            if (delivery.BasicProperties.Headers?.ContainsKey(Mark) == true) return;
            await one.WaitAsync(cancellation);
            try
            {
                await handle(delivery.RoutingKey, delivery.Body.ToArray(), delivery.BasicProperties);
            }
            finally
            {
                one.Release();
            }
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, listener, cancellation);
    }

    private async Task PassOnAsync(IReadOnlyDictionary<string, string[]> wanted, Random chance, CancellationToken cancellation)
    {
        var order = Enumerable.Range(0, held.Count).ToArray();
        chance.Shuffle(order);
        Overtaken += order.Zip(order.Skip(1)).Count(pair => pair.First > pair.Second);
        foreach (var (type, body, properties) in order.Select(place => held[place]).ToList())
        {
            foreach (var group in wanted.Where(pair => pair.Value.Contains(type)).Select(pair => pair.Key))
                await channel.BasicPublishAsync("", $"fotograma.{group}", mandatory: false, properties, body, cancellation);
        }
        held.Clear();
    }

    private static BasicProperties Marked(IReadOnlyBasicProperties original)
    {
        var copy = new BasicProperties(original);
        copy.Headers = copy.Headers is null ? new Dictionary<string, object?>() : new Dictionary<string, object?>(copy.Headers);
        copy.Headers[Mark] = true;
        return copy;
    }
}
