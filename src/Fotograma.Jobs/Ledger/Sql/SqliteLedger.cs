using Fotograma.Data;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// The ledger in an SQLite file. A transaction has the only write lock from its beginning, so claims need no locks of their own; the database lives in this
/// process, so its clock is the process's.
/// </summary>
internal sealed class SqliteLedger(IDbContextFactory<LedgerDb> databases, DatabaseClock clock) : SqlLedger(databases, clock), ILedgerStore
{
    /// <summary>The owner with the fewest running jobs comes first, among equals the one whose last turn is longest ago, then by id; within an owner the oldest due job.</summary>
    public async Task<LedgerEntry?> ClaimAsync(string worker, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var now = await NowAsync(db, cancellation);
        var job = await NextAsync(db, now, cancellation);
        if (job is null) return null;
        job.State = JobState.Processing;
        job.Attempt++;
        job.Epoch++;
        job.LeaseOwner = worker;
        job.LeaseUntil = now + lease;
        job.StartedAt = now;
        ResetProgress(job);
        var turn = await db.Turns.SingleOrDefaultAsync(t => t.OwnerId == job.OwnerId, cancellation);
        if (turn is null) db.Add(new TurnRow { OwnerId = job.OwnerId, LastClaimAt = now });
        else turn.LastClaimAt = now;
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return new LedgerEntry(job.Video!, job);
    }

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
}
