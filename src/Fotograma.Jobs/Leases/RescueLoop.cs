using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Jobs.Leases;

/// <summary>
/// Looks for jobs whose worker fell silent and makes them wait again. Every process that knows the ledger runs one, whether it works or takes uploads in, so that lost jobs are found also while all workers are
/// young or gone; the ledger lets each job be rescued once. When the ledger itself was silent, no worker could renew: for a third of a lease after that, and after the start, nobody is taken for dead.
/// </summary>
internal sealed partial class RescueLoop(JobRescue rescue, JobLeases leases, JobOptions options, TimeProvider clock, ILogger<RescueLoop> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var grace = options.Lease / 3;
        var times = new RescueTimes(TimeSpan.FromMilliseconds(options.RescueMilliseconds), grace, clock);
        do
        {
            times.Begin();
            try
            {
                using var late = new CancellationTokenSource(grace, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stoppingToken);
                if (times.MayRescue) await RescueAsync(either.Token);
                // Only whether it still answers.
                else await leases.BacklogAsync(either.Token);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                times.WasSilent();
                LogFailed(exception);
            }
        }
        while (await NextAsync(times.Pause, stoppingToken));
    }

    private async Task RescueAsync(CancellationToken cancellation)
    {
        if (await rescue.RescueExpiredAsync(cancellation) is > 0 and var rescued) LogRescued(rescued);
    }

    private async Task<bool> NextAsync(TimeSpan pause, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(pause, clock, stopping);
            return true;
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
