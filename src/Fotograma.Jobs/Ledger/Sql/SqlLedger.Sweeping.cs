using Fotograma.Jobs.Trash;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>Who compares all blobs with the ledger: by the ledger's clock, in the one row that it has for itself.</summary>
internal abstract partial class SqlLedger
{
    public async Task<bool> TryBeginSweepAsync(SweepTurn turn, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var now = await NowAsync(db, cancellation);
        var (until, mine, others, sweeper) = (now + turn.Lease, now - turn.Every, now - turn.Every - turn.Lease, turn.Sweeper);
        return await db.Installation
            .Where(row => (row.SweepHeldUntil == null || row.SweepHeldUntil <= now) && (row.SweptAt == null || row.SweptAt <= others || (row.Sweeper == sweeper && row.SweptAt <= mine)))
            .ExecuteUpdateAsync(change => change.SetProperty(row => row.Sweeper, sweeper).SetProperty(row => row.SweepHeldUntil, until), cancellation) > 0;
    }

    public async Task<bool> RenewSweepAsync(SweepTurn turn, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var until = await NowAsync(db, cancellation) + turn.Lease;
        return await Held(db, turn).ExecuteUpdateAsync(change => change.SetProperty(row => row.SweepHeldUntil, until), cancellation) > 0;
    }

    public async Task EndSweepAsync(SweepTurn turn, bool swept, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var at = swept ? await NowAsync(db, cancellation) : (DateTimeOffset?)null;
        await Held(db, turn).ExecuteUpdateAsync(
            change => change.SetProperty(row => row.SweepHeldUntil, (DateTimeOffset?)null).SetProperty(row => row.SweptAt, at), cancellation);
    }

    private static IQueryable<InstallationRow> Held(LedgerDb db, SweepTurn turn)
    {
        var sweeper = turn.Sweeper;
        return db.Installation.Where(row => row.Sweeper == sweeper && row.SweepHeldUntil != null);
    }
}
