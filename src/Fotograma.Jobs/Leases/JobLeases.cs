using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Ledger;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Leases;

/// <summary>
/// The worker's side of the ledger. A claim gives a job to one worker until its lease runs out; the worker renews the lease while it works. Each claim has
/// a new epoch, and every later write says <c>WHERE id AND epoch AND state = processing</c>: a worker that was thought dead and comes back
/// touches no row. Final states and their events are one transaction.
/// </summary>
/// <remarks>
/// Times are the database's: an embedded database lives in this process, so its clock is the process's clock.
/// </remarks>
public sealed class JobLeases
{
    private readonly IDbContextFactory<LedgerDb> databases;
    private readonly Outbox<LedgerDb> outbox;
    private readonly JobSignals signals;
    private readonly JobOptions options;
    private readonly RetryDelays delays;
    private readonly TimeProvider clock;

    internal JobLeases(
        IDbContextFactory<LedgerDb> databases, Outbox<LedgerDb> outbox, JobSignals signals, JobOptions options, RetryDelays delays, TimeProvider clock)
    {
        this.databases = databases;
        this.outbox = outbox;
        this.signals = signals;
        this.options = options;
        this.delays = delays;
        this.clock = clock;
    }

    /// <summary>Claims the next job, if one waits: the owner with the fewest running jobs and, among those, the longest wait comes first.</summary>
    public async Task<ClaimedJob?> ClaimAsync(string worker, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var now = clock.GetUtcNow();
        var job = await NextAsync(db, now, cancellation);
        if (job is null) return null;
        job.State = JobState.Processing;
        job.Attempt++;
        job.Epoch++;
        job.LeaseOwner = worker;
        job.LeaseUntil = now + options.Lease;
        job.StartedAt = now;
        ResetProgress(job);
        var turn = await db.Turns.SingleOrDefaultAsync(t => t.OwnerId == job.OwnerId, cancellation);
        if (turn is null) db.Add(new TurnRow { OwnerId = job.OwnerId, LastClaimAt = now });
        else turn.LastClaimAt = now;
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        signals.Changed(job.OwnerId, job.Id);
        var video = job.Video!;
        return new ClaimedJob(
            job.Id, video.Id, job.OwnerId, video.Name, video.SourceKey, video.Bytes, video.Sha256, job.Options, job.Attempt, job.Epoch, now);
    }

    /// <summary>Extends the lease and writes the progress.</summary>
    /// <returns>False when the job is not this claim's any more: cancelled, deleted or given to another. The worker must stop.</returns>
    public async Task<bool> RenewAsync(ClaimedJob claim, JobProgress progress, CancellationToken cancellation)
    {
        var until = clock.GetUtcNow() + options.Lease;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var renewed = await Held(db, claim).ExecuteUpdateAsync(set => set
            .SetProperty(job => job.LeaseUntil, until).SetProperty(job => job.Percent, progress.Percent)
            .SetProperty(job => job.FramesDone, progress.FramesDone).SetProperty(job => job.FramesExpected, progress.FramesExpected)
            .SetProperty(job => job.Speed, progress.Speed).SetProperty(job => job.EtaSeconds, progress.EtaSeconds)
            .SetProperty(job => job.Revision, job => job.Revision + 1), cancellation);
        if (renewed > 0) signals.Changed(claim.OwnerId, claim.Id);
        return renewed > 0;
    }

