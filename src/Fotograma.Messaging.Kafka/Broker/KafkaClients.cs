using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Kafka.Broker;

/// <summary>Makes the clients of this process, all with the same address, protection and bounds.</summary>
internal sealed partial class KafkaClients(KafkaOptions options, TimeProvider clock, ILogger log)
{
    private const int StatisticsMilliseconds = 500;
    private const int CommitMilliseconds = 250;
    private const int QueuedKibibytesMax = 16 * 1024;
    private const int QueuedEventsMin = 1000;
    private static readonly TimeSpan WarnAgain = TimeSpan.FromSeconds(30);
    private volatile string? lastError;
    private long warned;

    /// <summary>The last thing that went wrong with a connection, for the operator; null when nothing did.</summary>
    public string? LastError => lastError;

    public IProducer<byte[], byte[]> Producer(Action<Error> fatal) => new ProducerBuilder<byte[], byte[]>(ProducerConfig())
        .SetErrorHandler((_, error) =>
        {
            Note(error);
            if (error.IsFatal) fatal(error);
        })
        .SetLogHandler((_, message) => Log(message)).Build();

    /// <summary>A client for questions about the cluster.</summary>
    /// <param name="makesTopics">Whether asking about a topic makes it, where the brokers do that.</param>
    public IAdminClient Admin(bool makesTopics = true) => new AdminClientBuilder(Common(new AdminClientConfig { AllowAutoCreateTopics = makesTopics }))
        .SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, message) => Log(message)).Build();

    /// <summary>A member of a group, still without handlers of its own.</summary>
    public ConsumerBuilder<byte[], byte[]> Member(string group) => new ConsumerBuilder<byte[], byte[]>(MemberConfig(group))
        .SetLogHandler((_, message) => Log(message));

    /// <summary>Reads topics, and a group's place in them, without becoming a member.</summary>
    public IConsumer<byte[], byte[]> Reader(string group) => new ConsumerBuilder<byte[], byte[]>(Common(new ConsumerConfig
    {
        GroupId = group,
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        FetchWaitMaxMs = options.FetchWaitMilliseconds,
    })).SetErrorHandler((_, error) => Note(error)).SetLogHandler((_, message) => Log(message)).Build();

    /// <summary>Remembers an error of a connection; the client itself goes on trying.</summary>
    public void Note(Error error)
    {
        lastError = error.Reason;
        if (error.Code == ErrorCode.Local_AllBrokersDown && MayWarn()) LogAllDown(error.Reason);
        else LogError(error.Code, error.Reason);
    }

    // Every client says it, and again at every attempt.
    private bool MayWarn()
    {
        var (now, before) = (clock.GetTimestamp(), Interlocked.Read(ref warned));
        return (before == 0 || clock.GetElapsedTime(before, now) > WarnAgain) && Interlocked.CompareExchange(ref warned, now, before) == before;
    }

    internal ProducerConfig ProducerConfig() => Common(new ProducerConfig
    {
        Acks = Acks.All,
        EnableIdempotence = true,
        MessageTimeoutMs = options.PublishTimeoutSeconds * 1000,
        LingerMs = 1,
        // The partitioner of the Java clients, so that foreign publishers put a subject where Fotograma does.
        Partitioner = Partitioner.Murmur2Random,
    });

    internal ConsumerConfig MemberConfig(string group) => Common(new ConsumerConfig
    {
        GroupId = group,
        GroupInstanceId = string.IsNullOrEmpty(options.InstanceId) ? null : options.InstanceId.Replace("{machine}", Environment.MachineName, StringComparison.Ordinal),
        // Only what was stored after its settlement is committed; the client does that at short intervals, before it gives partitions back and when it leaves.
        EnableAutoCommit = true,
        EnableAutoOffsetStore = false,
        AutoCommitIntervalMs = CommitMilliseconds,
        // A group without a place begins with what is still there: events may come again, but none is passed over.
        AutoOffsetReset = AutoOffsetReset.Earliest,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range,
        SessionTimeoutMs = options.SessionTimeoutSeconds * 1000,
        HeartbeatIntervalMs = Math.Min(3000, options.SessionTimeoutSeconds * 1000 / 5),
        MaxPollIntervalMs = Math.Max(options.PollSecondsMax, options.SessionTimeoutSeconds) * 1000,
        FetchWaitMaxMs = options.FetchWaitMilliseconds,
        QueuedMinMessages = QueuedEventsMin,
        QueuedMaxMessagesKbytes = QueuedKibibytesMax,
        StatisticsIntervalMs = StatisticsMilliseconds,
    });

    private T Common<T>(T config) where T : ClientConfig
    {
        config.BootstrapServers = options.Servers;
        config.ClientId = "fotograma";
        config.SocketKeepaliveEnable = true;
        config.SocketTimeoutMs = Math.Max(options.RequestTimeoutSeconds * 1000, options.FetchWaitMilliseconds + 1000);
        config.ReconnectBackoffMs = 100;
        config.ReconnectBackoffMaxMs = 2000;
        config.LogConnectionClose = false;
        var user = !string.IsNullOrEmpty(options.User);
        config.SecurityProtocol = (options.Security, user) switch
        {
            (KafkaSecurity.Tls, true) => SecurityProtocol.SaslSsl,
            (KafkaSecurity.Tls, false) => SecurityProtocol.Ssl,
            (_, true) => SecurityProtocol.SaslPlaintext,
            _ => SecurityProtocol.Plaintext,
        };
        if (user) AddUser(config);
        if (options.Security == KafkaSecurity.Tls) AddTls(config);
        return config;
    }

    private void AddUser(ClientConfig config)
    {
        config.SaslMechanism = options.Mechanism switch
        {
            KafkaMechanism.Plain => SaslMechanism.Plain,
            KafkaMechanism.ScramSha256 => SaslMechanism.ScramSha256,
            _ => SaslMechanism.ScramSha512,
        };
        config.SaslUsername = options.User;
        config.SaslPassword = options.Password;
    }

    private void AddTls(ClientConfig config)
    {
        config.SslEndpointIdentificationAlgorithm = SslEndpointIdentificationAlgorithm.Https;
        if (!string.IsNullOrEmpty(options.CaFile)) config.SslCaLocation = options.CaFile;
        if (string.IsNullOrEmpty(options.CertificateFile)) return;
        config.SslCertificateLocation = options.CertificateFile;
        config.SslKeyLocation = options.KeyFile;
        if (!string.IsNullOrEmpty(options.KeyPassword)) config.SslKeyPassword = options.KeyPassword;
    }

    private void Log(LogMessage message) => LogClient(message.Facility, message.Message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No Kafka broker can be reached ({Reason}); trying again until one can.")]
    private partial void LogAllDown(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A Kafka connection failed with {Code}: {Reason}")]
    private partial void LogError(ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Kafka client, {Facility}: {Text}")]
    private partial void LogClient(string facility, string text);
}
