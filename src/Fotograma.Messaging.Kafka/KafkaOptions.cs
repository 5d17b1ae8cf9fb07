using Fotograma.Kernel.Hosting;

namespace Fotograma.Messaging.Kafka;

/// <summary>How to reach the Kafka brokers, and how to behave there.</summary>
internal sealed class KafkaOptions : ICheckedOptions
{
    public const string Section = "Kafka";

    /// <summary>Some of the brokers, as <c>host:port</c>, separated by commas; the others are learned from them.</summary>
    public string Servers { get; set; } = "localhost:9092";

    /// <summary>What stands before the type of event in the name of its topic.</summary>
    public string TopicPrefix { get; set; } = "";

    /// <summary>What stands before the name of a consumer group, also in the names of its retry and dead-letter topics.</summary>
    public string GroupPrefix { get; set; } = "fotograma.";

    /// <summary>Who makes the topics.</summary>
    public KafkaDeclaration Declare { get; set; } = KafkaDeclaration.Create;

    /// <summary>Partitions of a topic that is made here (1 to 1000): no group can have more members at work.</summary>
    public int Partitions { get; set; } = 12;

    /// <summary>Copies of a topic that is made here (0 to 32); 0 leaves it to the brokers.</summary>
    public int Replicas { get; set; }

    /// <summary>How long events and retries are kept in topics that are made here, in hours (1 to 87600).</summary>
    public int RetentionHours { get; set; } = 168;

    /// <summary>How long dead letters are kept in topics that are made here, in days (0 to 36500); 0 means for ever.</summary>
    public int DeadLetterRetentionDays { get; set; }

    /// <summary>A name that this process keeps over restarts, for static membership; <c>{machine}</c> in it stands for the machine's name.</summary>
    public string? InstanceId { get; set; }

    /// <summary>How long a member may be silent before others get its partitions, in seconds (1 to 1800).</summary>
    public int SessionTimeoutSeconds { get; set; } = 15;

    /// <summary>How long the polling thread may be silent before others get the member's partitions, in seconds (1 to 86400); at least the session timeout.</summary>
    public int PollSecondsMax { get; set; } = 300;

    /// <summary>How long a consumption goes without its brokers before it is given up and begun anew, in seconds (1 to 3600).</summary>
    public int LostAfterSeconds { get; set; } = 30;

    /// <summary>Bound on a publication, from handing over to the acknowledgement of all copies in sync, in seconds (1 to 300).</summary>
    public int PublishTimeoutSeconds { get; set; } = 15;

    /// <summary>Bound on any other question to the brokers, in seconds (1 to 300).</summary>
    public int RequestTimeoutSeconds { get; set; } = 10;

    /// <summary>Events of one partition held ready or waiting for their retry (1 to 10000); no more are fetched above it.</summary>
    public int BufferedEventsMax { get; set; } = 256;

    /// <summary>How long a broker may hold back its answer while there is nothing to fetch, in milliseconds (5 to 10000).</summary>
    public int FetchWaitMilliseconds { get; set; } = 500;

    /// <summary>How the connections are protected.</summary>
    public KafkaSecurity Security { get; set; } = KafkaSecurity.None;

    /// <summary>How the user is proved, where one is given.</summary>
    public KafkaMechanism Mechanism { get; set; } = KafkaMechanism.ScramSha512;

    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>The authorities by which the brokers are known (PEM); without it, those of the system.</summary>
    public string? CaFile { get; set; }

    /// <summary>The certificate by which this client is known (PEM).</summary>
    public string? CertificateFile { get; set; }

    /// <summary>Its key (PEM).</summary>
    public string? KeyFile { get; set; }

    /// <summary>The password of the key.</summary>
    public string? KeyPassword { get; set; }

    public TimeSpan LostAfter => TimeSpan.FromSeconds(LostAfterSeconds);

    public TimeSpan RequestTimeout => TimeSpan.FromSeconds(RequestTimeoutSeconds);

    public IEnumerable<string> Problems() => [.. ProblemsOfNames(), .. ProblemsOfBounds(), .. ProblemsOfSecurity()];