    /// <summary>Ends the job with its result and tells the world, in one transaction. Calling it again, because the first answer was lost, changes nothing.</summary>
    /// <returns>False when the fence rejected it; the result must then be thrown away. True when this result is the job's.</returns>
    public async Task<bool> CompleteAsync(ClaimedJob claim, JobResult result, int warnings, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var done = new VideoProcessed(claim.VideoId, claim.Id, claim.OwnerId, claim.VideoName, result.Frames, result.ArchiveBytes, warnings,
            (now - claim.ClaimedAt).TotalSeconds);
        var ended = await EndAsync(claim, done, held => held.ExecuteUpdateAsync(set => set
            .SetProperty(job => job.State, JobState.Completed).SetProperty(job => job.FinishedAt, now)
            .SetProperty(job => job.Percent, 100).SetProperty(job => job.EtaSeconds, (double?)null)
            .SetProperty(job => job.FramesDone, result.Frames).SetProperty(job => job.FramesExpected, result.Frames)
            .SetProperty(job => job.ResultPrefix, result.Prefix).SetProperty(job => job.Frames, result.Frames)
            .SetProperty(job => job.ArchiveBytes, result.ArchiveBytes).SetProperty(job => job.Width, result.Width)
            .SetProperty(job => job.Height, result.Height).SetProperty(job => job.DurationSeconds, result.DurationSeconds)
            .SetProperty(job => job.PosterFrame, result.PosterFrame).SetProperty(job => job.Warnings, result.Warnings)
            .SetProperty(job => job.LeaseOwner, (string?)null).SetProperty(job => job.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(job => job.Revision, job => job.Revision + 1), cancellation), cancellation);
        return ended || await IsResultOfAsync(claim, result, cancellation);
    }

    /// <summary>Ends the attempt without a result: the job waits for another attempt if that can help and one is left, else it fails for good.</summary>
    /// <returns>False when the fence rejected it.</returns>
    public async Task<bool> FailAsync(ClaimedJob claim, JobFailure failure, CancellationToken cancellation)
    {
        if (failure.Transient && claim.Attempt < options.AttemptsMax)
            return await GiveBackAsync(claim, clock.GetUtcNow() + delays.After(claim.Attempt), claim.Attempt, cancellation);
        var now = clock.GetUtcNow();
        var failed = new VideoFailed(claim.VideoId, claim.Id, claim.OwnerId, claim.VideoName, failure.Code, failure.Message);
        return await EndAsync(claim, failed, held => held.ExecuteUpdateAsync(set => set
            .SetProperty(job => job.State, JobState.Failed).SetProperty(job => job.FinishedAt, now)
            .SetProperty(job => job.ErrorCode, failure.Code).SetProperty(job => job.ErrorMessage, failure.Message)
            .SetProperty(job => job.EtaSeconds, (double?)null)
            .SetProperty(job => job.LeaseOwner, (string?)null).SetProperty(job => job.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(job => job.Revision, job => job.Revision + 1), cancellation), cancellation);
    }

    /// <summary>Gives the job back because the worker shuts down: it waits again at once, and the attempt does not count.</summary>
    /// <returns>False when the fence rejected it.</returns>
    public Task<bool> ReleaseAsync(ClaimedJob claim, CancellationToken cancellation) =>
        GiveBackAsync(claim, clock.GetUtcNow(), claim.Attempt - 1, cancellation);

    private static IQueryable<JobRow> Held(LedgerDb db, ClaimedJob claim) =>
        db.Jobs.Where(job => job.Id == claim.Id && job.Epoch == claim.Epoch && job.State == JobState.Processing);

    private static async Task<JobRow?> NextAsync(LedgerDb db, DateTimeOffset now, CancellationToken cancellation)
    {
        var owners = db.Jobs.Where(job => job.State == JobState.Pending && job.NextRunAt <= now).Select(job => job.OwnerId).Distinct();
        var turns = from owner in owners
                    join turn in db.Turns on owner equals turn.OwnerId into found
                    from last in found.DefaultIfEmpty()
                    select new
                    {
                        Owner = owner,
                        Running = db.Jobs.Count(job => job.OwnerId == owner && job.State == JobState.Processing),
                        LastClaimAt = last == null ? DateTimeOffset.UnixEpoch : last.LastClaimAt,
                    };
        var next = await turns.OrderBy(turn => turn.Running).ThenBy(turn => turn.LastClaimAt).ThenBy(turn => turn.Owner).FirstOrDefaultAsync(cancellation);
        if (next is null) return null;
        return await db.Jobs.Include(job => job.Video)
            .Where(job => job.State == JobState.Pending && job.OwnerId == next.Owner && job.NextRunAt <= now)
            .OrderBy(job => job.Id).FirstOrDefaultAsync(cancellation);
    }

    private static void ResetProgress(JobRow job)
    {
        job.Percent = 0;
        job.FramesDone = 0;
        job.FramesExpected = null;
        job.Speed = null;
        job.EtaSeconds = null;
        job.Revision++;
    }

    private async Task<bool> EndAsync<T>(
        ClaimedJob claim, T happened, Func<IQueryable<JobRow>, Task<int>> update, CancellationToken cancellation) where T : IMessage
    {
        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            if (await update(Held(db, claim)) == 0) return false;
            outbox.Add(db, happened);
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }
        outbox.Wake();
        signals.Changed(claim.OwnerId, claim.Id);
        return true;
    }

    private async Task<bool> IsResultOfAsync(ClaimedJob claim, JobResult result, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Jobs.AnyAsync(
            job => job.Id == claim.Id && job.Epoch == claim.Epoch && job.State == JobState.Completed && job.ResultPrefix == result.Prefix, cancellation);
    }

    private async Task<bool> GiveBackAsync(ClaimedJob claim, DateTimeOffset nextRunAt, int attempt, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var changed = await Held(db, claim).ExecuteUpdateAsync(set => set
            .SetProperty(job => job.State, JobState.Pending).SetProperty(job => job.NextRunAt, nextRunAt)
            .SetProperty(job => job.Attempt, attempt).SetProperty(job => job.EtaSeconds, (double?)null)
            .SetProperty(job => job.Percent, 0).SetProperty(job => job.FramesDone, 0)
            .SetProperty(job => job.FramesExpected, (int?)null).SetProperty(job => job.Speed, (double?)null)
            .SetProperty(job => job.LeaseOwner, (string?)null).SetProperty(job => job.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(job => job.Revision, job => job.Revision + 1), cancellation);
        if (changed > 0) signals.Changed(claim.OwnerId, claim.Id);
        return changed > 0;
    }
}
