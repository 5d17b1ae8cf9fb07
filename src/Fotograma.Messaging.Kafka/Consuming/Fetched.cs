using Confluent.Kafka;
using Fotograma.Messages;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Kafka.Consuming;

/// <summary>A record that was fetched and is not settled. There is no delivery where the body is not an event, and then the fault says why.</summary>
internal sealed class Fetched
{
    public required TopicPartition Partition { get; init; }

    public required long Offset { get; init; }

    /// <summary>The broker's, in Unix milliseconds; with the offset it tells a record from one that took its place after the topic was made anew.</summary>
    public required long Timestamp { get; init; }

    public required byte[] Key { get; init; }

    public required byte[] Body { get; init; }

    public Delivery? Delivery { get; init; }

    public string? Fault { get; init; }

    /// <summary>Not to be handled before; null when it may be at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Being handled.</summary>
    public bool IsRunning { get; set; }

    /// <summary>Its partition is another member's by now: what becomes of it here does not count.</summary>
    public bool IsForsaken { get; set; }

    /// <summary>Tells its handler to stop.</summary>
    public CancellationTokenSource? Stopping { get; set; }

    public string Subject => Delivery?.Event.Subject ?? "";

    public int Attempt { get; init; }

    public static Fetched Of(ConsumeResult<byte[], byte[]> record)
    {
        var body = record.Message.Value ?? [];
        var happened = CloudEvent.TryFromJson(body, out var fault);
        var attempt = (int)Math.Clamp(record.Message.Headers.Number(RecordHeaders.Attempt) ?? 1, 1, int.MaxValue - 1);
        return new Fetched
        {
            Partition = record.TopicPartition,
            Offset = record.Offset.Value,
            Timestamp = record.Message.Timestamp.UnixTimestampMs,
            Key = record.Message.Key ?? [],
            Body = body,
            Delivery = happened is null ? null : new Delivery(happened, attempt) { FirstAt = record.Message.Headers.Time(RecordHeaders.FirstRetryAt) },
            Fault = fault,
            NotBefore = record.Message.Headers.Time(RecordHeaders.NotBefore),
            Attempt = attempt,
        };
    }

    public override string ToString() => $"{Partition.Topic} [{Partition.Partition.Value}] @{Offset}";
}
