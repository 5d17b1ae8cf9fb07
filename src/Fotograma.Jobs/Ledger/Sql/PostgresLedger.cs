using Fotograma.Data;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// The ledger in PostgreSQL. Many machines write to it, so every time is the database's; claims do not wait for each other; and whoever listens to
/// <see cref="Channel"/> hears, when the transaction commits, that a job waits.
/// </summary>
internal sealed class PostgresLedger(IDbContextFactory<LedgerDb> databases, DatabaseClock clock, PostgresTime time) : SqlLedger(databases, clock), ILedgerStore
{
    /// <summary>The notification channel of waiting jobs. The payload is empty: a notification is a hint to look.</summary>
    public const string Channel = "fotograma_jobs";

    private readonly string claim = PostgresClaim.Sql(time);

    /// <summary>
    /// One statement, which is its own transaction. The owner with the fewest running jobs comes first, among equals the one whose last turn is longest ago, then by id; within
    /// an owner the oldest due job. Claims at the same moment go to different owners as long as there are any.
    /// </summary>
    public async Task<LedgerEntry?> ClaimAsync(string worker, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        while (true)
        {
            var claimed = await db.Jobs.FromSqlRaw(claim, worker, (long)lease.TotalMilliseconds).AsNoTracking().ToListAsync(cancellation);
            if (claimed is not [var job]) return null;
            // Missing only when it was deleted in the moment since.
            if (await VideoAsync(db, job.VideoId, cancellation) is { } video) return new LedgerEntry(video, job);
        }
    }

    /// <summary>The owner gets a turn, if there is none yet, so that claims have something to tell owners apart by; and those who listen are woken.</summary>
    protected override Task OwnerWaitsAsync(LedgerDb db, Guid owner, CancellationToken cancellation) => db.Database.ExecuteSqlAsync(
        $"""
        WITH turn AS (INSERT INTO turns ("OwnerId", "LastClaimAt") VALUES ({owner}, 0) ON CONFLICT DO NOTHING)
        SELECT pg_notify({Channel}, '')
        """, cancellation);

    protected override Task JobWaitsAsync(LedgerDb db, CancellationToken cancellation) => db.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, '')", cancellation);
}
