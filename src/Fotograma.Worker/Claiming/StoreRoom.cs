using Fotograma.Blobs;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Claiming;

/// <summary>
/// Whether anything can be stored. Once a job found no room, or no store, it is asked, and while there is none at all no job is claimed: jobs wait instead of being claimed and given back again and again,
/// however long it lasts. Where there is some room, others are worked on, and a job that does not find enough waits by itself.
/// </summary>
internal sealed partial class StoreRoom(Bucket bucket, ILogger<StoreRoom> log)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(15);
    private const int DoublingsMax = 10;
    private const int TellAfter = 3;
    private volatile int doubts;
    private int inARow;
    private int settled;
    private bool missed;
    private bool away;

    /// <summary>
    /// Says that there was no room for a job: it is asked before the next one is claimed. A worker that finds none for one job after the other would be the first to take every job that is due, because
    /// it has its hands free all the time.
    /// </summary>
    /// <returns>How long the slot takes nothing.</returns>
    public TimeSpan Missed()
    {
        Interlocked.Increment(ref doubts);
        var missedInARow = Interlocked.Increment(ref inARow);
        if (missedInARow == TellAfter) LogCramped(missedInARow);
        var rest = Rest * Math.Pow(2, Math.Min(missedInARow - 1, DoublingsMax));
        return rest < RestMax ? rest : RestMax;
    }

    /// <summary>Says that a job met something that would have met any job: the store is asked before the next one is claimed.</summary>
    public void Doubt() => Interlocked.Increment(ref doubts);

    /// <summary>Says that there was room for a job, copy and result.</summary>
    public void Sufficed() => Interlocked.Exchange(ref inARow, 0);

    /// <summary>Asks the store, if there is reason to. Called by the claim loop alone.</summary>
    public async Task<bool> SufficesAsync(CancellationToken cancellation)
    {
        var before = doubts;
        if (before == settled) return true;
        try
        {
            await bucket.TryRoomAsync(cancellation);
            if (missed) LogRoomAgain();
            if (away) LogBack();
            missed = away = false;
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
        catch (Exception exception) when (exception is BlobStoreUnavailableException or HttpRequestException or IOException)
        {
            if (!away) LogAway(exception);
            away = true;
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "There is no room for results; jobs wait until there is.")]
    private partial void LogNoRoom(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "There was no room for the last {Jobs} jobs here, on the disk for copies or in the store; this worker takes jobs more slowly until there is.")]
    private partial void LogCramped(int jobs);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store of results cannot be used; jobs wait until it can.")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store of results can be used again.")]
    private partial void LogBack();

    [LoggerMessage(Level = LogLevel.Information, Message = "There is room for results again.")]
    private partial void LogRoomAgain();
}
