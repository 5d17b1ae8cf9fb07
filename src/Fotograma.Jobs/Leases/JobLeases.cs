using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Ledger;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;

namespace Fotograma.Jobs.Leases;

/// <summary>
/// The worker's side of the ledger. A claim gives a job to one worker until its lease runs out; the worker renews the lease while it works. Each claim has
/// a new epoch, and every later write takes place only while the job is processed under that epoch: a worker that was thought dead and comes back
/// changes nothing. Final states and their events are one write.
/// </summary>
public sealed class JobLeases
{
    private readonly ILedgerStore store;
    private readonly EventOutbox outbox;
    private readonly JobSignals signals;
    private readonly JobOptions options;
    private readonly RetryDelays delays;
    private readonly TimeProvider clock;

    internal JobLeases(ILedgerStore store, EventOutbox outbox, JobSignals signals, JobOptions options, RetryDelays delays, TimeProvider clock)
    {
        this.store = store;
        this.outbox = outbox;
        this.signals = signals;
        this.options = options;
        this.delays = delays;
        this.clock = clock;
    }

    /// <summary>Claims the next job, if one waits. Owners take turns; how exactly, depends on the store.</summary>
    public async Task<ClaimedJob?> ClaimAsync(string worker, CancellationToken cancellation) =>
        await ClaimAsync(worker, 1, cancellation) is [var claim] ? claim : null;

    /// <summary>Claims jobs for a worker that can begin with several and has nothing in hand.</summary>
    public Task<IReadOnlyList<ClaimedJob>> ClaimAsync(string worker, int most, CancellationToken cancellation) => ClaimAsync(worker, most, JobChoice.Any, cancellation);

    /// <summary>Claims jobs for a worker that can begin with several: where the store can, in one write. A job that must run alone (<see cref="ClaimedJob.RunsAlone"/>) comes alone.</summary>
    /// <returns>At most <paramref name="most"/>, and none only when none waits that is chosen.</returns>
    public async Task<IReadOnlyList<ClaimedJob>> ClaimAsync(string worker, int most, JobChoice choice, CancellationToken cancellation) =>
        [.. (await store.ClaimAsync(worker, new WantedJobs(most, choice, options.LossesAlone), options.Lease, cancellation)).Select(Claimed)];

    /// <summary>What is due and waits for a worker.</summary>
    public Task<JobBacklog> BacklogAsync(CancellationToken cancellation) => store.BacklogAsync(cancellation);

    /// <summary>
    /// Keeps a job that must run alone, and has been due for <paramref name="waited"/>, for a worker that makes itself free for it: of all workers one at a time, each for at most
    /// <paramref name="keptFor"/>. A worker that is free already may claim it all the same.
    /// </summary>
    /// <returns>Whether one is kept for this worker: since now, or since an earlier call, which counts from then.</returns>
    public Task<bool> KeepAloneAsync(string worker, TimeSpan waited, TimeSpan keptFor, CancellationToken cancellation) =>
        store.KeepAloneAsync(worker, new WantedAlone(options.LossesAlone, waited, keptFor), cancellation);

    /// <summary>Extends the lease and writes the progress.</summary>
    /// <returns>False when the job is not this claim's any more: cancelled, deleted or given to another. The worker must stop.</returns>
    public async Task<bool> RenewAsync(ClaimedJob claim, JobProgress progress, CancellationToken cancellation)
    {
        var renewed = await store.RenewAsync(HoldOf(claim), progress, options.Lease, cancellation);
        if (renewed) signals.Changed(claim.OwnerId, claim.Id);
        return renewed;
    }

    /// <summary>Ends the job with its result and tells the world, in one write. Calling it again, because the first answer was lost, changes nothing.</summary>
    /// <returns>False when the fence rejected it; the result must then be thrown away. True when this result is the job's.</returns>
    public async Task<bool> CompleteAsync(ClaimedJob claim, JobResult result, int warnings, CancellationToken cancellation)
    {
        var happened = outbox.Of(new VideoProcessed(
            claim.VideoId, claim.Id, claim.OwnerId, claim.VideoName, result.Frames, result.ArchiveBytes, warnings, clock.GetElapsedTime(claim.ClaimedTick).TotalSeconds),
            claim.Trace);
        if (await EndAsync(claim, new JobEnding.Completed(result), happened, cancellation)) return true;
        if (!await IsResultOfAsync(claim, result, cancellation)) return false;
        // Its answer was lost, and nobody was woken for it yet.
        Tell(claim);
        return true;
    }

