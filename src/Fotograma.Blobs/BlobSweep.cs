using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Blobs;

/// <summary>Removes leftovers of dead writers when the process starts, and from time to time.</summary>
internal sealed partial class BlobSweep(Bucket bucket, BlobOptions options, TimeProvider clock, ILogger<BlobSweep> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.SweepSeconds), clock);
        do
        {
            try
            {
                var removed = await bucket.SweepAsync(stoppingToken);
                if (removed > 0) LogSwept(removed);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogFailed(exception);
            }
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} unfinished blobs of writers that died.")]
    private partial void LogSwept(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Unfinished blobs could not be looked for; the next sweep tries again.")]
    private partial void LogFailed(Exception exception);
}
