using System.Data.Common;
using Fotograma.Data;
using Fotograma.Jobs.Leases;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// The ledger in an SQLite file. A transaction has the only write lock from its beginning, so claims need no locks of their own; the database lives in this
/// process, so its clock is the process's.
/// </summary>
internal sealed class SqliteLedger(IDbContextFactory<LedgerDb> databases, DatabaseClock clock, TimeProvider process) : SqlLedger(databases, clock, "@now"), ILedgerStore
{
    /// <summary>Claims the job that is next, if its losses are as wanted. They are in no index, and almost no job has any.</summary>
    internal static readonly string Claim = ClaimAmong("");

    /// <summary>Claims the job that is next among those whose losses are as wanted.</summary>
    internal static readonly string ClaimByLosses = ClaimAmong("AND \"Losses\" BETWEEN {3} AND {4}");

    /// <summary>The owner with the fewest running jobs comes first, among equals the one whose last turn is longest ago, then by id; within an owner the oldest due job. One at a time: there is nobody to wait for.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> ClaimAsync(string worker, WantedJobs wanted, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var now = (await NowAsync(db, cancellation)).ToUnixTimeMilliseconds();
        var job = await TakeAsync(Claim);
        if (job is null && wanted.Choice != JobChoice.Any) job = await TakeAsync(ClaimByLosses);
        if (job is null) return [];
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO turns ("OwnerId", "LastClaimAt") VALUES ({job.OwnerId}, {now})
            ON CONFLICT ("OwnerId") DO UPDATE SET "LastClaimAt" = excluded."LastClaimAt"
            """, cancellation);
        var video = await VideoAsync(db, job.VideoId, cancellation);
        await transaction.CommitAsync(cancellation);
        return [new LedgerEntry(video!, job)];

        async Task<JobRow?> TakeAsync(string sql) => await db.Jobs
            .FromSqlRaw(sql, worker, now, (long)lease.TotalMilliseconds, wanted.LossesMin, wanted.LossesMax).AsNoTracking().ToListAsync(cancellation) is [var taken] ? taken : null;
    }

    protected override async Task<bool> ChangeAndTellAsync(LedgerDb db, DbCommand change, CloudEvent happened, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        change.Transaction = transaction.GetDbTransaction();
        if (await change.ExecuteNonQueryAsync(cancellation) == 0) return false;
        await OutboxRow.WriteAsync(db, happened, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    protected override void AddTime(DbCommand command) => Add(command, "now", process.GetUtcNow().ToUnixTimeMilliseconds());

    protected override void Add(DbCommand command, string name, object? value) => command.Parameters.Add(new SqliteParameter("@" + name, value ?? DBNull.Value));

    private static string ClaimAmong(string losses) =>
        $$"""
        UPDATE jobs SET "State" = 'processing', "Attempt" = "Attempt" + 1, "Epoch" = "Epoch" + 1, "LeaseOwner" = {0}, "LeaseUntil" = {1} + {2}, "StartedAt" = {1},
            "Percent" = 0, "FramesDone" = 0, "FramesExpected" = NULL, "Speed" = NULL, "EtaSeconds" = NULL, "Revision" = "Revision" + 1
        WHERE "Losses" BETWEEN {3} AND {4} AND "Id" = (
            SELECT job."Id" FROM jobs job
            WHERE job."State" = 'pending' AND job."NextRunAt" <= {1} {{losses}} AND job."OwnerId" = (
                SELECT waiting.owner FROM (SELECT DISTINCT "OwnerId" AS owner FROM jobs WHERE "State" = 'pending' AND "NextRunAt" <= {1} {{losses}}) AS waiting
                LEFT JOIN turns turn ON turn."OwnerId" = waiting.owner
                ORDER BY (SELECT count(*) FROM jobs running WHERE running."State" = 'processing' AND running."OwnerId" = waiting.owner),
                    coalesce(turn."LastClaimAt", 0), waiting.owner
                LIMIT 1)
            ORDER BY job."Id" LIMIT 1)
        RETURNING *
        """;
}
