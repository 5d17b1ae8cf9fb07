using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Repeating;

/// <summary>
/// How a module says again what a broker lost (<see cref="QueuesMade"/>): so many facts of its store at a time, published past the outbox, and then an event to itself that says where
/// it goes on. So no delivery takes long, and a teller that dies is taken over where it was. Of many processes that all found the queues missing, each tells of it; one
/// repetition does for all whose word had come when it began.
/// </summary>
public sealed class Repetition
{
    /// <summary>How many facts are told with one delivery.</summary>
    public const int PageFacts = 1000;

    private const int BatchEvents = 100;
    private readonly ITransport transport;
    private readonly QueuePreparation queues;

    internal Repetition(ITransport transport, QueuePreparation queues, MessagingOptions options)
    {
        this.transport = transport;
        this.queues = queues;
        Reach = options.RepeatReach;
    }

    /// <summary>How far back things are told again; zero where they are not.</summary>
    public TimeSpan Reach { get; }

    /// <summary>A turn for one module's teller.</summary>
    /// <param name="teller">The module.</param>
    public RepetitionTurns TurnsOf(string teller) => new(this, teller);

    /// <summary>Publishes events once the queues are there, in batches.</summary>
    public async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        try
        {
            await queues.EnsureAsync(cancellation);
            foreach (var batch in events.Chunk(BatchEvents)) await transport.PublishAsync(batch, cancellation);
        }
        catch
        {
            // They may not be there yet, or not any more.
            queues.Forget();
            throw;
        }
    }

    /// <summary>Asks modules to say again what they said lately, as if queues had been lost.</summary>
    /// <param name="teller">The only module that is asked; null asks all.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="InvalidOperationException">There are no queues by which they would hear it.</exception>
    public async Task AskAsync(string? teller, CancellationToken cancellation)
    {
        await queues.EnsureAsync(cancellation);
        if (!queues.CanTell) throw new InvalidOperationException("the queues of the groups auth and video are missing and could not be made. Make them, or allow it, and ask again.");
        await PublishAsync([queues.Of(new QueuesMade([.. Topology.Groups.Keys], teller))], cancellation);
    }

    // Whoever asked may have died in the middle of making them, with a queue that gets nothing yet.
    internal Task BeginAsync(CancellationToken cancellation)
    {
        queues.Forget();
        return queues.EnsureAsync(cancellation);
    }

    internal Task GoOnAsync(QueuesMade made, CancellationToken cancellation) => PublishAsync([queues.Of(made)], cancellation);
}
