using Fotograma.Messages;

namespace Fotograma.Messaging.Transport;

/// <summary>
/// The port to a broker. One event type is one topic; each consumer group has a durable queue of its own that receives every event of the
/// types it subscribed to; the members of a group compete for it. Delivery is at least once. What a driver cannot do it declares in
/// <see cref="Capabilities"/> and refuses; it never pretends. The contract suite is the specification.
/// </summary>
public interface ITransport
{
    /// <summary>What this driver promises beyond the minimum.</summary>
    TransportCapabilities Capabilities { get; }

    /// <summary>Makes the durable queues of these subscriptions, or checks them. Events published before a queue exists do not reach it.</summary>
    Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation);

    /// <summary>
    /// Hands events to the broker. When it returns they survive a crash of this process and of the broker; when it throws any of them may or may
    /// not have arrived, and publishing the same event (same id) again is right.
    /// </summary>
    Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation);

    /// <summary>
    /// Delivers the group's events to <paramref name="handle"/>, at most <paramref name="concurrency"/> at a time, until cancelled. An event whose handler
    /// did not end (crash, cancellation) is delivered again, here or to another member.
    /// </summary>
    Task ConsumeAsync(Subscription subscription, int concurrency, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation);

    /// <summary>Events of the group that were given up, oldest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation);
}

/// <summary>What a driver promises beyond at-least-once delivery to competing consumers.</summary>
/// <param name="Name">The driver's name in configuration, health and metrics.</param>
/// <param name="DelaysRetries">A retry can be given a delay.</param>
/// <param name="OrdersSubjects">Events of one subject reach a group in the order in which they were published, as long as none is retried.</param>
/// <param name="DropsDuplicates">Publishing an event again while the first copy still waits does not add a second.</param>
public sealed record TransportCapabilities(string Name, bool DelaysRetries, bool OrdersSubjects, bool DropsDuplicates);

/// <summary>A consumer group and the event types it wants.</summary>
/// <param name="Group">Lower-case name, stable: it names the durable queue.</param>
/// <param name="Types">CloudEvents types.</param>
public sealed record Subscription(string Group, IReadOnlyList<string> Types);

/// <summary>One event in the hands of a consumer.</summary>
/// <param name="Event">The event.</param>
/// <param name="Attempt">How often this group was given the event, this time included; from 1.</param>
public sealed record Delivery(CloudEvent Event, int Attempt);

/// <summary>What became of a delivery.</summary>
public abstract record Settlement
{
    private Settlement()
    {
    }

    /// <summary>The event was dealt with and must not come again.</summary>
    public sealed record Done : Settlement;

    /// <summary>The event shall come again, not before <paramref name="Delay"/> where the driver delays retries.</summary>
    public sealed record Retry(TimeSpan Delay) : Settlement;

    /// <summary>The event is given up and kept with its reason.</summary>
    public sealed record GiveUp(string Reason) : Settlement;
}

/// <summary>An event that a group gave up.</summary>
/// <param name="Event">The event.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record DeadLetter(CloudEvent Event, string Reason, DateTimeOffset At);
