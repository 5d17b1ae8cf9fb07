using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Repeating;

/// <summary>
/// Publishes what was published before, past the outbox: the fact is in the module's store, and <see cref="QueuesMade"/>, which asks for it, comes again until all of it is out.
/// </summary>
public sealed class Repetition
{
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

    /// <summary>Publishes events, in batches, once the queues are there.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> PublishAsync(IAsyncEnumerable<CloudEvent> events, CancellationToken cancellation)
    {
        var published = 0;
        await foreach (var batch in events.Chunk(BatchEvents).WithCancellation(cancellation))
        {
            await PublishAsync(batch, cancellation);
            published += batch.Length;
        }
        return published;
    }

    /// <summary>Publishes events once the queues are there.</summary>
    public async Task PublishAsync(IReadOnlyList<CloudEvent> batch, CancellationToken cancellation)
    {
        try
        {
            await queues.EnsureAsync(cancellation);
            await transport.PublishAsync(batch, cancellation);
        }
        catch
        {
            // They may not be there yet, or not any more.
            queues.Forget();
            throw;
        }
    }
}
