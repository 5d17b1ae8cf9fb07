using Fotograma.Blobs;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Claiming;

/// <summary>
/// Whether anything can be stored. Once a job found no room it is asked, and while there is none at all no job is claimed: jobs wait instead of being claimed and given back again and again.
/// Where there is some, others are worked on, and a job that does not find enough waits by itself.
/// </summary>
internal sealed partial class StoreRoom(Bucket bucket, ILogger<StoreRoom> log)
{
    private volatile int doubts;
    private int settled;
    private bool missed;

    /// <summary>Says that something could not be stored for want of room: it is asked before the next job is claimed.</summary>
    public void Doubt() => Interlocked.Increment(ref doubts);

    /// <summary>Asks the store, if there is reason to. Called by the claim loop alone.</summary>
    public async Task<bool> SufficesAsync(CancellationToken cancellation)
    {
        var before = doubts;
        if (before == settled) return true;
        try
        {
            await bucket.TryRoomAsync(cancellation);
            if (missed) LogRoomAgain();
            missed = false;
            // What was doubted meanwhile is asked next time.
            settled = before;
            return true;
        }
        catch (BlobNoSpaceException exception)
        {
            if (!missed) LogNoRoom(exception);
            missed = true;
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "There is no room for results; jobs wait until there is.")]
    private partial void LogNoRoom(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "There is room for results again.")]
    private partial void LogRoomAgain();
}
