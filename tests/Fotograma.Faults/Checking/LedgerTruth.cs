using Npgsql;

namespace Fotograma.Faults.Checking;

/// <summary>A job as the database knows it.</summary>
internal sealed record JobTruth(Guid Id, Guid VideoId, string State, int Attempt, long Epoch, string? ResultPrefix, int? Frames, string? ErrorCode)
{
    public bool IsFinal => State is "completed" or "failed" or "cancelled";
}

/// <summary>One change of a job's state, written down by the database itself.</summary>
internal sealed record Transition(DateTimeOffset At, Guid Job, string Before, string After, string? Worker);

/// <summary>
/// Reads the databases behind the program's back. A trigger that the program knows nothing of writes down every change of a job's state: what the
/// program says of itself is no evidence.
/// </summary>
internal sealed class LedgerTruth(string ledger, string notices)
{
    private const string Witness = """
        CREATE TABLE IF NOT EXISTS witnessed (seq bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), job uuid NOT NULL, before text NOT NULL, after text NOT NULL, worker text);
        CREATE OR REPLACE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO witnessed (job, before, after, worker) VALUES (NEW."Id", OLD."State", NEW."State", COALESCE(NEW."LeaseOwner", OLD."LeaseOwner"));
            RETURN NULL;
        END $$;
        DROP TRIGGER IF EXISTS witness ON jobs;
        CREATE TRIGGER witness AFTER UPDATE ON jobs FOR EACH ROW WHEN (OLD."State" IS DISTINCT FROM NEW."State") EXECUTE FUNCTION witness();
        """;

    public async Task PlaceWitnessAsync(CancellationToken cancellation)
    {
        await using var db = await OpenAsync(ledger, cancellation);
        await using var command = new NpgsqlCommand(Witness, db);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public Task<List<JobTruth>> JobsAsync(CancellationToken cancellation) => ReadAsync(
        ledger, """SELECT "Id", "VideoId", "State", "Attempt", "Epoch", "ResultPrefix", "Frames", "ErrorCode" FROM jobs""",
        row => new JobTruth(
            row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetInt32(3), row.GetInt64(4), row.IsDBNull(5) ? null : row.GetString(5),
            row.IsDBNull(6) ? null : row.GetInt32(6), row.IsDBNull(7) ? null : row.GetString(7)), cancellation);

    public Task<List<Guid>> VideosAsync(CancellationToken cancellation) => ReadAsync(ledger, """SELECT "Id" FROM videos""", row => row.GetGuid(0), cancellation);

    public Task<List<Transition>> TransitionsAsync(CancellationToken cancellation) => ReadAsync(
        ledger, "SELECT at, job, before, after, worker FROM witnessed ORDER BY seq",
        row => new Transition(row.GetFieldValue<DateTimeOffset>(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4)), cancellation);

    /// <summary>Jobs that are under a worker's lease now, with the worker's name.</summary>
    public Task<List<(Guid Job, string Worker)>> LeasedAsync(CancellationToken cancellation) => ReadAsync(
        ledger, """SELECT "Id", "LeaseOwner" FROM jobs WHERE "State" = 'processing' AND "LeaseOwner" IS NOT NULL""", row => (row.GetGuid(0), row.GetString(1)), cancellation);

    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellation) =>
        (await ReadAsync(ledger, "SELECT clock_timestamp()", row => row.GetFieldValue<DateTimeOffset>(0), cancellation))[0];

    public async Task<long> WaitingEventsAsync(CancellationToken cancellation) =>
        (await ReadAsync(ledger, "SELECT count(*) FROM outbox", row => row.GetInt64(0), cancellation))[0];

    public async Task<long> TrashAsync(CancellationToken cancellation) =>
        (await ReadAsync(ledger, """SELECT count(*) FROM trash""", row => row.GetInt64(0), cancellation))[0];

    /// <summary>Which job was written about, once for each notification.</summary>
    public Task<List<(Guid Job, string Kind, string Channel, bool Sent)>> NoticesAsync(CancellationToken cancellation) => ReadAsync(
        notices, """SELECT "JobId", "Kind", "Channel", "State" FROM notifications""",
        row => (row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt32(3) == 1), cancellation);

    /// <summary>Runs a statement of a fault: locks, cut connections, a read-only mode.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(ledger, cancellation);
        await using var command = new NpgsqlCommand(sql, db);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<List<T>> ReadAsync<T>(string connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(connection, cancellation);
        await using var command = new NpgsqlCommand(sql, db);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var list = new List<T>();
        while (await rows.ReadAsync(cancellation)) list.Add(read(rows));
        return list;
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connection, CancellationToken cancellation)
    {
        // A connection of its own each time: those of a pool would not survive what is done to the server.
        var db = new NpgsqlConnection($"{connection};Pooling=false");
        await db.OpenAsync(cancellation);
        return db;
    }
}
