using System.Collections.Concurrent;
using Amazon.SQS;
using Amazon.SQS.Model;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Sqs;

/// <summary>
/// The transport on Amazon SQS. SQS has queues and no topics: an event is sent to the queue of every group that wants it, as the prepared subscriptions say.
/// Deliveries are counted by SQS (ApproximateReceiveCount), so one that ended with a shutdown counts as well.
/// </summary>
internal sealed class SqsTransport : ITransport, IDisposable
{
    private readonly ConcurrentDictionary<string, Subscription> prepared = new(StringComparer.Ordinal);
    private readonly SqsCalls calls;
    private readonly SqsBatch batch;
    private readonly SqsQueues queues;
    private readonly SqsPublisher publisher;
    private readonly SqsDeadLetters deadLetters;
    private readonly SqsOptions options;
    private readonly MessagingOptions messaging;
    private readonly TimeProvider clock;
    private readonly ILogger log;

    public SqsTransport(IAmazonSQS client, SqsOptions options, MessagingOptions messaging, TimeProvider clock, ILoggerFactory logs)
    {
        (this.options, this.messaging, this.clock) = (options, messaging, clock);
        calls = new SqsCalls(client, options, clock);
        batch = new SqsBatch(options, clock);
        queues = new SqsQueues(calls, options, messaging, logs.CreateLogger<SqsQueues>());
        publisher = new SqsPublisher(calls, batch, options);
        deadLetters = new SqsDeadLetters(calls, batch, publisher, options, clock);
        log = logs.CreateLogger<SqsTransport>();
    }

    public TransportCapabilities Capabilities { get; } =
        new("sqs", DelaysRetries: true, OrdersSubjects: false, DropsDuplicates: false, SharesEveryEvent: true) { RoutesAtBroker = false };

    public event Action<string, string>? BuriedUnreadable;

    /// <summary>The subscriptions that this process knows of.</summary>
    public IReadOnlyCollection<Subscription> Prepared => [.. prepared.Values];

    public async Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        await queues.PrepareAsync(subscriptions.Select(subscription => subscription.Group), cancellation);
        foreach (var subscription in subscriptions) prepared[subscription.Group] = subscription;
    }

    public bool IsRefusal(Exception exception) =>
        exception is QueueMissingException || (exception is AmazonSQSException { ErrorCode: { } code } && code.Contains("AccessDenied", StringComparison.Ordinal));

    public async Task<TransportLook> LookAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation) =>
        await queues.LookAsync([.. subscriptions.Select(subscription => subscription.Group)], cancellation);

    public async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var sent = new List<(string, CloudEvent)>(events.Count);
        foreach (var happened in events)
        {
            foreach (var group in GroupsFor(happened)) sent.Add(((await queues.OfAsync(group, cancellation)).Url, happened));
        }
        await ForgettingAsync(() => publisher.PublishAsync(sent, cancellation));
    }

    public async Task ConsumeAsync(
        Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation)
    {
        var queue = await queues.OfAsync(subscription.Group, cancellation);
        var hiddenFor = TimeSpan.FromSeconds(messaging.VisibilityTimeoutSeconds);
        var consumer = new SqsConsumer(
            new SqsHolding(calls, batch, queue, hiddenFor), (body, reason) => deadLetters.BuryAsync(queue, body, reason, CancellationToken.None), subscription.Group,
            slots, handle, reason => BuriedUnreadable?.Invoke(subscription.Group, reason), hiddenFor, options, messaging, clock, log);
        await ForgettingAsync(() => consumer.RunAsync(cancellation));
    }

    public async Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) =>
        await deadLetters.ReadAsync(await queues.OfAsync(subscription.Group, cancellation), limit, cancellation);

    public async Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation)
    {
        var queue = await queues.OfAsync(subscription.Group, cancellation);
        var redriven = default(Redriven);
        await ForgettingAsync(async () => redriven = await deadLetters.RedriveAsync(queue, only, cancellation));
        return redriven;
    }

    public async Task PingAsync(CancellationToken cancellation)
    {
        try
        {
            // Everything goes on without the queues of those who only tell things again: a lost one is said where it is prepared.
            await queues.PingAsync([.. prepared.Values.Where(IsTeller).Select(subscription => subscription.Group)], cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new InvalidOperationException($"SQS cannot be used: {exception.Message}", exception);
        }
    }

    public void Dispose() => calls.Dispose();

    private static bool IsTeller(Subscription subscription) => subscription.Types.Contains(QueuesMade.Type, StringComparer.Ordinal);

    // What is meant for one teller goes to that one alone: the queue of another may not be there, and nobody is to miss it.
    private IEnumerable<string> GroupsFor(CloudEvent happened)
    {
        var groups = prepared.Values.Where(subscription => subscription.Types.Contains(happened.Type, StringComparer.Ordinal)).Select(subscription => subscription.Group);
        return happened.Type == QueuesMade.Type && happened.Read<QueuesMade>().Teller is { } teller ? groups.Where(group => group == teller) : groups;
    }

    // Queues that vanished are looked for at the next try.
    private async Task ForgettingAsync(Func<Task> use)
    {
        try
        {
            await use();
        }
        catch (QueueDoesNotExistException)
        {
            queues.Forget();
            throw;
        }
    }
}
