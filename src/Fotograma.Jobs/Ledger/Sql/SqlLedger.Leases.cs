using System.Data.Common;
using Fotograma.Jobs.Leases;
using Fotograma.Messages;
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

    private readonly HeldJobStatements statements = new(now);

    public async Task<bool> RenewAsync(Hold hold, JobProgress progress, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var renew = await CommandAsync(db, statements.Renew, cancellation, [.. Of(hold),
            ("duration", Milliseconds(lease)), ("percent", progress.Percent), ("done", progress.FramesDone), ("expected", progress.FramesExpected),
            ("speed", progress.Speed), ("eta", progress.EtaSeconds)]);
        return await renew.ExecuteNonQueryAsync(cancellation) > 0;
    }

    public async Task<bool> EndAsync(Hold hold, JobEnding ending, CloudEvent happened, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var end = ending switch
        {
            JobEnding.Completed(var result) => await CommandAsync(db, statements.Complete, cancellation, [.. Of(hold),
                ("frames", result.Frames), ("prefix", result.Prefix), ("bytes", result.ArchiveBytes), ("width", result.Width), ("height", result.Height),
                ("seconds", result.DurationSeconds), ("poster", result.PosterFrame), ("duplicates", result.DuplicatesRemoved), ("warnings", result.Warnings)]),
            JobEnding.Failed(var code, var message, var warnings) => await CommandAsync(db, statements.Fail, cancellation, [.. Of(hold),
                ("code", code), ("message", message), ("warnings", warnings)]),
            _ => throw new ArgumentOutOfRangeException(nameof(ending)),
        };
        return await ChangeAndTellAsync(db, end, happened, cancellation);
    }

    public async Task<bool> GiveBackAsync(Hold hold, GivenBack back, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var change = await CommandAsync(db, statements.GiveBack, cancellation, [.. Of(hold),
            ("duration", Milliseconds(back.Delay)), ("attempt", back.Attempt), ("losses", back.Losses), ("shortages", back.Shortages)]);
        return await change.ExecuteNonQueryAsync(cancellation) > 0;
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

    /// <summary>Carries out a change of one row and, if there was such a row, writes the event, in one transaction.</summary>
    protected abstract Task<bool> ChangeAndTellAsync(LedgerDb db, DbCommand change, CloudEvent happened, CancellationToken cancellation);

    private static (string, object?)[] Of(Hold hold) => [("job", hold.JobId), ("epoch", hold.Epoch), ("lease", hold.Lease)];

    private static async Task<IReadOnlyList<HeldJob>> HeldJobsAsync(IAsyncEnumerable<LedgerEntry> entries, CancellationToken cancellation)
    {
        var held = new List<HeldJob>();
        await foreach (var entry in entries.WithCancellation(cancellation))
            held.Add(new HeldJob(entry, new Hold(entry.Job.Id, entry.Job.Epoch, entry.Job.LeaseUntil!.Value.ToUnixTimeMilliseconds())));
        return held;
    }
}
