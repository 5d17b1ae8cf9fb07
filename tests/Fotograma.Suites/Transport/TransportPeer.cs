using Fotograma.Messaging.Transport;

namespace Fotograma.Suites.Transport;

/// <summary>
/// The broker behind a transport, as the suite needs it: fresh for every test, with a visibility timeout (or the broker's like) of at most two seconds.
/// </summary>
public abstract class TransportPeer : IAsyncDisposable
{
    /// <summary>Connects as one more process would. The peer owns the connection.</summary>
    public abstract Task<ITransport> ConnectAsync(CancellationToken cancellation);

    /// <summary>Ends a connection the way a killed process does: nothing is settled or put back any more.</summary>
    public abstract Task KillAsync(ITransport transport, CancellationToken cancellation);

    /// <summary>Puts bytes that are no event where the group's events lie, as a broken or foreign publisher would.</summary>
    public abstract Task PublishRawAsync(Subscription group, byte[] body, CancellationToken cancellation);

    /// <summary>Whether the broker's protocol lets anybody publish such a body at all.</summary>
    public virtual bool CanHold(byte[] body) => true;

    /// <summary>Whether dead letters that a process had in hand when it died are out of sight for longer than a test lasts.</summary>
    public virtual bool HidesWhatTheDeadHad => false;

    /// <summary>Whether a group's queue is something that can be missing, and not rows of a database that is there or is not.</summary>
    public virtual bool QueuesCanBeMissing => true;

    /// <summary>Closes what is still connected and removes the broker's data.</summary>
    public abstract ValueTask DisposeAsync();
}