    /// <summary>Ends the attempt without a result: the job waits for another attempt if that can help and one is left, else it fails for good.</summary>
    /// <returns>False when the fence rejected it.</returns>
    public Task<bool> FailAsync(ClaimedJob claim, JobFailure failure, CancellationToken cancellation)
    {
        if (failure.Transient && claim.Attempt < options.AttemptsMax) return GiveBackAsync(claim, new GivenBack(claim.Attempt, delays.After(claim.Attempt)), cancellation);
        var happened = outbox.Of(new VideoFailed(claim.VideoId, claim.Id, claim.OwnerId, claim.VideoName, failure.Code, failure.Message), claim.Trace);
        return EndAsync(claim, new JobEnding.Failed(failure.Code, failure.Message, failure.Warnings), happened, cancellation);
    }

    /// <summary>Gives the job back because the worker shuts down: it waits again at once, and the attempt does not count.</summary>
    /// <returns>False when the fence rejected it.</returns>
    public Task<bool> ReleaseAsync(ClaimedJob claim, CancellationToken cancellation) =>
        GiveBackAsync(claim, new GivenBack(claim.Attempt - 1, TimeSpan.Zero), cancellation);

    /// <summary>Gives the job back because there is no room for it: it waits for <paramref name="delay"/>, the attempt does not count, and the shortage does.</summary>
    /// <returns>False when the fence rejected it.</returns>
    public Task<bool> PostponeAsync(ClaimedJob claim, TimeSpan delay, CancellationToken cancellation) =>
        GiveBackAsync(claim, new GivenBack(claim.Attempt - 1, delay) { Shortages = claim.Shortages + 1 }, cancellation);

    private ClaimedJob Claimed(LedgerEntry claimed)
    {
        var (video, job) = claimed;
        signals.Changed(job.OwnerId, job.Id);
        return new ClaimedJob(
            job.Id, video.Id, job.OwnerId, video.Name, video.SourceKey, video.Bytes, video.Sha256, job.Options, job.Attempt, job.Epoch, job.StartedAt!.Value)
        {
            Losses = job.Losses,
            Shortages = job.Shortages,
            RunsAlone = job.Losses >= options.LossesAlone,
            Trace = job.Trace(),
            ClaimedTick = clock.GetTimestamp(),
        };
    }

    private static Hold HoldOf(ClaimedJob claim) => new(claim.Id, claim.Epoch);

    private async Task<bool> EndAsync(ClaimedJob claim, JobEnding ending, CloudEvent happened, CancellationToken cancellation)
    {
        if (!await store.EndAsync(HoldOf(claim), ending, happened, cancellation)) return false;
        Tell(claim);
        return true;
    }

    private void Tell(ClaimedJob claim)
    {
        outbox.Wake();
        signals.Changed(claim.OwnerId, claim.Id);
    }

    private async Task<bool> GiveBackAsync(ClaimedJob claim, GivenBack back, CancellationToken cancellation)
    {
        var changed = await store.GiveBackAsync(HoldOf(claim), back with { Alone = claim.RunsAlone }, cancellation);
        if (changed && back.Delay == TimeSpan.Zero) signals.Waiting(claim.OwnerId, claim.Id);
        else if (changed) signals.Changed(claim.OwnerId, claim.Id);
        return changed;
    }

    private async Task<bool> IsResultOfAsync(ClaimedJob claim, JobResult result, CancellationToken cancellation) =>
        await store.FindJobAsync(claim.Id, cancellation) is { Job: { State: JobState.Completed } job }
            && job.Epoch == claim.Epoch && job.ResultPrefix == result.Prefix;
}
