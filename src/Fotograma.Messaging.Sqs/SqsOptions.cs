using System.Text.RegularExpressions;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Messaging.Sqs;

/// <summary>How Amazon SQS, or something that speaks its protocol, is reached and used.</summary>
public sealed partial class SqsOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sqs";

    /// <summary>The region; empty means what the environment, the profile or the machine says.</summary>
    public string Region { get; set; } = "";

    /// <summary>Address of an SQS that is not the region's own: an emulator, or the endpoint of a private network.</summary>
    public string ServiceUrl { get; set; } = "";

    /// <summary>Access key; without it, the usual chain of the SDK: environment, profile, role of the machine.</summary>
    public string? AccessKey { get; set; }

    /// <summary>Secret key; goes together with the access key.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Token of temporary keys.</summary>
    public string? SessionToken { get; set; }

    /// <summary>What the names of all queues start with; the group's name follows.</summary>
    public string QueuePrefix { get; set; } = "fotograma-";

    /// <summary>What follows the queue's name in the name of its dead letter queue.</summary>
    public string DeadLetterSuffix { get; set; } = "-dead";

    /// <summary>Queues that are called otherwise.</summary>
    public SqsQueueNames Queues { get; set; } = new();

    /// <summary>True: what is missing is made at the start. False: it is only looked for, and what is missing is named.</summary>
    public bool Declare { get; set; } = true;

    /// <summary>How new queues keep their events on disk.</summary>
    public SqsEncryption Encryption { get; set; } = SqsEncryption.Managed;

    /// <summary>The key for <see cref="SqsEncryption.Kms"/>: an id, an ARN or an alias.</summary>
    public string? KmsKeyId { get; set; }

    /// <summary>How long a data key is used before KMS is asked for another one, in seconds (60 to 86400).</summary>
    public int KmsDataKeySeconds { get; set; } = 300;

    /// <summary>How long new queues keep what nobody takes, in days (1 to 14); dead letters are kept for 14.</summary>
    public int RetentionDays { get; set; } = 14;

    /// <summary>Receives after which SQS itself moves an event to the dead letter queue (100 to 1000): a last resort, far above what is counted here.</summary>
    public int LastResortReceives { get; set; } = 1000;

    /// <summary>How long an empty queue is listened to in one request, in seconds (1 to 20).</summary>
    public int WaitSeconds { get; set; } = 20;

    /// <summary>Bound on one call with all its repetitions, in seconds (1 to 120).</summary>
    public int CallSecondsMax { get; set; } = 15;

    /// <summary>How often a call, or an entry of a batch, that failed for no fault of its own is repeated (0 to 10).</summary>
    public int RetriesMax { get; set; } = 3;

    /// <summary>Largest message, in bytes, with its attributes (16384 to 1048576); 4096 of them are kept free for the reason of a dead letter.</summary>
    public int MessageBytesMax { get; set; } = 262_144;

    /// <inheritdoc/>
    public IEnumerable<string> Problems() => AddressProblems().Concat(QueueProblems()).Concat(LimitProblems());

    private IEnumerable<string> AddressProblems()
    {
        if (ServiceUrl.Length > 0 && !(Uri.TryCreate(ServiceUrl, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            yield return "ServiceUrl must be an http or https address.";
        if ((AccessKey is null) != (SecretKey is null)) yield return "AccessKey and SecretKey go together: set both or neither.";
        if (SessionToken is not null && AccessKey is null) yield return "SessionToken goes together with AccessKey and SecretKey.";
        if (Encryption == SqsEncryption.Kms && string.IsNullOrEmpty(KmsKeyId)) yield return "KmsKeyId must name a key when Encryption is Kms.";
    }

    private IEnumerable<string> QueueProblems()
    {
        if (!NamePart().IsMatch(QueuePrefix)) yield return "QueuePrefix must be at most 40 letters, digits, hyphens and underscores.";
        if (!NamePart().IsMatch(DeadLetterSuffix) || DeadLetterSuffix.Length == 0) yield return "DeadLetterSuffix must be 1 to 40 letters, digits, hyphens and underscores.";
        foreach (var queue in Queues.All().Where(queue => queue.EndsWith(".fifo", StringComparison.Ordinal)))
            yield return $"Queues must be standard queues; {queue} is a FIFO queue.";
    }

    private IEnumerable<string> LimitProblems()
    {
        if (KmsDataKeySeconds is < 60 or > 86_400) yield return "KmsDataKeySeconds must lie between 60 and 86400.";
        if (RetentionDays is < 1 or > 14) yield return "RetentionDays must lie between 1 and 14.";
        if (LastResortReceives is < 100 or > 1000) yield return "LastResortReceives must lie between 100 and 1000.";
        if (WaitSeconds is < 1 or > 20) yield return "WaitSeconds must lie between 1 and 20.";
        if (CallSecondsMax is < 1 or > 120) yield return "CallSecondsMax must lie between 1 and 120.";
        if (RetriesMax is < 0 or > 10) yield return "RetriesMax must lie between 0 and 10.";
        if (MessageBytesMax is < 16_384 or > 1_048_576) yield return "MessageBytesMax must lie between 16384 and 1048576.";
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{0,40}$")]
    private static partial Regex NamePart();
}

/// <summary>How new queues keep their events on disk.</summary>
public enum SqsEncryption
{
    /// <summary>With keys of SQS.</summary>
    Managed,

    /// <summary>With a key of KMS.</summary>
    Kms,

    /// <summary>As they are.</summary>
    None,
}

/// <summary>Queues that are not called prefix and group: a name or a URL. Their dead letter queues are those of their redrive policies.</summary>
public sealed class SqsQueueNames
{
    /// <summary>The queue of the group <c>auth</c>.</summary>
    public string? Auth { get; set; }

    /// <summary>The queue of the group <c>video</c>.</summary>
    public string? Video { get; set; }

    /// <summary>The queue of the group <c>worker</c>.</summary>
    public string? Worker { get; set; }

    /// <summary>The queue of the group <c>notify</c>.</summary>
    public string? Notify { get; set; }

    internal string? Of(string group) => group switch
    {
        "auth" => Auth,
        "video" => Video,
        "worker" => Worker,
        "notify" => Notify,
        _ => null,
    };

    internal IEnumerable<string> All() => new[] { Auth, Video, Worker, Notify }.OfType<string>();
}
