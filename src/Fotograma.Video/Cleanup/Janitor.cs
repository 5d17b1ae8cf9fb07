using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Video.Cleanup;

/// <summary>
/// Deletes what nothing refers to any more: prefixes in the trash as soon as they are due, and, at start and from time to time, blobs of crashed uploads and
/// lost attempts that are old enough (see <see cref="CleanupOptions"/>).
/// </summary>
internal sealed partial class Janitor(Bucket bucket, BlobTrash trash, CleanupOptions options, TimeProvider clock, ILogger<Janitor> log) : BackgroundService
{
    private const int PrefixesPerRound = 50;
    private readonly TimeSpan lookInterval = TimeSpan.FromSeconds(options.LookSeconds);
    private readonly TimeSpan sweepInterval = TimeSpan.FromSeconds(options.SweepSeconds);
    private readonly TimeSpan orphanAge = TimeSpan.FromSeconds(options.OrphanSeconds);
    private readonly Signal wake = new(clock);

    /// <summary>Says that something was thrown away.</summary>
    public void Wake() => wake.Set();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? sweptAt = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await EmptyTrashAsync(stoppingToken);
                if (sweptAt is not { } at || clock.GetElapsedTime(at) >= sweepInterval)
                {
                    sweptAt = clock.GetTimestamp();
                    await SweepOrphansAsync(stoppingToken);
                }
                await wake.WaitAsync(lookInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(exception);
                await Task.Delay(lookInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task EmptyTrashAsync(CancellationToken cancellation)
    {
        while (await trash.DueAsync(PrefixesPerRound, cancellation) is { Count: > 0 } due)
        {
            foreach (var prefix in due)
            {
                await bucket.DeletePrefixAsync(prefix.Prefix, cancellation);
                Steps.Reached(Steps.TrashEmptied);
                await trash.ForgetAsync(prefix, cancellation);
            }
        }
    }

    private async Task SweepOrphansAsync(CancellationToken cancellation)
    {
        var removed = 0;
        await foreach (var blob in bucket.ListAsync(BlobKeys.Videos, cancellation))
        {
            if (await IsOrphanedUploadAsync(blob, cancellation)) removed += await bucket.DeleteAsync(blob.Key, cancellation) ? 1 : 0;
        }
        await foreach (var blob in bucket.ListAsync(BlobKeys.Jobs, cancellation))
        {
            if (await IsOrphanedResultAsync(blob, cancellation)) removed += await bucket.DeleteAsync(blob.Key, cancellation) ? 1 : 0;
        }
        if (removed > 0) LogRemoved(removed);
    }

    private async Task<bool> IsOrphanedUploadAsync(BlobInfo blob, CancellationToken cancellation)
    {
        var parts = blob.Key.Split('/');
        return IsOld(blob) && parts.Length == 3 && Guid.TryParse(parts[1], out var videoId) && !await trash.IsVideoKnownAsync(videoId, cancellation);
    }

    private async Task<bool> IsOrphanedResultAsync(BlobInfo blob, CancellationToken cancellation)
    {
        var parts = blob.Key.Split('/');
        return IsOld(blob) && parts.Length == 4 && Guid.TryParse(parts[1], out var jobId) && long.TryParse(parts[2], out var epoch)
            && !await trash.IsAttemptAliveAsync(jobId, epoch, cancellation);
    }

    private bool IsOld(BlobInfo blob) => clock.GetUtcNow() - blob.ModifiedAt > orphanAge;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} blobs that belonged to nothing were removed.")]
    private partial void LogRemoved(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cleaning up failed and is tried again.")]
    private partial void LogFailed(Exception exception);
}
