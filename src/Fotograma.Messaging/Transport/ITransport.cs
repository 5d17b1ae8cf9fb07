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

    /// <summary>
    /// Makes the durable queues of these subscriptions, or checks them where it may not make any. Events published before a queue exists do not reach it, so
    /// every process prepares the subscriptions of all modules, not only its own. Harmless when repeated. Nothing else makes a queue that was prepared before: one that vanishes
    /// is found missing by whoever publishes to it or consumes from it, and is prepared again by the caller, who then knows that what waited in it is gone.
    /// </summary>
    Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation);

    /// <summary>
    /// Whether what <see cref="PrepareAsync"/> threw is a no that stays until an operator changes something: rights, other settings of a queue, or that none may be made here. Anything else may
    /// pass by itself.
    /// </summary>
    bool IsRefusal(Exception exception) => false;

    /// <summary>Looks for the durable queues of these subscriptions and makes none. A driver whose queues come into being by themselves misses none.</summary>
    Task<TransportLook> LookAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation) => Task.FromResult(TransportLook.Complete);

    /// <summary>
    /// Hands events to the broker. When it returns they survive a crash of this process and of the broker; when it throws any of them may or may
    /// not have arrived, and publishing the same event (same id) again is right.
    /// </summary>
    Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation);

    /// <summary>
    /// Delivers the group's events to <paramref name="handle"/>, no more at a time than <paramref name="slots"/> are free, until cancelled. An event whose handler
    /// did not end (crash, cancellation) is delivered again, here or to another member. What cannot be read as an event is never handed out and never lost: it is
    /// kept as a dead letter with the reason. Throws when the broker is lost; the caller consumes again after a pause.
    /// </summary>
    Task ConsumeAsync(Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation);

    /// <summary>Events of the group that were given up, oldest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation);

    /// <summary>
    /// Gives events that the group gave up to this group once more, and to no other; their attempts are counted anew. A letter goes only when its event is stored in the group's queue:
    /// of a process that dies in between both are there, and the event comes twice when it is given again. What cannot be read as an event stays, and so does an event that is given
    /// up once more meanwhile.
    /// </summary>
    /// <param name="subscription">The group.</param>
    /// <param name="only">The id of the only event to be given; null gives all.</param>
    /// <param name="cancellation">Stops it; what was given by then is gone from the letters.</param>
    Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation);

    /// <summary>Told the group, and the reason, when something that cannot be read as an event was kept as a dead letter: nobody else hears of it.</summary>
    event Action<string, string>? BuriedUnreadable { add { } remove { } }

    /// <summary>Asks the broker for a sign of life, with a connection that may publish and consume. Throws, with a sentence for the operator, when there is none.</summary>
    Task PingAsync(CancellationToken cancellation);
}

/// <summary>What a driver promises beyond at-least-once delivery to competing consumers.</summary>
/// <param name="Name">The driver's name in configuration, health and metrics.</param>
/// <param name="DelaysRetries">A retry can be given a delay.</param>
/// <param name="OrdersSubjects">Events of one subject reach a group in the order in which they were published, as long as none is retried.</param>
/// <param name="DropsDuplicates">Publishing an event again while the first copy still waits does not add a second.</param>
/// <param name="SharesEveryEvent">
/// Any member with a free slot can get any waiting event. False where events are dealt out by partition: one whose member is busy waits for that member.
/// </param>
public sealed record TransportCapabilities(string Name, bool DelaysRetries, bool OrdersSubjects, bool DropsDuplicates, bool SharesEveryEvent)
{
    /// <summary>A group that any process prepared gets what every process publishes. False where each process sends to the groups that it prepared itself.</summary>
    public bool RoutesAtBroker { get; init; } = true;
}

/// <summary>What of the durable queues there is.</summary>
/// <param name="Missing">What is not there, each with its kind and name.</param>
/// <param name="MadeWhenPrepared">Whether <see cref="ITransport.PrepareAsync"/> makes it, or refuses to go on without.</param>
public sealed record TransportLook(IReadOnlyList<string> Missing, bool MadeWhenPrepared)
{
    /// <summary>The groups among them whose events are gone, because what held them is not there.</summary>
    public IReadOnlyList<string> Gone { get; init; } = [];

    /// <summary>Nothing is missing.</summary>
    public static TransportLook Complete { get; } = new([], MadeWhenPrepared: true);
}

/// <summary>A consumer group and the event types it wants.</summary>
/// <param name="Group">Lower-case name, stable: it names the durable queue.</param>
/// <param name="Types">CloudEvents types.</param>
public sealed record Subscription(string Group, IReadOnlyList<string> Types);

/// <summary>One event in the hands of a consumer.</summary>
/// <param name="Event">The event.</param>
/// <param name="Attempt">How often this group was given the event, this time included; from 1.</param>
public sealed record Delivery(CloudEvent Event, int Attempt)
{
    /// <summary>When the group was given it first, or first asked to have it again: whichever of the two the transport keeps. Null where it has not kept it yet.</summary>
    public DateTimeOffset? FirstAt { get; init; }
}

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

/// <summary>Something that a group gave up.</summary>
/// <param name="Event">The event; null when it could not be read as one.</param>
/// <param name="Body">The bytes as they came.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record DeadLetter(CloudEvent? Event, ReadOnlyMemory<byte> Body, string Reason, DateTimeOffset At);

/// <summary>What became of the events that a group gave up.</summary>
/// <param name="Given">So many were given to the group once more.</param>
/// <param name="Unreadable">So many cannot be read as events and stay.</param>
public readonly record struct Redriven(int Given, int Unreadable);
