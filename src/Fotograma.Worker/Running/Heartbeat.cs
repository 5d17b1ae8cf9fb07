using Fotograma.Jobs;
using Fotograma.Jobs.Leases;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Running;

/// <summary>
/// Keeps one job's lease alive while it runs, and cancels the work the moment the job is not this worker's any more: cancelled, deleted, given to another.
/// When the ledger cannot be reached, the work goes on until four fifths of the lease are over by this process's own monotonic clock, and then
/// stops by itself, before another worker may begin.
/// </summary>
internal sealed partial class Heartbeat(
    ClaimedJob claim, JobLeases leases, JobSignals signals, ProgressMeter meter, JobOptions jobs, WorkerOptions options, JobCounts counts,
    TimeProvider clock, ILogger log)
{
    private const double LeaseShareTrusted = 0.8;

    /// <summary>True once the job was lost.</summary>
    public bool Lost { get; private set; }

    /// <summary>Beats until <paramref name="end"/>; cancels <paramref name="work"/> when the job is lost.</summary>
    public async Task BeatAsync(CancellationTokenSource work, CancellationToken end)
    {
        using var cancellations = signals.ListenForCancellations();
        var renewedAt = clock.GetTimestamp();
        var interval = TimeSpan.FromMilliseconds(options.HeartbeatMilliseconds);
        while (!end.IsCancellationRequested)
        {
            await WaitAsync(cancellations.Signals, interval, end);
            if (end.IsCancellationRequested) return;
            try
            {
                var began = clock.GetTimestamp();
                if (!await leases.RenewAsync(claim, meter.Current, end))
                {
                    LogLost(claim.Id);
                    counts.FenceRejected("renew");
                    await LoseAsync(work);
                    return;
                }
                renewedAt = began;
            }
            catch (Exception exception) when (!end.IsCancellationRequested)
            {
                LogFailed(exception, claim.Id);
                if (clock.GetElapsedTime(renewedAt) < jobs.Lease * LeaseShareTrusted) continue;
                await LoseAsync(work);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private Task LoseAsync(CancellationTokenSource work)
    {
        Lost = true;
        return work.CancelAsync();
    }

    // Returns after the interval, or at once when this very job is said to be cancelled.
    private async Task WaitAsync(System.Threading.Channels.ChannelReader<string> cancelled, TimeSpan interval, CancellationToken end)
    {
        using var tick = new CancellationTokenSource(interval, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tick.Token, end);
        try
        {
            var mine = claim.Id.ToString();
            while (await cancelled.ReadAsync(either.Token) != mine)
            {
                // Another job's cancellation.
            }
        }
        catch (OperationCanceledException)
        {
            // The interval is over, or the work is.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} is not this worker's any more; its work is stopped.")]
    private partial void LogLost(Guid jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of job {JobId} could not be renewed; trying again.")]
    private partial void LogFailed(Exception exception, Guid jobId);
}
