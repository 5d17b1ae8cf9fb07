using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Amazon.SQS;
using Amazon.SQS.Model;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Sqs;

/// <summary>A group's queue and where its given up events lie.</summary>
internal sealed record SqsQueue(string Url, string DeadLetterUrl);

/// <summary>There is no such queue, and it is not made here.</summary>
internal sealed class QueueMissingException(string message) : InvalidOperationException(message);

/// <summary>The queues of the groups: each its own, with a dead letter queue beside it.</summary>
internal sealed partial class SqsQueues(SqsCalls calls, SqsOptions options, MessagingOptions messaging, ILogger<SqsQueues> log)
{
    private const int SecondsPerDay = 86_400;
    private const int DeadLetterDays = 14;
    private readonly ConcurrentDictionary<string, SqsQueue> known = new(StringComparer.Ordinal);
    private IReadOnlySet<string> there = new HashSet<string>();

    /// <summary>The group's queue; looked for unless it is known, and made by <see cref="PrepareAsync"/> only.</summary>
    public async ValueTask<SqsQueue> OfAsync(string group, CancellationToken cancellation)
    {
        if (known.TryGetValue(group, out var queue)) return queue;
        var missing = new List<string>();
        return await FindAsync(group, make: false, missing, cancellation) ?? throw Missing(missing);
    }

    /// <summary>
    /// Makes the queues of these groups, or only looks for them. What the last look found and is not there any more is not made: somebody has to look again, who then knows that what waited in it
    /// is gone.
    /// </summary>
    public async Task PrepareAsync(IEnumerable<string> groups, CancellationToken cancellation)
    {
        var missing = new List<string>();
        foreach (var group in groups) await FindAsync(group, options.Declare, missing, cancellation);
        if (missing.Count > 0) throw Missing(missing);
    }

    /// <summary>What is not there of the queues of these groups; none is made.</summary>
    public async Task<TransportLook> LookAsync(IReadOnlyCollection<string> groups, CancellationToken cancellation)
    {
        var (missing, gone) = (new List<string>(), new List<string>());
        foreach (var group in groups)
        {
            await FindAsync(group, make: false, missing, cancellation);
            if (await UrlAsync(group, cancellation) is not { } url || await AttributesAsync(url, cancellation) is null) gone.Add(group);
        }
        Volatile.Write(ref there, groups.Except(gone).ToHashSet());
        return new TransportLook(missing, options.Declare) { Gone = gone };
    }

    /// <summary>Looks for every queue anew.</summary>
    public void Forget() => known.Clear();

    /// <summary>Asks for a sign of life: whether the queues that were found so far are there still, but for those of some groups.</summary>
    public async Task PingAsync(IReadOnlyCollection<string> except, CancellationToken cancellation)
    {
        var urls = known.Where(queue => !except.Contains(queue.Key)).Select(queue => queue.Value.Url).ToList();
        if (urls.Count == 0) await UrlAsync(Messages.Topology.Groups.Keys.First(), cancellation);
        foreach (var url in urls)
        {
            if (await AttributesAsync(url, cancellation) is null) throw new InvalidOperationException($"SQS has no queue {url}.");
        }
    }

    /// <summary>How often an event is received when it fails for as long as it may.</summary>
    public static int Needed(MessagingOptions messaging) => Math.Max(messaging.DeliveriesMax, RetryPace.DeliveriesWithin(messaging.GiveUpAfter));

    private QueueMissingException Missing(IEnumerable<string> missing)
    {
        var why = options.Declare ? "It is made when queues are prepared, unless it is named by a URL or by another queue's redrive policy." : $"{SqsOptions.Section}:Declare forbids to make any.";
        return new QueueMissingException($"SQS has no {string.Join(" and no ", missing)}. {why}");
    }

    private async Task<SqsQueue?> FindAsync(string group, bool make, List<string> missing, CancellationToken cancellation)
    {
        var url = await UrlAsync(group, cancellation);
        if (url is null && make) Notice(group);
        if (url is null && !make)
        {
            missing.Add($"queue {NameOf(group)}");
            return null;
        }
        url ??= await MakeAsync(group, cancellation);
        if (await AttributesAsync(url, cancellation) is not { } attributes)
        {
            missing.Add($"queue {url}");
            return null;
        }
        var deadLetterUrl = await DeadLetterUrlAsync(url, attributes, make, missing, cancellation);
        return deadLetterUrl is null ? null : known[group] = new SqsQueue(url, deadLetterUrl);
    }

    private void Notice(string group)
    {
        if (!Volatile.Read(ref there).Contains(group)) return;
        Volatile.Write(ref there, new HashSet<string>());
        throw new InvalidOperationException($"The queue {NameOf(group)} vanished from SQS while it was prepared.");
    }

    private async Task<string?> DeadLetterUrlAsync(string url, Dictionary<string, string> attributes, bool make, List<string> missing, CancellationToken cancellation)
    {
        if (!attributes.TryGetValue(QueueAttributeName.RedrivePolicy, out var policy))
        {
            if (!make)
            {
                missing.Add($"dead letter queue for {url} (a redrive policy names it)");
                return null;
            }
            return await RedriveAsync(url, cancellation);
        }
        var (arn, receives) = ReadPolicy(policy);
        if (receives <= Needed(messaging)) LogMovedEarly(url, receives, Needed(messaging));
        // A dead letter queue belongs to the account and the region of its queue, so that only the names differ.
        var deadLetterUrl = url[..(url.LastIndexOf('/') + 1)] + arn[(arn.LastIndexOf(':') + 1)..];
        if (await AttributesAsync(deadLetterUrl, cancellation) is not null) return deadLetterUrl;
        // One of ours that somebody deleted. A queue of another name is its owner's business.
        var name = url[(url.LastIndexOf('/') + 1)..];
        if (make && deadLetterUrl.EndsWith($"/{name}{options.DeadLetterSuffix}", StringComparison.Ordinal)) return (await MakeDeadLetterQueueAsync(name, cancellation)).Url;
        missing.Add($"queue {deadLetterUrl}");
        return null;
    }

