using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// The worker's side, but for the claim. Its writes are statements of their own, the same for every dialect: they come once a second for each running job and several times for each
/// job, and are a fraction of the cost of the same in LINQ.
/// </summary>
internal abstract partial class SqlLedger
{
    private readonly Func<LedgerDb, DateTimeOffset, int, IAsyncEnumerable<LedgerEntry>> expired = EF.CompileAsyncQuery(
        (LedgerDb db, DateTimeOffset now, int limit) => db.Jobs.AsNoTracking().Where(job => job.State == JobState.Processing && job.LeaseUntil < now)
            .OrderBy(job => job.Id).Take(limit).Select(job => new LedgerEntry(job.Video!, job)));

    private readonly Func<LedgerDb, string, int, IAsyncEnumerable<LedgerEntry>> heldBy = EF.CompileAsyncQuery(
        (LedgerDb db, string worker, int limit) => db.Jobs.AsNoTracking().Where(job => job.State == JobState.Processing && job.LeaseOwner == worker)
            .OrderBy(job => job.Id).Take(limit).Select(job => new LedgerEntry(job.Video!, job)));

    public async Task<bool> RenewAsync(Hold hold, JobProgress progress, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var until = Milliseconds(await NowAsync(db, cancellation) + lease);
        return await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE jobs SET "LeaseUntil" = {until}, "Percent" = {progress.Percent}, "FramesDone" = {progress.FramesDone}, "FramesExpected" = {progress.FramesExpected},
                "Speed" = {progress.Speed}, "EtaSeconds" = {progress.EtaSeconds}, "Revision" = "Revision" + 1
            WHERE "Id" = {hold.JobId} AND "Epoch" = {hold.Epoch} AND "State" = 'processing'
                AND (CAST({hold.Lease} AS bigint) IS NULL OR "LeaseUntil" = CAST({hold.Lease} AS bigint))
            """, cancellation) > 0;
    }

    public async Task<bool> EndAsync(Hold hold, JobEnding ending, Func<DateTimeOffset, CloudEvent> tell, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var now = await NowAsync(db, cancellation);
        var ended = ending switch
        {
            JobEnding.Completed(var result) => await CompleteAsync(db, hold, result, Milliseconds(now), cancellation),
            JobEnding.Failed(var code, var message) => await FailAsync(db, hold, code, message, Milliseconds(now), cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(ending)),
        };
        if (ended == 0) return false;
        await OutboxRow.WriteAsync(db, tell(now), cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    public async Task<bool> GiveBackAsync(Hold hold, int attempt, TimeSpan delay, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var nextRunAt = Milliseconds(await NowAsync(db, cancellation) + delay);
        var changed = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE jobs SET "State" = 'pending', "NextRunAt" = {nextRunAt}, "Attempt" = {attempt}, "EtaSeconds" = NULL, "Percent" = 0, "FramesDone" = 0,
                "FramesExpected" = NULL, "Speed" = NULL, "LeaseOwner" = NULL, "LeaseUntil" = NULL, "Revision" = "Revision" + 1
            WHERE "Id" = {hold.JobId} AND "Epoch" = {hold.Epoch} AND "State" = 'processing'
                AND (CAST({hold.Lease} AS bigint) IS NULL OR "LeaseUntil" = CAST({hold.Lease} AS bigint))
            """, cancellation);
        if (changed == 0) return false;
        if (delay == TimeSpan.Zero) await JobWaitsAsync(db, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    public async Task<IReadOnlyList<HeldJob>> FindExpiredAsync(int limit, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        return await HeldJobsAsync(expired(db, await NowAsync(db, cancellation), limit), cancellation);
    }

    public async Task<IReadOnlyList<HeldJob>> FindHeldByAsync(string worker, int limit, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        return await HeldJobsAsync(heldBy(db, worker, limit), cancellation);
    }

    public async Task<JobBacklog> BacklogAsync(CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var now = await NowAsync(db, cancellation);
        var due = await db.Jobs.Where(job => job.State == JobState.Pending && job.NextRunAt <= now).GroupBy(_ => 1)
            .Select(jobs => new { Count = jobs.Count(), Oldest = jobs.Min(job => job.NextRunAt) }).SingleOrDefaultAsync(cancellation);
        return due is null ? JobBacklog.Of(0, now, now) : JobBacklog.Of(due.Count, due.Oldest, now);
    }

    protected static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static async Task<IReadOnlyList<HeldJob>> HeldJobsAsync(IAsyncEnumerable<LedgerEntry> entries, CancellationToken cancellation)
    {
        var held = new List<HeldJob>();
        await foreach (var entry in entries.WithCancellation(cancellation))
            held.Add(new HeldJob(entry, new Hold(entry.Job.Id, entry.Job.Epoch, Milliseconds(entry.Job.LeaseUntil!.Value))));
        return held;
    }

    private static Task<int> CompleteAsync(LedgerDb db, Hold hold, JobResult result, long now, CancellationToken cancellation) => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE jobs SET "State" = 'completed', "FinishedAt" = {now}, "Percent" = 100, "EtaSeconds" = NULL, "FramesDone" = {result.Frames},
            "FramesExpected" = {result.Frames}, "ResultPrefix" = {result.Prefix}, "Frames" = {result.Frames}, "ArchiveBytes" = {result.ArchiveBytes},
            "Width" = {result.Width}, "Height" = {result.Height}, "DurationSeconds" = {result.DurationSeconds}, "PosterFrame" = {result.PosterFrame},
            "Warnings" = {result.Warnings}, "LeaseOwner" = NULL, "LeaseUntil" = NULL, "Revision" = "Revision" + 1
        WHERE "Id" = {hold.JobId} AND "Epoch" = {hold.Epoch} AND "State" = 'processing'
            AND (CAST({hold.Lease} AS bigint) IS NULL OR "LeaseUntil" = CAST({hold.Lease} AS bigint))
        """, cancellation);

    private static Task<int> FailAsync(LedgerDb db, Hold hold, string code, string message, long now, CancellationToken cancellation) => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE jobs SET "State" = 'failed', "FinishedAt" = {now}, "ErrorCode" = {code}, "ErrorMessage" = {message}, "EtaSeconds" = NULL,
            "LeaseOwner" = NULL, "LeaseUntil" = NULL, "Revision" = "Revision" + 1
        WHERE "Id" = {hold.JobId} AND "Epoch" = {hold.Epoch} AND "State" = 'processing'
            AND (CAST({hold.Lease} AS bigint) IS NULL OR "LeaseUntil" = CAST({hold.Lease} AS bigint))
        """, cancellation);
}
