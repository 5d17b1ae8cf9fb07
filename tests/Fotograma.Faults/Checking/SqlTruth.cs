using System.Text.Json;
using Npgsql;

namespace Fotograma.Faults.Checking;

/// <summary>
/// The truth of a ledger in PostgreSQL. Triggers that the program knows nothing of write down what happens to jobs, every write to one that has ended
/// among them, and every event: what the program says of itself is no evidence.
/// </summary>
internal sealed class SqlTruth(string ledger, string notices) : LedgerTruth
{
    private const string Witness = """
        SELECT "Body" FROM outbox LIMIT 0;
        CREATE TABLE IF NOT EXISTS witnessed (
            seq bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), job uuid NOT NULL, before text NOT NULL, after text NOT NULL, worker text,
            epoch bigint NOT NULL, prefix text);
        CREATE OR REPLACE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO witnessed (job, before, after, worker, epoch, prefix) VALUES (NEW."Id", 'nothing', NEW."State", NEW."LeaseOwner", NEW."Epoch", NEW."ResultPrefix");
            ELSIF TG_OP = 'DELETE' THEN
                INSERT INTO witnessed (job, before, after, worker, epoch, prefix) VALUES (OLD."Id", OLD."State", 'nothing', OLD."LeaseOwner", OLD."Epoch", OLD."ResultPrefix");
            ELSE
                INSERT INTO witnessed (job, before, after, worker, epoch, prefix)
                VALUES (NEW."Id", OLD."State", NEW."State", COALESCE(NEW."LeaseOwner", OLD."LeaseOwner"), NEW."Epoch", NEW."ResultPrefix");
            END IF;
            RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER witness_came AFTER INSERT OR DELETE ON jobs FOR EACH ROW EXECUTE FUNCTION witness();
        CREATE OR REPLACE TRIGGER witness_changed AFTER UPDATE ON jobs FOR EACH ROW
        WHEN (OLD."State" IS DISTINCT FROM NEW."State" OR OLD."State" IN ('completed', 'failed', 'cancelled')) EXECUTE FUNCTION witness();
        CREATE TABLE IF NOT EXISTS witnessed_events (seq bigserial PRIMARY KEY, body bytea NOT NULL);
        CREATE OR REPLACE FUNCTION witness_event() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO witnessed_events (body) VALUES (NEW."Body");
            RETURN NULL;
        END $$;
        CREATE OR REPLACE TRIGGER witness_told AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION witness_event();
        """;

    public override Task PlaceWitnessAsync(CancellationToken cancellation) => ExecuteAsync(Witness, cancellation);

    public override Task<List<JobTruth>> JobsAsync(CancellationToken cancellation) => ReadAsync(
        ledger, """SELECT "Id", "VideoId", "State", "Attempt", "Epoch", "ResultPrefix", "Frames", "ArchiveBytes", "ErrorCode" FROM jobs""",
        row => new JobTruth(
            row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetInt32(3), row.GetInt64(4), Text(row, 5),
            row.IsDBNull(6) ? null : row.GetInt32(6), row.IsDBNull(7) ? null : row.GetInt64(7), Text(row, 8)), cancellation);

    public override Task<long> OpenJobsAsync(CancellationToken cancellation) => CountAsync("""SELECT count(*) FROM jobs WHERE "State" IN ('pending', 'processing')""", cancellation);

    public override Task<List<VideoTruth>> VideosAsync(CancellationToken cancellation) => ReadAsync(
        ledger, """SELECT "Id", "SourceKey", "Bytes", "Sha256" FROM videos""",
        row => new VideoTruth(row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetString(3)), cancellation);

    public override Task<List<Transition>> TransitionsAsync(CancellationToken cancellation) => ReadAsync(
        ledger, "SELECT at, job, before, after, worker, epoch, prefix FROM witnessed ORDER BY seq",
        row => new Transition(
            row.GetFieldValue<DateTimeOffset>(0), row.GetGuid(1), row.GetString(2), row.GetString(3), Text(row, 4), row.GetInt64(5), Text(row, 6)), cancellation);

    public override Task<List<Lease>> LeasedAsync(CancellationToken cancellation) => ReadAsync(
        ledger, """SELECT "Id", "LeaseOwner", "Epoch", "LeaseUntil" FROM jobs WHERE "State" = 'processing' AND "LeaseOwner" IS NOT NULL""",
        row => new Lease(row.GetGuid(0), row.GetString(1), row.GetInt64(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3))), cancellation);

    public override async Task<DateTimeOffset> NowAsync(CancellationToken cancellation) =>
        (await ReadAsync(ledger, "SELECT clock_timestamp()", row => row.GetFieldValue<DateTimeOffset>(0), cancellation))[0];

    public override Task<long> WaitingEventsAsync(CancellationToken cancellation) => CountAsync("SELECT count(*) FROM outbox", cancellation);

    public override Task<long> TrashAsync(CancellationToken cancellation) => CountAsync("SELECT count(*) FROM trash", cancellation);

    public override Task<List<NoticeTruth>> NoticesAsync(CancellationToken cancellation) => ReadAsync(
        notices, """SELECT "Id", "JobId", "VideoId", "Kind", "Channel", "State" FROM notifications""",
        row => new NoticeTruth(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetString(4), row.GetInt32(5) == 1), cancellation);

    /// <summary>Asks the ledger's database a question.</summary>
    public Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation) => ReadAsync(ledger, sql, read, cancellation);

    /// <summary>Asks the ledger's database for a number.</summary>
    public async Task<long> CountAsync(string sql, CancellationToken cancellation) => (await ReadAsync(ledger, sql, row => Convert.ToInt64(row.GetValue(0), null), cancellation))[0];

    /// <summary>Runs a statement of a fault in the ledger's database: locks, cut connections, a read-only mode.</summary>
    public Task ExecuteAsync(string sql, CancellationToken cancellation) => ExecuteAsync(ledger, sql, cancellation);

    /// <summary>Runs a statement in the database of the notifications.</summary>
    public Task ExecuteOnNoticesAsync(string sql, CancellationToken cancellation) => ExecuteAsync(notices, sql, cancellation);

    /// <summary>Asks the database of the notifications for a number.</summary>
    public async Task<long> CountOnNoticesAsync(string sql, CancellationToken cancellation) => (await ReadAsync(notices, sql, row => Convert.ToInt64(row.GetValue(0), null), cancellation))[0];

    private static async Task ExecuteAsync(string connection, string sql, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(connection, cancellation);
        await using var command = new NpgsqlCommand(sql, db) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    protected override async Task<List<EventTruth>> EventsAsync(CancellationToken cancellation) => await ReadAsync(
        ledger, "SELECT body FROM witnessed_events ORDER BY seq",
        row =>
        {
            using var json = JsonDocument.Parse(row.GetFieldValue<byte[]>(0));
            return new EventTruth(json.RootElement.GetProperty("id").GetGuid(), json.RootElement.GetProperty("type").GetString()!, json.RootElement.GetProperty("subject").GetString()!);
        }, cancellation);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

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
