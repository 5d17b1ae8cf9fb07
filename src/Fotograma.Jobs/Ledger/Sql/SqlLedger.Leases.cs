using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Messages;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>The worker's side, but for the claim.</summary>
internal abstract partial class SqlLedger
{
    public async Task<bool> RenewAsync(Hold hold, JobProgress progress, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var until = await NowAsync(db, cancellation) + lease;
        return await Held(db, hold).ExecuteUpdateAsync(set => set
            .SetProperty(job => job.LeaseUntil, until).SetProperty(job => job.Percent, progress.Percent)
            .SetProperty(job => job.FramesDone, progress.FramesDone).SetProperty(job => job.FramesExpected, progress.FramesExpected)
            .SetProperty(job => job.Speed, progress.Speed).SetProperty(job => job.EtaSeconds, progress.EtaSeconds)
            .SetProperty(job => job.Revision, job => job.Revision + 1), cancellation) > 0;
    }

    public async Task<bool> EndAsync(Hold hold, JobEnding ending, Func<DateTimeOffset, CloudEvent> tell, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var now = await NowAsync(db, cancellation);
        var ended = ending switch
        {
            JobEnding.Completed(var result) => await CompleteAsync(Held(db, hold), result, now, cancellation),
            JobEnding.Failed(var code, var message) => await FailAsync(Held(db, hold), code, message, now, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(ending)),
        };
        if (ended == 0) return false;
        Add(db, tell(now));
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    public async Task<bool> GiveBackAsync(Hold hold, int attempt, TimeSpan delay, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var nextRunAt = await NowAsync(db, cancellation) + delay;
        var owner = await db.Jobs.AsNoTracking().Where(job => job.Id == hold.JobId).Select(job => job.OwnerId).SingleOrDefaultAsync(cancellation);
        var changed = await Held(db, hold).ExecuteUpdateAsync(set => set
            .SetProperty(job => job.State, JobState.Pending).SetProperty(job => job.NextRunAt, nextRunAt)
            .SetProperty(job => job.Attempt, attempt).SetProperty(job => job.EtaSeconds, (double?)null)
            .SetProperty(job => job.Percent, 0).SetProperty(job => job.FramesDone, 0)
            .SetProperty(job => job.FramesExpected, (int?)null).SetProperty(job => job.Speed, (double?)null)
            .SetProperty(job => job.LeaseOwner, (string?)null).SetProperty(job => job.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(job => job.Revision, job => job.Revision + 1), cancellation);
        if (changed == 0) return false;
        if (delay == TimeSpan.Zero) await JobWaitsAsync(db, owner, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    public async Task<IReadOnlyList<HeldJob>> FindExpiredAsync(int limit, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var now = await NowAsync(db, cancellation);
        return await HeldJobsAsync(db.Jobs.Where(job => job.LeaseUntil < now), limit, cancellation);
    }

    public async Task<IReadOnlyList<HeldJob>> FindHeldByAsync(string worker, int limit, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        return await HeldJobsAsync(db.Jobs.Where(job => job.LeaseOwner == worker), limit, cancellation);
    }

    private static async Task<IReadOnlyList<HeldJob>> HeldJobsAsync(IQueryable<JobRow> jobs, int limit, CancellationToken cancellation)
    {
        var held = jobs.AsNoTracking().Where(job => job.State == JobState.Processing).OrderBy(job => job.Id).Take(limit);
        var entries = await WithVideo(held).ToListAsync(cancellation);
        return [.. entries.Select(entry => new HeldJob(entry, new Hold(entry.Job.Id, entry.Job.Epoch, entry.Job.LeaseUntil!.Value.ToUnixTimeMilliseconds())))];
    }

    private static IQueryable<JobRow> Held(LedgerDb db, Hold hold)
    {
        var held = db.Jobs.Where(job => job.Id == hold.JobId && job.Epoch == hold.Epoch && job.State == JobState.Processing);
        if (hold.Lease is not { } lease) return held;
        var unrenewed = DateTimeOffset.FromUnixTimeMilliseconds(lease);
        return held.Where(job => job.LeaseUntil == unrenewed);
    }

    private static Task<int> CompleteAsync(IQueryable<JobRow> held, JobResult result, DateTimeOffset now, CancellationToken cancellation) =>
        held.ExecuteUpdateAsync(set => set
            .SetProperty(job => job.State, JobState.Completed).SetProperty(job => job.FinishedAt, now)
            .SetProperty(job => job.Percent, 100).SetProperty(job => job.EtaSeconds, (double?)null)
            .SetProperty(job => job.FramesDone, result.Frames).SetProperty(job => job.FramesExpected, result.Frames)
            .SetProperty(job => job.ResultPrefix, result.Prefix).SetProperty(job => job.Frames, result.Frames)
            .SetProperty(job => job.ArchiveBytes, result.ArchiveBytes).SetProperty(job => job.Width, result.Width)
            .SetProperty(job => job.Height, result.Height).SetProperty(job => job.DurationSeconds, result.DurationSeconds)
            .SetProperty(job => job.PosterFrame, result.PosterFrame).SetProperty(job => job.Warnings, result.Warnings)
            .SetProperty(job => job.LeaseOwner, (string?)null).SetProperty(job => job.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(job => job.Revision, job => job.Revision + 1), cancellation);

    private static Task<int> FailAsync(IQueryable<JobRow> held, string code, string message, DateTimeOffset now, CancellationToken cancellation) =>
        held.ExecuteUpdateAsync(set => set
            .SetProperty(job => job.State, JobState.Failed).SetProperty(job => job.FinishedAt, now)
            .SetProperty(job => job.ErrorCode, code).SetProperty(job => job.ErrorMessage, message)
            .SetProperty(job => job.EtaSeconds, (double?)null)
            .SetProperty(job => job.LeaseOwner, (string?)null).SetProperty(job => job.LeaseUntil, (DateTimeOffset?)null)
            .SetProperty(job => job.Revision, job => job.Revision + 1), cancellation);
}
