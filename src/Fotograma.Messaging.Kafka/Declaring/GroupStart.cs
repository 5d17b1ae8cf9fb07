using Confluent.Kafka;
using Fotograma.Messaging.Kafka.Broker;

namespace Fotograma.Messaging.Kafka.Declaring;

/// <summary>
/// Gives a new group its place: behind what was published before it subscribed, before everything that comes after. A group that has a place keeps it.
/// </summary>
internal sealed class GroupStart(KafkaClients clients, KafkaOptions options)
{
    /// <summary>Sets the place in every partition of which the group knows nothing yet, topic by topic.</summary>
    /// <param name="group">The group's name on the brokers.</param>
    /// <param name="topics">All topics of events that it reads.</param>
    /// <param name="traces">Topics in which only this group leaves anything.</param>
    /// <param name="cancellation">Comes too late for a question that is being asked.</param>
    public Task EnsureAsync(
        string group, IReadOnlyCollection<IReadOnlyList<TopicPartition>> topics, IEnumerable<TopicPartition> traces, CancellationToken cancellation) => Task.Run(() =>
    {
        try
        {
            using var reader = clients.Reader(group);
            Ensure(reader, topics, traces);
        }
        catch (KafkaException exception)
        {
            throw new BrokerException($"The place of the Kafka group {group} could not be read or set: {clients.LastError ?? exception.Error.Reason}", exception, exception.Error.Code);
        }
    }, cancellation);

    /// <summary>Gives the group the first place in topics that were just made, where it has none yet.</summary>
    public Task BeginAsync(string group, IReadOnlyList<TopicPartition> made, CancellationToken cancellation) => Task.Run(() =>
    {
        try
        {
            using var reader = clients.Reader(group);
            var unknown = reader.Committed(made, options.RequestTimeout).Where(place => place.Offset == Offset.Unset);
            Commit(reader, [.. unknown.Select(place => new TopicPartitionOffset(place.TopicPartition, 0))]);
        }
        catch (KafkaException exception)
        {
            throw new BrokerException($"The place of the Kafka group {group} could not be set: {clients.LastError ?? exception.Error.Reason}", exception, exception.Error.Code);
        }
    }, cancellation);

    // The end of a partition is read before the group is asked again whether it has a place. If another process has set it meanwhile, and published right
    // after, the end read here lies before that event: setting it once more can repeat events, never pass one over.
    private void Ensure(IConsumer<byte[], byte[]> reader, IReadOnlyCollection<IReadOnlyList<TopicPartition>> topics, IEnumerable<TopicPartition> traces)
    {
        var fresh = FreshTopics(reader, topics);
        if (fresh.Count == 0) return;
        // The brokers forget the places of a group that was away for long. One that ever left something behind is not new: it reads what is still there from the beginning.
        if (fresh.Count == topics.Count && traces.Any(partition => reader.QueryWatermarkOffsets(partition, options.RequestTimeout).High > 0)) return;
        var ends = fresh.SelectMany(topic => topic).ToDictionary(partition => partition, partition => reader.QueryWatermarkOffsets(partition, options.RequestTimeout).High);
        var start = FreshTopics(reader, fresh).SelectMany(topic => topic).Select(partition => new TopicPartitionOffset(partition, ends[partition])).ToList();
        Commit(reader, start);
    }

    private static void Commit(IConsumer<byte[], byte[]> reader, List<TopicPartitionOffset> start)
    {
        if (start.Count == 0) return;
        try
        {
            reader.Commit(start);
        }
        catch (KafkaException exception) when (Codes(exception).All(code => code is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress))
        {
            // The group has members at work, which read new topics from their beginning.
        }
    }

    private static IEnumerable<ErrorCode> Codes(KafkaException exception) => exception is TopicPartitionOffsetException each
        ? each.Results.Where(result => result.Error.IsError).Select(result => result.Error.Code)
        : [exception.Error.Code];

    // A topic of which the group has a place in some partitions only got more of them since: those are read from their beginning.
    private List<IReadOnlyList<TopicPartition>> FreshTopics(IConsumer<byte[], byte[]> reader, IReadOnlyCollection<IReadOnlyList<TopicPartition>> topics)
    {
        if (topics.Count == 0) return [];
        var places = reader.Committed(topics.SelectMany(topic => topic), options.RequestTimeout).ToLookup(place => place.Topic, place => place.Offset);
        return [.. topics.Where(topic => places[topic[0].Topic].All(offset => offset == Offset.Unset))];
    }
}
