using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Running;

/// <summary>
/// Writes down how an attempt ended, through outages of the ledger, and removes what the attempt stored once it is certain that nothing will ever refer to it: the
/// end comes first, the removal after. A commit without an answer may take effect late; only a later write under the same epoch, or its rejection by the
/// fence, tells that it will not.
/// </summary>
internal sealed partial class AttemptEnd(JobLeases leases, BlobTrash trash, Bucket bucket, JobOptions jobs, JobCounts counts, TimeProvider clock, ILogger<AttemptEnd> log)
{
    private const int CommitTriesMax = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Makes the result the job's. While the ledger is silent it is tried again for as long as the job is this worker's; a commit that fails again and again
    /// although the ledger took or refused a renewal meanwhile is given up.
    /// </summary>
    /// <returns>False when the fence rejected it.</returns>
    /// <exception cref="CommitRefusedException">The ledger answers and does not take it.</exception>
    public async Task<bool> CommitAsync(ClaimedJob claim, JobResult result, int warnings, Heartbeat heart, CancellationToken cancellation)
    {
        heart.Ends();
        var (failedAt, failuresThoughAnswered) = (clock.GetTimestamp(), 0);
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var late = new CancellationTokenSource(jobs.Lease / 3, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
                return await leases.CompleteAsync(claim, result, warnings, either.Token);
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                if ((heart.Lost || heart.RenewedAt > failedAt) && ++failuresThoughAnswered >= CommitTriesMax) throw new CommitRefusedException(exception);
                failedAt = clock.GetTimestamp();
                if (tries == 1) LogCommitRetried(exception, claim.Id);
                await Task.Delay(PauseAfter(tries), clock, cancellation);
            }
        }
    }

    /// <summary>Gives the job back; the attempt does not count.</summary>
    public async Task ReleaseAsync(ClaimedJob claim, Heartbeat heart)
    {
        if (heart.Lost) await DiscardAsync(claim);
        else if (await SettleAsync(claim, heart, "release", Steps.JobGivenBack, token => leases.ReleaseAsync(claim, token))) LogReleased(claim.Id);
    }

    /// <summary>Gives the job back because there is no room for it; the attempt does not count, and it waits.</summary>
    public async Task PostponeAsync(ClaimedJob claim, TimeSpan wait, Heartbeat heart)
    {
        if (heart.Lost) await DiscardAsync(claim);
        else if (await SettleAsync(claim, heart, "postpone", Steps.JobGivenBack, token => leases.PostponeAsync(claim, wait, token))) LogPostponed(claim.Id, wait);
    }

    /// <summary>Ends the attempt without a result.</summary>
    public async Task FailAsync(ClaimedJob claim, JobFailure failure, Heartbeat heart)
    {
        if (await SettleAsync(claim, heart, "fail", Steps.JobFailed, token => leases.FailAsync(claim, failure, token))) counts.Failed(failure.Code);
    }

    /// <summary>Removes a result that the fence rejected.</summary>
    /// <returns>False when it is the job's after all.</returns>
    public async Task<bool> DiscardAsync(ClaimedJob claim)
    {
        try
        {
            // The rejection may be the answer to a repeated commit whose first answer was lost: then the result is the job's.
            if (await trash.IsCommittedAsync(claim.Id, claim.ResultPrefix, CancellationToken.None)) return false;
            await bucket.DeletePrefixAsync(claim.ResultPrefix, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // The janitor finds what stays.
            LogDiscardFailed(exception, claim.Id);
        }
        return true;
    }

    // A ledger that is silent for a whole lease will let the job be rescued; what was stored is then the next attempt's to remove, or the janitor's.
    private async Task<bool> SettleAsync(ClaimedJob claim, Heartbeat heart, string name, string step, Func<CancellationToken, Task<bool>> write)
    {
        heart.Ends();
        var since = clock.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var late = new CancellationTokenSource(jobs.Lease / 3, clock);
                var done = await write(late.Token);
                if (done) Steps.Reached(step);
                // What is refused after a try without an answer may have been done by that one.
                if (await DiscardAsync(claim) && !done && tries == 1) counts.FenceRejected(name);
                return done;
            }
            catch (Exception exception)
            {
                if (clock.GetElapsedTime(since) > jobs.Lease)
                {
                    LogUnsettled(exception, claim.Id);
                    return false;
                }
                await Task.Delay(PauseAfter(tries), clock, CancellationToken.None);
            }
        }
    }

    private static TimeSpan PauseAfter(int tries) => FirstPause * tries < LongestPause ? FirstPause * tries : LongestPause;

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} was given back.")]
    private partial void LogReleased(Guid jobId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} was given back and waits for {Wait}.")]
    private partial void LogPostponed(Guid jobId, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The result of job {JobId} could not be committed; trying again until the ledger answers.")]
    private partial void LogCommitRetried(Exception exception, Guid jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of an attempt at job {JobId} could not be written down; its lease runs out.")]
    private partial void LogUnsettled(Exception exception, Guid jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Files of job {JobId} could not be removed; the janitor will.")]
    private partial void LogDiscardFailed(Exception exception, Guid jobId);
}