    private IEnumerable<string> ProblemsOfNames()
    {
        if (string.IsNullOrWhiteSpace(Servers)) yield return "Servers must name at least one broker, such as kafka:9092.";
        if (!TopicNames.IsLegalPart(TopicPrefix)) yield return "TopicPrefix may have up to 100 letters, digits, dots, hyphens and underscores.";
        if (!TopicNames.IsLegalPart(GroupPrefix)) yield return "GroupPrefix may have up to 100 letters, digits, dots, hyphens and underscores.";
    }

    private IEnumerable<string> ProblemsOfBounds()
    {
        if (Partitions is < 1 or > 1000) yield return "Partitions must lie between 1 and 1000.";
        if (Replicas is < 0 or > 32) yield return "Replicas must lie between 0 and 32.";
        if (RetentionHours is < 1 or > 87_600) yield return "RetentionHours must lie between 1 and 87600.";
        if (DeadLetterRetentionDays is < 0 or > 36_500) yield return "DeadLetterRetentionDays must lie between 0 and 36500.";
        if (SessionTimeoutSeconds is < 1 or > 1800) yield return "SessionTimeoutSeconds must lie between 1 and 1800.";
        if (PollSecondsMax is < 1 or > 86_400) yield return "PollSecondsMax must lie between 1 and 86400.";
        if (LostAfterSeconds is < 1 or > 3600) yield return "LostAfterSeconds must lie between 1 and 3600.";
        if (PublishTimeoutSeconds is < 1 or > 300) yield return "PublishTimeoutSeconds must lie between 1 and 300.";
        if (RequestTimeoutSeconds is < 1 or > 300) yield return "RequestTimeoutSeconds must lie between 1 and 300.";
        if (BufferedEventsMax is < 1 or > 10_000) yield return "BufferedEventsMax must lie between 1 and 10000.";
        if (FetchWaitMilliseconds is < 5 or > 10_000) yield return "FetchWaitMilliseconds must lie between 5 and 10000.";
    }

    private IEnumerable<string> ProblemsOfSecurity()
    {
        if (string.IsNullOrEmpty(User) != string.IsNullOrEmpty(Password)) yield return "User and Password must be given together.";
        if (!string.IsNullOrEmpty(Password) && Security == KafkaSecurity.None && Mechanism == KafkaMechanism.Plain)
            yield return "Mechanism Plain would send the password in the clear; use Security Tls, or ScramSha256 or ScramSha512.";
        if (string.IsNullOrEmpty(CertificateFile) != string.IsNullOrEmpty(KeyFile)) yield return "CertificateFile and KeyFile must be given together.";
        if (Security == KafkaSecurity.None && !(string.IsNullOrEmpty(CaFile) && string.IsNullOrEmpty(CertificateFile)))
            yield return "CaFile, CertificateFile and KeyFile need Security Tls.";
        foreach (var (name, file) in new[] { ("CaFile", CaFile), ("CertificateFile", CertificateFile), ("KeyFile", KeyFile) })
        {
            if (!string.IsNullOrEmpty(file) && !File.Exists(file)) yield return $"{name} does not exist.";
        }
    }
}

/// <summary>Who makes the topics.</summary>
internal enum KafkaDeclaration
{
    /// <summary>Fotograma, where they are missing.</summary>
    Create,

    /// <summary>The brokers, as soon as somebody asks for a topic (<c>auto.create.topics.enable</c>).</summary>
    AutoCreate,

    /// <summary>The operator. Missing ones are named, and nothing is consumed without them.</summary>
    Check,
}

/// <summary>How connections to the brokers are protected.</summary>
internal enum KafkaSecurity
{
    /// <summary>Not at all; for brokers on a network of one's own.</summary>
    None,

    /// <summary>TLS; the brokers' certificates and names are checked.</summary>
    Tls,
}

/// <summary>How a user is proved to the brokers.</summary>
internal enum KafkaMechanism
{
    Plain,
    ScramSha256,
    ScramSha512,
}
