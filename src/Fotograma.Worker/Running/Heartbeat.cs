using Fotograma.Jobs;
using Fotograma.Jobs.Leases;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Running;

/// <summary>
/// Keeps one job's lease alive while it runs, and cancels the work the moment the job is not this worker's any more: cancelled, deleted, given to another.
/// When the ledger does not answer, the work goes on: an outage is the same for everybody, nobody is rescued right after one, and where another worker has
/// taken over all the same, the fence turns this one's result away.
/// </summary>
internal sealed partial class Heartbeat(
    ClaimedJob claim, JobLeases leases, JobSignals signals, ProgressMeter meter, JobOptions jobs, WorkerOptions options, JobCounts counts,
    TimeProvider clock, ILogger log)
{
    private long renewedAt = clock.GetTimestamp();
    private volatile bool ending;
    private volatile bool lost;

    /// <summary>True once a renewal was refused: the job is another's, or nobody's, or the end that is being written down took effect.</summary>
    public bool Lost => lost;

    /// <summary>When the last renewal that succeeded began, or the work did; a timestamp of the clock.</summary>
    public long RenewedAt => Interlocked.Read(ref renewedAt);

    /// <summary>
    /// Says that the attempt's end is being written down. From now on the answer to that tells whether the job is still this worker's: a renewal is refused after a sound end just as
    /// after a loss, and stops nothing.
    /// </summary>
    public void Ends() => ending = true;

    /// <summary>Beats until <paramref name="end"/>; cancels <paramref name="work"/> when the job is lost.</summary>
    public async Task BeatAsync(CancellationTokenSource work, CancellationToken end)
    {
        using var cancellations = signals.ListenForCancellations();
        var interval = TimeSpan.FromMilliseconds(options.HeartbeatMilliseconds);
        var silent = false;
        while (!end.IsCancellationRequested)
        {
            await WaitAsync(cancellations.Signals, interval, end);
            if (end.IsCancellationRequested) return;
            try
            {
                var began = clock.GetTimestamp();
                if (!await RenewAsync(end))
                {
                    lost = true;
                    if (ending) return;
                    LogLost(claim.Id);
                    counts.FenceRejected("renew");
                    await work.CancelAsync();
                    return;
                }
                Interlocked.Exchange(ref renewedAt, began);
                if (silent) LogRenewedAgain(claim.Id);
                silent = false;
            }
            catch (Exception exception) when (!end.IsCancellationRequested)
            {
                // Said once, however long it lasts.
                if (!silent) LogFailed(exception, claim.Id);
                silent = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // A ledger that swallows everything must not keep the next beat from being tried.
    private async Task<bool> RenewAsync(CancellationToken end)
    {
        using var late = new CancellationTokenSource(jobs.Lease / 3, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, end);
        return await leases.RenewAsync(claim, meter.Current, either.Token);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of job {JobId} could not be renewed; the work goes on, and it is tried again.")]
    private partial void LogFailed(Exception exception, Guid jobId);

    [LoggerMessage(Level = LogLevel.Information, Message = "The lease of job {JobId} is renewed again.")]
    private partial void LogRenewedAgain(Guid jobId);
}
