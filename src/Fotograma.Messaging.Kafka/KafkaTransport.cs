using System.Collections.Concurrent;
using System.Text;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Kafka.Consuming;
using Fotograma.Messaging.Kafka.Declaring;
using Fotograma.Messaging.Kafka.Publishing;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Kafka;

/// <summary>
/// Events on Kafka: a topic for each type, the subject as the key, a consumer group for each group with a topic for its retries and one for its dead letters.
/// Attempts are counted where an event is retried; one that comes again because its consumer died comes with the count it had.
/// </summary>
internal sealed partial class KafkaTransport : ITransport, IDisposable
{
    private readonly KafkaOptions options;
    private readonly MessagingOptions messaging;
    private readonly TimeProvider clock;
    private readonly ILogger<KafkaTransport> log;
    private readonly TopicNames names;
    private readonly KafkaClients clients;
    private readonly EventProducer producer;
    private readonly Topics topics;
    private readonly Inquiry inquiry;
    private readonly ConcurrentDictionary<(string Group, string Topic), bool> started = new();
    // Topics that were found missing, and of which no group was given the beginning since: whoever makes them, what comes into them first is for the groups that were waiting.
    private readonly ConcurrentDictionary<string, bool> missed = new();
    // Topics that no group of Fotograma reads and that the brokers refused to make: they are asked for once, and looked for at every event, as somebody else may make them.
    private readonly ConcurrentDictionary<string, bool> unmade = new();
    private readonly CancellationTokenSource disposed = new();
    // What the last look found: if it vanishes before it is prepared, somebody has to look again, who then knows that what was in it is gone.
    private HashSet<string>? there;

    public KafkaTransport(KafkaOptions options, MessagingOptions messaging, TimeProvider clock, ILogger<KafkaTransport> log)
    {
        (this.options, this.messaging, this.clock, this.log) = (options, messaging, clock, log);
        names = new TopicNames(options);
        clients = new KafkaClients(options, clock, log);
        producer = new EventProducer(clients, options);
        topics = new Topics(clients, options, clock);
        inquiry = new Inquiry(clients, options, names.Of(VideoUploaded.Type));
    }

    public event Action<string, string>? BuriedUnreadable;

    public TransportCapabilities Capabilities { get; } = new("kafka", DelaysRetries: true, OrdersSubjects: true, DropsDuplicates: false, SharesEveryEvent: false);

