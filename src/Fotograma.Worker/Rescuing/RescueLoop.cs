using Fotograma.Jobs;
using Fotograma.Jobs.Leases;
using Fotograma.Worker.Claiming;
using Fotograma.Worker.Running;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Rescuing;

/// <summary>
/// Looks for jobs whose worker fell silent and makes them wait again. Every worker runs one; the ledger lets each job be rescued once. When the ledger itself was silent,
/// no worker could renew: for a third of a lease after that, and after the start, nobody is taken for dead.
/// </summary>
internal sealed partial class RescueLoop(
    JobRescue rescue, JobLeases leases, ClaimLoop claims, JobCounts counts, WorkerOptions options, JobOptions jobs, TimeProvider clock, ILogger<RescueLoop> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.RescueMilliseconds), clock);
        var grace = jobs.Lease / 3;
        var silentAt = clock.GetTimestamp();
        do
        {
            try
            {
                using var late = new CancellationTokenSource(grace, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stoppingToken);
                if (clock.GetElapsedTime(silentAt) < grace)
                {
                    // Only whether it still answers.
                    await leases.BacklogAsync(either.Token);
                    continue;
                }
                var rescued = await rescue.RescueExpiredAsync(either.Token);
                if (rescued == 0) continue;
                LogRescued(rescued);
                counts.Rescued(rescued);
                claims.Wake();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                silentAt = clock.GetTimestamp();
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} jobs were taken back from workers that fell silent.")]
    private partial void LogRescued(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for lost jobs failed; trying again.")]
    private partial void LogFailed(Exception exception);
}
