using System.Globalization;
using Confluent.Kafka;
using Fotograma.Messages;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Kafka.Publishing;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Kafka.Consuming;

/// <summary>A dead letter where it lies.</summary>
internal sealed record KeptLetter(long Offset, byte[] Key, DeadLetter Letter);

/// <summary>What a look over all of a group's dead letters finds: which were given to the group once more, and where the topic ended then.</summary>
internal sealed record LettersSeen(HashSet<long> Gone, long End);

/// <summary>
/// Reads a group's dead letters from the first to the last. Nothing can be taken out of a topic: behind letters that were given to the group once more lies a note
/// that names them, and they are passed over from then on.
/// </summary>
internal sealed class DeadLetterReader(KafkaClients clients, TopicNames names, KafkaOptions options, TimeProvider clock)
{
    private static readonly TimeSpan PollFor = TimeSpan.FromMilliseconds(50);

    public IReadOnlyList<DeadLetter> Read(string group, int limit, CancellationToken cancellation)
    {
        var seen = Look(group, cancellation);
        return [.. Read(group, seen, 0, limit, cancellation).Select(kept => kept.Letter)];
    }

    /// <summary>Reads the topic for its notes.</summary>
    public LettersSeen Look(string group, CancellationToken cancellation)
    {
        var (gone, end) = (new HashSet<long>(), 0L);
        foreach (var record in Records(group, 0, cancellation))
        {
            gone.UnionWith(RedrivenIn(record) ?? []);
            end = record.Offset.Value + 1;
        }
        return new LettersSeen(gone, end);
    }

    /// <summary>Reads letters that were there when the topic was looked at and have not gone, from an offset on.</summary>
    public IReadOnlyList<KeptLetter> Read(string group, LettersSeen seen, long from, int limit, CancellationToken cancellation) =>
    [
        .. Records(group, from, cancellation).TakeWhile(record => record.Offset.Value < seen.End)
            .Where(record => !seen.Gone.Contains(record.Offset.Value) && RedrivenIn(record) is null)
            .Select(record => new KeptLetter(record.Offset.Value, record.Message.Key ?? [], Letter(record))).Take(limit),
    ];

    /// <summary>The note that letters were given to the group once more.</summary>
    public Outgoing NoteOf(string group, IEnumerable<KeptLetter> given) => new(
        names.DeadLetters(group), 0, [], [],
        new Headers().With(RecordHeaders.Redriven, string.Join(',', given.Select(kept => kept.Offset.ToString(CultureInfo.InvariantCulture)))));

    private IEnumerable<ConsumeResult<byte[], byte[]>> Records(string group, long from, CancellationToken cancellation)
    {
        using var reader = clients.Reader($"{names.Group(group)}.dead-letters");
        // An offset that is not kept any more is the same as the first that is.
        reader.Assign(new TopicPartitionOffset(names.DeadLetters(group), 0, from == 0 ? Offset.Beginning : from));
        var lastSign = clock.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var record = Next(reader, group);
            if (record is { IsPartitionEOF: true }) yield break;
            if (record is not null)
            {
                yield return record;
                lastSign = clock.GetTimestamp();
            }
            else if (clock.GetElapsedTime(lastSign) > options.RequestTimeout)
            {
                throw new BrokerException($"The dead letters of {group} could not be read: {clients.LastError ?? "the Kafka brokers do not answer"}", null);
            }
        }
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

    // Null where the record is a letter and no note.
    private static IEnumerable<long>? RedrivenIn(ConsumeResult<byte[], byte[]> record) =>
        record.Message.Headers.Text(RecordHeaders.Redriven)?.Split(',').Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : -1);

    private static DeadLetter Letter(ConsumeResult<byte[], byte[]> record)
    {
        var body = record.Message.Value ?? [];
        var headers = record.Message.Headers;
        return new DeadLetter(
            CloudEvent.TryFromJson(body, out _), body, headers.Text(RecordHeaders.Reason) ?? "no reason was kept",
            headers.Time(RecordHeaders.At) ?? DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, record.Message.Timestamp.UnixTimestampMs)));
    }
}
