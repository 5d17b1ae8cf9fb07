using System.Data.Common;
using Fotograma.Data;
using Fotograma.Messages;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// The ledger in PostgreSQL. Many machines write to it, so every time is the database's, and claims do not wait for each other. What happens to every job (accepted, claimed,
/// ended) is one statement each, which is its own transaction: one way to the server and one wait for its disk.
/// </summary>
internal sealed class PostgresLedger(IDbContextFactory<LedgerDb> databases, DatabaseClock clock, PostgresTime time)
    : SqlLedger(databases, clock, time.Milliseconds), ILedgerStore
{
    // A prepared statement keeps its plan, which costs as much as the work. One that was made while the tables were small would read them from end to end until the server
    // counts their rows anew. A bitmap of the index meets every entry that a job left behind when it went on to another state, again and again until the next vacuum; whoever goes
    // through the index itself marks such entries, and nobody looks at them a second time.
    private const string ByIndex =
        "SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true); ";

    private readonly string accept = PostgresAccept.Sql(time);
    private readonly string claim = ByIndex + PostgresClaim.Sql(time);

    public override async Task<bool> AcceptAsync(VideoRow video, JobRow job, IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var writing = await CommandAsync(db, accept, cancellation, PostgresAccept.Values(video, job, events));
        if (await writing.ExecuteScalarAsync(cancellation) is long now)
        {
            job.NextRunAt = DateTimeOffset.FromUnixTimeMilliseconds(now);
            return true;
        }
        if (await IsKnownAsync(db, video, cancellation)) return false;
        throw new InvalidOperationException("The video's id is taken.");
    }

    /// <summary>
    /// The owner with the fewest running jobs comes first, among equals the one whose last turn is longest ago, then by id; within an owner the oldest due job. Claims at the
    /// same moment go to different owners as long as there are any. Several jobs at once are of different owners, and the ones that single claims would have got.
    /// </summary>
    public async Task<IReadOnlyList<LedgerEntry>> ClaimAsync(string worker, WantedJobs wanted, TimeSpan lease, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var claiming = await CommandAsync(db, claim, cancellation, ("worker", worker), ("most", wanted.Most), ("duration", Milliseconds(lease)),
            ("alone", wanted.LossesAlone), ("losses_min", wanted.LossesMin), ("losses_max", wanted.LossesMax));
        await using var reader = await claiming.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        var claimed = new List<LedgerEntry>();
        while (await reader.ReadAsync(cancellation)) claimed.Add(PostgresClaim.Read(reader));
        return claimed;
    }

    /// <summary>The owner gets a turn, if there is none yet, so that claims have something to tell owners apart by.</summary>
    protected override Task OwnerWaitsAsync(LedgerDb db, Guid owner, CancellationToken cancellation) => db.Database.ExecuteSqlAsync(
        $"""INSERT INTO turns ("OwnerId", "LastClaimAt") VALUES ({owner}, 0) ON CONFLICT DO NOTHING""", cancellation);

    protected override async Task<bool> ChangeAndTellAsync(LedgerDb db, DbCommand change, CloudEvent happened, CancellationToken cancellation)
    {
#pragma warning disable CA2100 // Both halves are the program's own.
        change.CommandText =
            $"""
            {ByIndex}WITH changed AS ({change.CommandText} RETURNING 1)
            INSERT INTO outbox ("EventId", "Body") SELECT @event, @body FROM changed
            """;
#pragma warning restore CA2100
        Add(change, "event", happened.Id);
        Add(change, "body", happened.ToJson());
        return await change.ExecuteNonQueryAsync(cancellation) > 0;
    }

    protected override void Add(DbCommand command, string name, object? value) =>
        command.Parameters.Add(new NpgsqlParameter(name, value is string text ? PostgresText.Storable(text) : value ?? DBNull.Value));
}
