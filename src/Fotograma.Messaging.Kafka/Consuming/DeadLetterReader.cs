using Confluent.Kafka;
using Fotograma.Messages;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Kafka.Consuming;

/// <summary>Reads a group's dead letters from the first to the last, without taking them away.</summary>
internal sealed class DeadLetterReader(KafkaClients clients, TopicNames names, KafkaOptions options, TimeProvider clock)
{
    private static readonly TimeSpan PollFor = TimeSpan.FromMilliseconds(50);

    public IReadOnlyList<DeadLetter> Read(string group, int limit, CancellationToken cancellation)
    {
        using var reader = clients.Reader($"{names.Group(group)}.dead-letters");
        var letters = new List<DeadLetter>();
        reader.Assign(new TopicPartitionOffset(names.DeadLetters(group), 0, Offset.Beginning));
        var lastSign = clock.GetTimestamp();
        while (letters.Count < limit)
        {
            cancellation.ThrowIfCancellationRequested();
            var record = Next(reader, group);
            if (record is { IsPartitionEOF: true }) break;
            if (record is not null)
            {
                letters.Add(Letter(record));
                lastSign = clock.GetTimestamp();
            }
            else if (clock.GetElapsedTime(lastSign) > options.RequestTimeout)
            {
                throw new BrokerException($"The dead letters of {group} could not be read: {clients.LastError ?? "the Kafka brokers do not answer"}", null);
            }
        }
        return letters;
    }

    private static ConsumeResult<byte[], byte[]>? Next(IConsumer<byte[], byte[]> reader, string group)
    {
        try
        {
            return reader.Consume(PollFor);
        }
        catch (ConsumeException exception) when (exception.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic)
        {
            throw new BrokerException($"{group} has no topic for its dead letters.", exception, exception.Error.Code);
        }
        catch (ConsumeException)
        {
            return null;
        }
    }

    private static DeadLetter Letter(ConsumeResult<byte[], byte[]> record)
    {
        var body = record.Message.Value ?? [];
        var headers = record.Message.Headers;
        return new DeadLetter(
            CloudEvent.TryFromJson(body, out _), body, headers.Text(RecordHeaders.Reason) ?? "no reason was kept",
            headers.Time(RecordHeaders.At) ?? DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, record.Message.Timestamp.UnixTimestampMs)));
    }
}
