using Confluent.Kafka;
using Fotograma.Messaging.Kafka.Broker;

namespace Fotograma.Messaging.Kafka.Publishing;

/// <summary>A record on its way to a partition, or to whichever partition its key belongs to.</summary>
internal sealed record Outgoing(string Topic, int? Partition, byte[] Key, byte[] Body, Headers Headers);

/// <summary>
/// The idempotent producer of this process: what the brokers' copies in sync have, is sent; what they do not have in time, throws. One that the brokers
/// will not hear any more is replaced.
/// </summary>
internal sealed class EventProducer(KafkaClients clients, KafkaOptions options) : IDisposable
{
    private readonly Lock gate = new();
    private IProducer<byte[], byte[]>? current;
    private bool closed;

    /// <summary>Sends in the order given; records of one partition stay in it.</summary>
    public async Task SendAsync(IReadOnlyCollection<Outgoing> records, CancellationToken cancellation)
    {
        var producer = Current();
        try
        {
            // Started one by one before any is awaited: the client keeps their order and sends them together.
            var sent = records.Select(record => SendOneAsync(producer, record, cancellation)).ToList();
            await Task.WhenAll(sent);
        }
        catch (KafkaException exception)
        {
            if (exception.Error.IsFatal) Drop(producer);
            throw new BrokerException(
                $"The Kafka brokers did not take an event within {options.PublishTimeoutSeconds} seconds: {exception.Error.Reason}", exception, exception.Error.Code);
        }
    }

    public void Dispose()
    {
        IProducer<byte[], byte[]>? last;
        lock (gate)
        {
            closed = true;
            (last, current) = (current, null);
        }
        last?.Dispose();
    }

    private static Task<DeliveryResult<byte[], byte[]>> SendOneAsync(IProducer<byte[], byte[]> producer, Outgoing record, CancellationToken cancellation)
    {
        var message = new Message<byte[], byte[]> { Key = record.Key, Value = record.Body, Headers = record.Headers };
        return record.Partition is { } partition
            ? producer.ProduceAsync(new TopicPartition(record.Topic, partition), message, cancellation)
            : producer.ProduceAsync(record.Topic, message, cancellation);
    }

    private IProducer<byte[], byte[]> Current()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (current is not null) return current;
            IProducer<byte[], byte[]>? made = null;
            made = clients.Producer(_ => Drop(made));
            return current = made;
        }
    }

    // Disposing waits for the client's threads, one of which this may be.
    private void Drop(IProducer<byte[], byte[]>? broken)
    {
        lock (gate)
        {
            if (broken is null || current != broken) return;
            current = null;
        }
        _ = Task.Run(broken.Dispose);
    }
}
