using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Fotograma.Messaging.RabbitMq.Consuming;

/// <summary>
/// One free slot, shown to the broker as a consumer that is given one event at a time. A channel has as many of them as the group's member has free slots, so nothing is
/// fetched that would have to wait here while another member is idle.
/// </summary>
internal sealed class SlotConsumer(IChannel channel, string tag, Action<SlotConsumer, Arrival> arrived, Action<string> ended) : IAsyncBasicConsumer
{
    public IChannel Channel { get; } = channel;

    public string Tag { get; } = tag;

    /// <summary>What it is about. This and the next two are guarded by the board.</summary>
    public SlotState State { get; set; }

    /// <summary>The event it brought, until that is settled.</summary>
    public Arrival? Arrival { get; set; }

    /// <summary>Timestamp of the last change.</summary>
    public long Since { get; set; }

    public Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        // The client takes its buffer back when this returns.
        arrived(this, new Arrival(deliveryTag, properties, body.ToArray()));
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        ended("The broker ended the consumption: the queue was deleted, or its node went away.");
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        ended($"The channel was closed: {reason.ReplyText}.");
        return Task.CompletedTask;
    }
}

/// <summary>One message as it came.</summary>
internal sealed record Arrival(ulong Tag, IReadOnlyBasicProperties Properties, byte[] Body);
