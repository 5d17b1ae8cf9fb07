using Fotograma.Jobs;
using Fotograma.Jobs.Leases;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Claiming;

/// <summary>
/// Claims jobs, and remembers when it is not known whether a claim took place: its answer was lost, or did not come in time. For a lease after that, what the ledger
/// says this worker holds and it knows nothing of is given back, with its attempt. Called by the claim loop alone, so nothing is claimed meanwhile.
/// </summary>
internal sealed partial class DoubtfulClaims(JobLeases leases, JobRescue rescue, WorkerIdentity identity, JobOptions jobs, TimeProvider clock, ILogger<DoubtfulClaims> log)
{
    private long? doubtAt;

    /// <summary>Claims at most so many. It is not cancelled when the worker shuts down: a claim that is given up half-way is a job that nobody works on.</summary>
    public async Task<IReadOnlyList<ClaimedJob>> ClaimAsync(int most, JobChoice choice)
    {
        using var late = new CancellationTokenSource(jobs.Lease / 3, clock);
        try
        {
            return await leases.ClaimAsync(identity.Name, most, choice, late.Token);
        }
        catch
        {
            doubtAt = clock.GetTimestamp();
            throw;
        }
    }

    /// <summary>Gives back what was claimed unknowingly, if there may be any.</summary>
    public async Task SettleAsync(ICollection<Guid> running, CancellationToken cancellation)
    {
        if (doubtAt is not { } since) return;
        if (await rescue.ReturnUnknownAsync(identity.Name, [.. running], cancellation) is > 0 and var returned) LogReturned(returned);
        // A commit that is under way for longer finds its lease over, and the job is rescued like any other.
        if (clock.GetElapsedTime(since) > jobs.Lease) doubtAt = null;
    }

    /// <summary>The same when nothing runs any more and the worker goes; what does not succeed is left to the lease.</summary>
    public async Task SettleAtLastAsync()
    {
        using var late = new CancellationTokenSource(jobs.Lease / 3, clock);
        try
        {
            await SettleAsync([], late.Token);
        }
        catch (Exception exception)
        {
            LogNotReturned(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} jobs that were claimed without this worker learning of it were given back without an attempt lost.")]
    private partial void LogReturned(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether jobs were claimed unknowingly could not be learned; if so, their leases run out.")]
    private partial void LogNotReturned(Exception exception);
}
