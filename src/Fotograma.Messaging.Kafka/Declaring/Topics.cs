using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Fotograma.Messaging.Kafka.Broker;

namespace Fotograma.Messaging.Kafka.Declaring;

/// <summary>A topic as it should be.</summary>
/// <param name="Name">Its name on the brokers.</param>
/// <param name="Partitions">How many partitions it gets where it is made here.</param>
/// <param name="Retention">How long it keeps what it is given; null for ever.</param>
internal sealed record Topic(string Name, int Partitions, TimeSpan? Retention);

/// <summary>Makes topics, has them made, or looks whether they are there, as the settings say; remembers those that were seen.</summary>
internal sealed class Topics(KafkaClients clients, KafkaOptions options, TimeProvider clock)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<string, int> known = new(StringComparer.Ordinal);

    /// <summary>A topic that holds events or retries.</summary>
    public Topic Events(string name) => new(name, options.Partitions, TimeSpan.FromHours(options.RetentionHours));

    /// <summary>A topic that holds dead letters. They are all in one partition, because they are read in their order.</summary>
    public Topic DeadLetters(string name) =>
        new(name, 1, options.DeadLetterRetentionDays == 0 ? null : TimeSpan.FromDays(options.DeadLetterRetentionDays));

    public IEnumerable<TopicPartition> PartitionsOf(string name) => Enumerable.Range(0, known[name]).Select(partition => new TopicPartition(name, partition));

    /// <summary>Forgets what was seen: the brokers say it is not there any more.</summary>
    public void Forget() => known.Clear();

    /// <summary>Sees to it that the topics are there.</summary>
    /// <param name="wanted">The topics.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="named">What a sentence about topics that could not be made names, where that is more than those that are made here.</param>
    /// <returns>Those that are missing and may not be made.</returns>
    public async Task<IReadOnlyList<string>> EnsureAsync(IReadOnlyCollection<Topic> wanted, CancellationToken cancellation, IReadOnlyList<string>? named = null)
    {
        var unknown = wanted.Where(topic => !known.ContainsKey(topic.Name)).DistinctBy(topic => topic.Name).ToList();
        if (unknown.Count == 0) return [];
        // The client library asks in blocking calls.
        using var admin = await Task.Run(() => clients.Admin(), cancellation);
        if (options.Declare == KafkaDeclaration.AutoCreate)
        {
            foreach (var topic in unknown) await AppearAsync(topic.Name, () => OneAsync(admin, topic.Name, cancellation), cancellation);
            return [];
        }
        Note(await AllAsync(admin, cancellation));
        var missing = unknown.Where(topic => !known.ContainsKey(topic.Name)).ToList();
        if (missing.Count == 0 || options.Declare == KafkaDeclaration.Check) return [.. missing.Select(topic => topic.Name)];
        await CreateAsync(admin, missing, named ?? [.. missing.Select(topic => topic.Name)]);
        foreach (var topic in missing) await AppearAsync(topic.Name, () => AllAsync(admin, cancellation), cancellation);
        return [];
    }

    /// <summary>Looks for topics that were not seen yet, and makes none.</summary>
    /// <returns>Those that are missing.</returns>
    public async Task<IReadOnlyList<string>> FindAsync(IReadOnlyCollection<Topic> wanted, CancellationToken cancellation)
    {
        if (wanted.All(topic => known.ContainsKey(topic.Name))) return [];
        using var admin = await Task.Run(() => clients.Admin(), cancellation);
        Note(await AllAsync(admin, cancellation));
        return [.. wanted.Select(topic => topic.Name).Where(name => !known.ContainsKey(name)).Distinct()];
    }

    /// <summary>Those of the topics that are missing, whatever was seen before; none is made.</summary>
    public async Task<IReadOnlyList<string>> MissingAsync(IReadOnlyCollection<Topic> wanted, CancellationToken cancellation)
    {
        using var admin = await Task.Run(() => clients.Admin(), cancellation);
        var there = (await AllAsync(admin, cancellation)).Topics.Where(IsThere).Select(topic => topic.Topic).ToHashSet(StringComparer.Ordinal);
        return [.. wanted.Select(topic => topic.Name).Where(name => !there.Contains(name)).Distinct()];
    }

    internal static TopicSpecification Specification(Topic topic, int replicas) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.Partitions,
        ReplicationFactor = (short)(replicas == 0 ? -1 : replicas),
        Configs = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = topic.Retention is { } kept ? ((long)kept.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture) : "-1",
        },
    };

    private async Task CreateAsync(IAdminClient admin, List<Topic> missing, IReadOnlyList<string> named)
    {
        try
        {
            await admin.CreateTopicsAsync(
                missing.Select(topic => Specification(topic, options.Replicas)),
                new CreateTopicsOptions { RequestTimeout = options.RequestTimeout, OperationTimeout = options.RequestTimeout });
        }
        catch (CreateTopicsException exception) when (exception.Results.TrueForAll(result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Another process was faster.
        }
        catch (KafkaException exception)
        {
            throw new BrokerException($"The Kafka topics {string.Join(", ", named)} are missing and could not be made: {exception.Message}. Make them and set Kafka:Declare to Check, or allow it.", exception, CodeOf(exception)) { NotMade = true };
        }
    }

    private async Task AppearAsync(string name, Func<Task<Metadata>> ask, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var seen = await ask();
            Note(seen);
            if (known.ContainsKey(name)) return;
            if (clock.GetElapsedTime(began) > options.RequestTimeout)
            {
                var code = seen.Topics.Find(topic => topic.Topic == name)?.Error.Code ?? ErrorCode.Unknown;
                throw new BrokerException(
                    $"The Kafka topic {name} did not appear. The brokers must make topics that are asked for (auto.create.topics.enable) where Kafka:Declare is AutoCreate.", null, code);
            }
            await Task.Delay(LookAgain, clock, cancellation);
        }
    }

    private static ErrorCode CodeOf(KafkaException exception) =>
        exception is CreateTopicsException { Results: var results } && results.Find(result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists) is { } refused
            ? refused.Error.Code
            : exception.Error.Code;

    private void Note(Metadata metadata)
    {
        foreach (var topic in metadata.Topics.Where(IsThere)) known[topic.Topic] = topic.Partitions.Count;
    }

    private static bool IsThere(TopicMetadata topic) => !topic.Error.IsError && topic.Partitions.Count > 0;

    private Task<Metadata> OneAsync(IAdminClient admin, string name, CancellationToken cancellation) =>
        AskAsync(() => admin.GetMetadata(name, options.RequestTimeout), cancellation);

    private Task<Metadata> AllAsync(IAdminClient admin, CancellationToken cancellation) => AskAsync(() => admin.GetMetadata(options.RequestTimeout), cancellation);

    private async Task<Metadata> AskAsync(Func<Metadata> ask, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(ask, cancellation);
        }
        catch (KafkaException exception)
        {
            throw new BrokerException($"The Kafka brokers at {options.Servers} do not say which topics there are: {clients.LastError ?? exception.Error.Reason}", exception, exception.Error.Code);
        }
    }
}
