using Fotograma.Blobs;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Claiming;

/// <summary>Whether results can be stored at all. Jobs wait while the store is full, instead of being claimed and given back again and again.</summary>
internal sealed partial class StoreRoom(Bucket bucket, ILogger<StoreRoom> log)
{
    private volatile bool doubted;
    private bool missed;

    /// <summary>Says that something could not be stored for want of room: from now on it is asked before jobs are claimed.</summary>
    public void Doubt() => doubted = true;

    /// <summary>Asks the store, if there is reason to.</summary>
    public async Task<bool> SufficesAsync(CancellationToken cancellation)
    {
        if (!doubted) return true;
        try
        {
            await bucket.TryRoomAsync(cancellation);
            if (missed) LogRoomAgain();
            (doubted, missed) = (false, false);
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