    // A queue that somebody made without a dead letter queue is given one; everything else about it stays as it is.
    private async Task<string> RedriveAsync(string url, CancellationToken cancellation)
    {
        var (deadLetterUrl, policy) = await MakeDeadLetterQueueAsync(url[(url.LastIndexOf('/') + 1)..], cancellation);
        await calls.CallAsync((sqs, c) => sqs.SetQueueAttributesAsync(
            new SetQueueAttributesRequest(url, new Dictionary<string, string> { [QueueAttributeName.RedrivePolicy] = policy }), c), cancellation);
        return deadLetterUrl;
    }

    private async Task<string> MakeAsync(string group, CancellationToken cancellation)
    {
        var name = NameOf(group);
        var (_, policy) = await MakeDeadLetterQueueAsync(name, cancellation);
        var attributes = Attributes(options.RetentionDays);
        attributes[QueueAttributeName.RedrivePolicy] = policy;
        attributes[QueueAttributeName.VisibilityTimeout] = Text(messaging.VisibilityTimeoutSeconds);
        attributes[QueueAttributeName.ReceiveMessageWaitTimeSeconds] = Text(options.WaitSeconds);
        LogMade(name);
        return await CreateAsync(name, attributes, cancellation);
    }

    private async Task<(string Url, string Policy)> MakeDeadLetterQueueAsync(string name, CancellationToken cancellation)
    {
        var deadLetters = name + options.DeadLetterSuffix;
        var url = await UrlOfNameAsync(deadLetters, cancellation) ?? await CreateAsync(deadLetters, Attributes(DeadLetterDays), cancellation);
        var arn = (await AttributesAsync(url, cancellation) ?? throw new InvalidOperationException($"SQS has no queue {url}."))[QueueAttributeName.QueueArn];
        return (url, JsonSerializer.Serialize(new { deadLetterTargetArn = arn, maxReceiveCount = options.LastResortReceives }));
    }

    private Dictionary<string, string> Attributes(int retentionDays)
    {
        var attributes = new Dictionary<string, string>
        {
            [QueueAttributeName.MessageRetentionPeriod] = Text(retentionDays * SecondsPerDay),
            [QueueAttributeName.MaximumMessageSize] = Text(options.MessageBytesMax),
        };
        if (options.Encryption == SqsEncryption.Kms)
        {
            attributes[QueueAttributeName.KmsMasterKeyId] = options.KmsKeyId!;
            attributes[QueueAttributeName.KmsDataKeyReusePeriodSeconds] = Text(options.KmsDataKeySeconds);
        }
        else
        {
            attributes[QueueAttributeName.SqsManagedSseEnabled] = options.Encryption == SqsEncryption.Managed ? "true" : "false";
        }
        return attributes;
    }

    private async Task<string> CreateAsync(string name, Dictionary<string, string> attributes, CancellationToken cancellation) =>
        (await calls.CallAsync((sqs, c) => sqs.CreateQueueAsync(new CreateQueueRequest(name) { Attributes = attributes }, c), cancellation)).QueueUrl;

    private string NameOf(string group) => options.Queues.Of(group) ?? options.QueuePrefix + group;

    private async Task<string?> UrlAsync(string group, CancellationToken cancellation)
    {
        var name = NameOf(group);
        return name.Contains("://", StringComparison.Ordinal) ? name : await UrlOfNameAsync(name, cancellation);
    }

    private async Task<string?> UrlOfNameAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return (await calls.CallAsync((sqs, c) => sqs.GetQueueUrlAsync(name, c), cancellation)).QueueUrl;
        }
        catch (QueueDoesNotExistException)
        {
            return null;
        }
    }

    private async Task<Dictionary<string, string>?> AttributesAsync(string url, CancellationToken cancellation)
    {
        try
        {
            var answer = await calls.CallAsync((sqs, c) => sqs.GetQueueAttributesAsync(url, [QueueAttributeName.QueueArn, QueueAttributeName.RedrivePolicy], c), cancellation);
            return answer.Attributes ?? [];
        }
        catch (QueueDoesNotExistException)
        {
            return null;
        }
    }

    private static (string Arn, int Receives) ReadPolicy(string policy)
    {
        using var read = JsonDocument.Parse(policy);
        // Some write the number as text.
        var receives = int.Parse(read.RootElement.GetProperty("maxReceiveCount").ToString(), CultureInfo.InvariantCulture);
        return (read.RootElement.GetProperty("deadLetterTargetArn").GetString()!, receives);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Information, Message = "Makes the queue {Queue} and its dead letter queue.")]
    private partial void LogMade(string queue);

    [LoggerMessage(Level = LogLevel.Warning, Message = "SQS moves events of {Queue} to its dead letter queue by itself after {Receives} receives, without a reason. Raise maxReceiveCount above {Deliveries}, which is how often an event is tried within Messaging:GiveUpMinutes.")]
    private partial void LogMovedEarly(string queue, int receives, int deliveries);
}