    public async Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        var wanted = subscriptions.SelectMany(TopicsOf).ToList();
        unmade.Clear();
        var gone = await topics.FindAsync(wanted, cancellation);
        foreach (var topic in gone) missed[topic] = true;
        if (Volatile.Read(ref there) is { } before && gone.Where(before.Contains).ToList() is { Count: > 0 } vanished)
        {
            Volatile.Write(ref there, null);
            throw new BrokerException($"The Kafka topics {string.Join(", ", vanished)} vanished while they were prepared.", null, Confluent.Kafka.ErrorCode.UnknownTopicOrPart);
        }
        await LeaveTracesAsync(subscriptions, gone, cancellation);
        var missing = await topics.EnsureAsync(wanted, cancellation);
        if (missing.Count > 0)
            throw new BrokerException($"The Kafka topics {string.Join(", ", missing)} are missing, and Kafka:Declare is Check. Make them, or let Fotograma do it with Kafka:Declare Create.", null) { IsRefusal = true };
        if (gone.Count > 0) Steps.Reached(Steps.QueueMade);
        // Before anything is published: a process that comes later would take the group for a new one, which begins behind what is there by then.
        string[] fresh = [.. missed.Keys];
        foreach (var subscription in subscriptions) await BeginAsync(subscription, fresh, cancellation);
        foreach (var topic in fresh.Intersect(wanted.Select(topic => topic.Name))) missed.TryRemove(topic, out _);
        foreach (var subscription in subscriptions) await StartAsync(subscription, cancellation);
    }

    public bool IsRefusal(Exception exception) => exception is BrokerException { IsRefusal: true };

    public async Task<TransportLook> LookAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        var wanted = subscriptions.SelectMany(TopicsOf).ToList();
        var missing = await topics.MissingAsync(wanted, cancellation);
        Volatile.Write(ref there, [.. wanted.Select(topic => topic.Name).Except(missing)]);
        return new TransportLook([.. missing.Select(name => $"topic {name}")], options.Declare != KafkaDeclaration.Check)
        {
            Gone = [.. subscriptions.Where(subscription => ReadBy(subscription).Any(missing.Contains)).Select(subscription => subscription.Group)],
        };
    }

    public async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (events.Count == 0) return;
        var all = events.Select(happened => names.Of(happened.Type)).Distinct().Select(topics.Events).ToList();
        // One that a group reads is not made in passing: whoever prepares it has to see that it was missing.
        await FindAsync(all.FindAll(topic => started.Keys.Any(known => known.Topic == topic.Name)), cancellation);
        var nowhere = await EnsureAsync(events, cancellation);
        var records = events.Where(happened => !nowhere.Contains(names.Of(happened.Type))).Select(Record).ToList();
        foreach (var topic in nowhere) LogIntoNothing(topic);
        try
        {
            await producer.SendAsync(records, cancellation);
        }
        catch (BrokerException exception) when (exception.TopicIsMissing)
        {
            topics.Forget();
            throw;
        }
    }

    public async Task ConsumeAsync(
        Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation)
    {
        await FindAsync([.. TopicsOf(subscription)], cancellation);
        await StartAsync(subscription, cancellation);
        var read = ReadBy(subscription).ToList();
        using var consumption = new KafkaConsumption(
            clients, names.Group(subscription.Group), read, new TopicWatch(inquiry, read, clock), slots, handle,
            new Settler(producer, names, subscription.Group, reason => BuriedUnreadable?.Invoke(subscription.Group, reason), clock), options, messaging.PollInterval, clock, log,
            disposed.Token);
        try
        {
            await consumption.RunAsync(cancellation);
        }
        catch (BrokerException exception) when (exception.TopicIsMissing)
        {
            topics.Forget();
            throw;
        }
    }

    public async Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation)
    {
        if (await topics.FindAsync([topics.DeadLetters(names.DeadLetters(subscription.Group))], cancellation) is { Count: > 0 }) return [];
        return await Task.Run(() => Letters().Read(subscription.Group, limit, cancellation), cancellation);
    }

    public async Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation)
    {
        await FindAsync([topics.DeadLetters(names.DeadLetters(subscription.Group)), topics.Events(names.Retries(subscription.Group))], cancellation);
        return await new DeadLetterMover(Letters(), producer, names).MoveAsync(subscription.Group, only, cancellation);
    }

    public Task PingAsync(CancellationToken cancellation) => inquiry.MustAnswerAsync(cancellation);

    /// <summary>Ends everything at once. Consumptions that still run fail; the brokers notice after the session timeout.</summary>
    public void Dispose()
    {
        // Nothing waits on the token with a registration, so that its source need not be disposed of.
        disposed.Cancel();
        producer.Dispose();
        inquiry.Dispose();
    }

    // What no group of Fotograma reads is for programs that somebody may have or not: a topic for it that cannot be made holds nothing up.
    private async Task<HashSet<string>> EnsureAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        var own = events.Where(happened => IsRead(happened.Type)).Select(happened => names.Of(happened.Type)).Distinct();
        var nowhere = (await topics.EnsureAsync([.. own.Select(topics.Events)], cancellation)).ToHashSet(StringComparer.Ordinal);
        foreach (var topic in events.Where(happened => !IsRead(happened.Type)).Select(happened => names.Of(happened.Type)).Distinct())
        {
            if (!await IsThereAsync(topic, cancellation)) nowhere.Add(topic);
        }
        return nowhere;
    }

    private bool IsRead(string type) => Topology.Groups.Values.Any(types => types.Contains(type)) || started.Keys.Any(known => known.Topic == names.Of(type));

    private async Task<bool> IsThereAsync(string topic, CancellationToken cancellation)
    {
        Topic[] wanted = [topics.Events(topic)];
        if (unmade.ContainsKey(topic)) return await topics.FindAsync(wanted, cancellation) is [];
        try
        {
            return await topics.EnsureAsync(wanted, cancellation) is [];
        }
        catch (BrokerException exception) when (exception.NotMade)
        {
            if (exception.IsRefusal) unmade[topic] = true;
            return false;
        }
    }

    private IEnumerable<string> ReadBy(Subscription subscription) => subscription.Types.Select(names.Of).Append(names.Retries(subscription.Group));

    private IEnumerable<Topic> TopicsOf(Subscription subscription) =>
    [
        .. subscription.Types.Select(type => topics.Events(names.Of(type))),
        topics.Events(names.Retries(subscription.Group)),
        topics.DeadLetters(names.DeadLetters(subscription.Group)),
    ];

    private async Task FindAsync(IReadOnlyCollection<Topic> wanted, CancellationToken cancellation)
    {
        if (await topics.FindAsync(wanted, cancellation) is not { Count: > 0 } missing) return;
        foreach (var topic in missing) missed[topic] = true;
        throw new BrokerException($"The Kafka topics {string.Join(", ", missing)} were not made yet or have vanished, though a group reads them.", null, Confluent.Kafka.ErrorCode.UnknownTopicOrPart);
    }

    // Before topics are made: should this process die before the group has its place in them, whoever comes next sees that the group is no new one, and lets it begin at the beginning.
    private async Task LeaveTracesAsync(IReadOnlyCollection<Subscription> subscriptions, IReadOnlyList<string> gone, CancellationToken cancellation)
    {
        if (options.Declare == KafkaDeclaration.Check) return;
        string[] groups = [.. subscriptions.Where(subscription => subscription.Types.Select(names.Of).Any(gone.Contains)).Select(subscription => subscription.Group)];
        if (groups.Length == 0) return;
        await topics.EnsureAsync([.. groups.Select(group => topics.DeadLetters(names.DeadLetters(group)))], cancellation, gone);
        await producer.SendAsync([.. groups.Select(group => Letters().NoteOf(group, []))], cancellation);
    }

    private async Task BeginAsync(Subscription subscription, string[] fresh, CancellationToken cancellation)
    {
        var made = subscription.Types.Select(names.Of).Where(fresh.Contains).ToList();
        if (made.Count == 0) return;
        await new GroupStart(clients, options).BeginAsync(names.Group(subscription.Group), [.. made.SelectMany(topics.PartitionsOf)], cancellation);
        foreach (var topic in made) started[(subscription.Group, topic)] = true;
    }

    // Only what this process has not started yet: when the brokers have lost a group's place since, its events are read from the first one on.
    private async Task StartAsync(Subscription subscription, CancellationToken cancellation)
    {
        var fresh = subscription.Types.Select(names.Of).Where(topic => !started.ContainsKey((subscription.Group, topic))).ToList();
        if (fresh.Count == 0) return;
        var partitions = subscription.Types.Select(type => (IReadOnlyList<Confluent.Kafka.TopicPartition>)[.. topics.PartitionsOf(names.Of(type))]).ToList();
        string[] own = [names.Retries(subscription.Group), names.DeadLetters(subscription.Group)];
        await new GroupStart(clients, options).EnsureAsync(names.Group(subscription.Group), partitions, own.SelectMany(topics.PartitionsOf), cancellation);
        foreach (var topic in fresh) started[(subscription.Group, topic)] = true;
    }

    private DeadLetterReader Letters() => new(clients, names, options, clock);

    private Outgoing Record(CloudEvent happened) =>
        new(names.Of(happened.Type), null, Encoding.UTF8.GetBytes(happened.Subject), happened.ToJson(), RecordHeaders.Of(happened));

    [LoggerMessage(Level = LogLevel.Debug, Message = "Events went nowhere, because nobody made the topic {Topic}.")]
    private partial void LogIntoNothing(string topic);
}
