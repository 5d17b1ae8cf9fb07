using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Fotograma.Faults.Checking;

/// <summary>The truth of a ledger in SQLite files that several processes share. Triggers are the witness, as in PostgreSQL: whoever writes a job notes it in the same transaction.</summary>
internal sealed class SqliteTruth(string folder) : LedgerTruth
{
    private const string Ledger = "video.db";
    private const string Notices = "notify.db";

    private const string Witness = """
        CREATE TABLE IF NOT EXISTS witnessed (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)), job TEXT NOT NULL, before TEXT NOT NULL,
            after TEXT NOT NULL, worker TEXT, epoch INTEGER NOT NULL, prefix TEXT);
        CREATE TRIGGER IF NOT EXISTS witness_came AFTER INSERT ON jobs BEGIN
            INSERT INTO witnessed (job, before, after, worker, epoch, prefix) VALUES (NEW."Id", 'nothing', NEW."State", NEW."LeaseOwner", NEW."Epoch", NEW."ResultPrefix");
        END;
        CREATE TRIGGER IF NOT EXISTS witness_went AFTER DELETE ON jobs BEGIN
            INSERT INTO witnessed (job, before, after, worker, epoch, prefix) VALUES (OLD."Id", OLD."State", 'nothing', OLD."LeaseOwner", OLD."Epoch", OLD."ResultPrefix");
        END;
        CREATE TRIGGER IF NOT EXISTS witness_changed AFTER UPDATE ON jobs WHEN OLD."State" IS NOT NEW."State" OR OLD."State" IN ('completed', 'failed', 'cancelled') BEGIN
            INSERT INTO witnessed (job, before, after, worker, epoch, prefix)
            VALUES (NEW."Id", OLD."State", NEW."State", COALESCE(NEW."LeaseOwner", OLD."LeaseOwner"), NEW."Epoch", NEW."ResultPrefix");
        END;
        CREATE TABLE IF NOT EXISTS witnessed_events (seq INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL);
        CREATE TRIGGER IF NOT EXISTS witness_told AFTER INSERT ON outbox BEGIN
            INSERT INTO witnessed_events (body) VALUES (NEW."Body");
        END;
        """;

    public override async Task PlaceWitnessAsync(CancellationToken cancellation)
    {
        await using var db = await OpenAsync(Ledger, cancellation);
        await using var command = Command(db, Witness);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public override Task<List<JobTruth>> JobsAsync(CancellationToken cancellation) => ReadAsync(
        Ledger, """SELECT "Id", "VideoId", "State", "Attempt", "Epoch", "ResultPrefix", "Frames", "ArchiveBytes", "ErrorCode" FROM jobs""",
        row => new JobTruth(
            row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetInt32(3), row.GetInt64(4), Text(row, 5),
            row.IsDBNull(6) ? null : row.GetInt32(6), row.IsDBNull(7) ? null : row.GetInt64(7), Text(row, 8)), cancellation);

    public override Task<List<VideoTruth>> VideosAsync(CancellationToken cancellation) => ReadAsync(
        Ledger, """SELECT "Id", "SourceKey", "Bytes", "Sha256" FROM videos""",
        row => new VideoTruth(row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetString(3)), cancellation);

    public override Task<List<Transition>> TransitionsAsync(CancellationToken cancellation) => ReadAsync(
        Ledger, "SELECT at, job, before, after, worker, epoch, prefix FROM witnessed ORDER BY seq",
        row => new Transition(
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)), row.GetGuid(1), row.GetString(2), row.GetString(3), Text(row, 4), row.GetInt64(5), Text(row, 6)), cancellation);

    public override Task<List<Lease>> LeasedAsync(CancellationToken cancellation) => ReadAsync(
        Ledger, """SELECT "Id", "LeaseOwner", "Epoch", "LeaseUntil" FROM jobs WHERE "State" = 'processing' AND "LeaseOwner" IS NOT NULL""",
        row => new Lease(row.GetGuid(0), row.GetString(1), row.GetInt64(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3))), cancellation);

    /// <summary>SQLite goes by the clock of whoever asks.</summary>
    public override Task<DateTimeOffset> NowAsync(CancellationToken cancellation) => Task.FromResult(TimeProvider.System.GetUtcNow());

    public override async Task<long> WaitingEventsAsync(CancellationToken cancellation) => (await ReadAsync(Ledger, "SELECT count(*) FROM outbox", row => row.GetInt64(0), cancellation))[0];

    public override async Task<long> TrashAsync(CancellationToken cancellation) => (await ReadAsync(Ledger, "SELECT count(*) FROM trash", row => row.GetInt64(0), cancellation))[0];

    public override Task<List<NoticeTruth>> NoticesAsync(CancellationToken cancellation) => ReadAsync(
        Notices, """SELECT "Id", "JobId", "VideoId", "Kind", "Channel", "State" FROM notifications""",
        row => new NoticeTruth(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetString(4), row.GetInt32(5) == 1), cancellation);

    /// <summary>Keeps everybody else from writing to the ledger until the connection is disposed of, as a backup does that was badly chosen.</summary>
    public async Task<SqliteConnection> LockAsync(CancellationToken cancellation)
    {
        var db = await OpenAsync(Ledger, cancellation);
        await using var begin = Command(db, "BEGIN IMMEDIATE");
        await begin.ExecuteNonQueryAsync(cancellation);
        return db;
    }

    protected override Task<List<EventTruth>> EventsAsync(CancellationToken cancellation) => ReadAsync(
        Ledger, "SELECT body FROM witnessed_events ORDER BY seq",
        row =>
        {
            using var json = JsonDocument.Parse(row.GetFieldValue<byte[]>(0));
            return new EventTruth(json.RootElement.GetProperty("id").GetGuid(), json.RootElement.GetProperty("type").GetString()!, json.RootElement.GetProperty("subject").GetString()!);
        }, cancellation);

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private async Task<List<T>> ReadAsync<T>(string file, string sql, Func<SqliteDataReader, T> read, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(file, cancellation);
        await using var command = Command(db, sql);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var list = new List<T>();
        while (await rows.ReadAsync(cancellation)) list.Add(read(rows));
        return list;
    }

    private static SqliteCommand Command(SqliteConnection db, string sql) => new(sql, db) { CommandTimeout = 60 };

    private async Task<SqliteConnection> OpenAsync(string file, CancellationToken cancellation)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, file), Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        var db = new SqliteConnection(connection.ConnectionString);
        await db.OpenAsync(cancellation);
        return db;
    }
}
