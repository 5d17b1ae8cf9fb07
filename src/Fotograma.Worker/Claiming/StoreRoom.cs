using Fotograma.Blobs;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Claiming;

/// <summary>
/// Whether results can be stored. Jobs wait while the store is full, instead of being claimed and given back again and again: while it takes nothing, and, where it can be asked for, while it
/// has less room than was missing. For so much it waits <see cref="WantedFor"/>; then others are given what room there is.
/// </summary>
internal sealed partial class StoreRoom(Bucket bucket, TimeProvider clock, ILogger<StoreRoom> log)
{
    internal static readonly TimeSpan WantedFor = TimeSpan.FromMinutes(15);

    private readonly Lock doubting = new();
    private volatile int doubts;
    private volatile bool stored;
    private long since;
    private BlobRoom wanted;
    private bool missed;

    /// <summary>Whether a result was stored since room was missing last: then there is room for others, and what finds none may be too large.</summary>
    public bool HasStored => stored;

    /// <summary>Says that a result was stored.</summary>
    public void Stored() => stored = true;

    /// <summary>Says that something could not be stored for want of room: from now on it is asked before jobs are claimed.</summary>
    public void Doubt(BlobRoom missing)
    {
        lock (doubting)
        {
            if (doubts == 0) since = clock.GetTimestamp();
            wanted = wanted.Or(missing);
            stored = false;
            doubts++;
        }
    }

    /// <summary>Asks the store, if there is reason to.</summary>
    public async Task<bool> SufficesAsync(CancellationToken cancellation)
    {
        var before = doubts;
        if (before == 0) return true;
        try
        {
            await bucket.TryRoomAsync(cancellation);
            if (clock.GetElapsedTime(since) < WantedFor) bucket.MustHaveRoom(wanted);
            if (missed) LogRoomAgain();
            missed = false;
            Settle(before);
            return true;
        }
        catch (BlobNoSpaceException exception)
        {
            if (!missed) LogNoRoom(exception);
            missed = true;
            return false;
        }
    }

    // What was doubted meanwhile is asked next time.
    private void Settle(int before)
    {
        lock (doubting)
        {
            if (doubts == before) (doubts, wanted) = (0, default);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "There is no room for results; jobs wait until there is.")]
    private partial void LogNoRoom(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "There is room for results again, or jobs are given what room there is.")]
    private partial void LogRoomAgain();
}
