using Fotograma.Blobs;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Video.Cleanup;

/// <summary>
/// Deletes what nothing refers to any more: prefixes in the trash as soon as they are due, and what an <see cref="OrphanSweep"/> from time to time, by one of all processes,
/// finds without an owner.
/// </summary>
internal sealed partial class Janitor(Bucket bucket, BlobTrash trash, SoleSweep sweep, CleanupOptions options, TimeProvider clock, ILogger<Janitor> log) : BackgroundService
{
    private const int PrefixesPerRound = 50;
    private readonly TimeSpan lookInterval = TimeSpan.FromSeconds(options.LookSeconds);
    private readonly Signal wake = new(clock);

    /// <summary>Says that something was thrown away.</summary>
    public void Wake() => wake.Set();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await EmptyTrashAsync(stoppingToken);
                await sweep.RunAsync(stoppingToken);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cleaning up failed and is tried again.")]
    private partial void LogFailed(Exception exception);
}
