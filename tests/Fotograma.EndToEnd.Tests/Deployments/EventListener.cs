using System.Text;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>A program of somebody else that listens to every event on RabbitMQ.</summary>
internal sealed class EventListener : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Channel<(string Type, string Trace)> events = Channel.CreateUnbounded<(string, string)>();
    private readonly IConnection connection;
    private readonly IChannel channel;

    private EventListener(IConnection connection, IChannel channel) => (this.connection, this.channel) = (connection, channel);

    public static async Task<EventListener> BeginAsync(int port, string virtualHost, CancellationToken cancellation)
    {
        var factory = new ConnectionFactory { HostName = "127.0.0.1", Port = port, VirtualHost = virtualHost };
        var connection = await factory.CreateConnectionAsync(cancellation);
        var listener = new EventListener(connection, await connection.CreateChannelAsync(cancellationToken: cancellation));
        await listener.ListenAsync(cancellation);
        return listener;
    }

    /// <summary>Waits for one event of each of these types and gives the trace that its headers name, with what was noted beside it.</summary>
    public async Task<Dictionary<string, string>> TracesAsync(IReadOnlyCollection<string> types, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(Patience);
        var traces = new Dictionary<string, string>();
        while (!types.All(traces.ContainsKey))
        {
            var (type, trace) = await events.Reader.ReadAsync(bound.Token);
            traces[type] = trace;
        }
        return traces;
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        var queue = await channel.QueueDeclareAsync(cancellationToken: cancellation);
        await channel.QueueBindAsync(queue.QueueName, "fotograma.events", "#", cancellationToken: cancellation);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, came) =>
        {
            events.Writer.TryWrite((came.RoutingKey, $"{Header("traceparent")} {Header("tracestate")}"));
            return Task.CompletedTask;

            string Header(string name) => came.BasicProperties.Headers?.TryGetValue(name, out var value) == true && value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : "";
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer, cancellation);
    }
}
