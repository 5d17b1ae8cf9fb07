using System.Data.Common;
using System.Text.Json;

namespace Fotograma.Faults.Checking;

/// <summary>The truth of a ledger in tables. Triggers are the witness: what the program says of itself is no evidence.</summary>
internal sealed class SqlTruth(SqlEngine engine) : LedgerTruth
{
    private const int StatementSecondsMax = 60;

    public override Task PlaceWitnessAsync(CancellationToken cancellation) => ExecuteAsync(engine.Witness, cancellation);

    public override Task<List<JobTruth>> JobsAsync(CancellationToken cancellation) => ReadAsync(
        """SELECT "Id", "VideoId", "State", "Attempt", "Epoch", "ResultPrefix", "Frames", "ArchiveBytes", "ErrorCode" FROM jobs""",
        row => new JobTruth(
            row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetInt32(3), row.GetInt64(4), Text(row, 5),
            row.IsDBNull(6) ? null : row.GetInt32(6), row.IsDBNull(7) ? null : row.GetInt64(7), Text(row, 8)), cancellation);

    public override Task<long> OpenJobsAsync(CancellationToken cancellation) => CountAsync("""SELECT count(*) FROM jobs WHERE "State" IN ('pending', 'processing')""", cancellation);

    public override Task<List<VideoTruth>> VideosAsync(CancellationToken cancellation) => ReadAsync(
        """SELECT "Id", "SourceKey", "Bytes", "Sha256" FROM videos""", row => new VideoTruth(row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetString(3)), cancellation);

    public override Task<List<Transition>> TransitionsAsync(CancellationToken cancellation) => ReadAsync(
        "SELECT at, job, before, after, worker, epoch, prefix FROM witnessed ORDER BY seq",
        row => new Transition(engine.Moment(row, 0), row.GetGuid(1), row.GetString(2), row.GetString(3), Text(row, 4), row.GetInt64(5), Text(row, 6)), cancellation);

    public override Task<List<Lease>> LeasedAsync(CancellationToken cancellation) => ReadAsync(
        """SELECT "Id", "LeaseOwner", "Epoch", "LeaseUntil" FROM jobs WHERE "State" = 'processing' AND "LeaseOwner" IS NOT NULL""",
        row => new Lease(row.GetGuid(0), row.GetString(1), row.GetInt64(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3))), cancellation);

    public override async Task<DateTimeOffset> NowAsync(CancellationToken cancellation) =>
        engine.AsksForTime is { } question ? (await ReadAsync(question, row => engine.Moment(row, 0), cancellation))[0] : TimeProvider.System.GetUtcNow();

    public override Task<long> WaitingEventsAsync(CancellationToken cancellation) => CountAsync("SELECT count(*) FROM outbox", cancellation);

    public override Task<long> TrashAsync(CancellationToken cancellation) => CountAsync("SELECT count(*) FROM trash", cancellation);

    public override Task<List<NoticeTruth>> NoticesAsync(CancellationToken cancellation) => ReadAsync(
        Database.Notices, """SELECT "Id", "JobId", "VideoId", "Kind", "Channel", "State" FROM notifications""",
        row => new NoticeTruth(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetString(4), row.GetInt32(5) == 1), cancellation);

    /// <summary>Asks the ledger's database a question.</summary>
    public Task<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellation) => ReadAsync(Database.Ledger, sql, read, cancellation);

    /// <summary>Asks the ledger's database for a number.</summary>
    public Task<long> CountAsync(string sql, CancellationToken cancellation) => CountAsync(Database.Ledger, sql, cancellation);

    /// <summary>Runs a statement of a fault in the ledger's database: locks, cut connections, a read-only mode.</summary>
    public Task ExecuteAsync(string sql, CancellationToken cancellation) => ExecuteAsync(Database.Ledger, sql, cancellation);

    /// <summary>Runs a statement in the database of the notifications.</summary>
    public Task ExecuteOnNoticesAsync(string sql, CancellationToken cancellation) => ExecuteAsync(Database.Notices, sql, cancellation);

    /// <summary>Asks the database of the notifications for a number.</summary>
    public Task<long> CountOnNoticesAsync(string sql, CancellationToken cancellation) => CountAsync(Database.Notices, sql, cancellation);

    /// <summary>Begins a transaction of the ledger's with a statement, which stays open until what is returned is disposed of.</summary>
    public async Task<IAsyncDisposable> HoldAsync(string begin, CancellationToken cancellation)
    {
        var db = await engine.OpenAsync(Database.Ledger, cancellation);
        await using var command = Command(db, begin);
        await command.ExecuteNonQueryAsync(cancellation);
        return db;
    }

    protected override Task<List<EventTruth>> EventsAsync(CancellationToken cancellation) => ReadAsync(
        "SELECT body FROM witnessed_events ORDER BY seq",
        row =>
        {
            using var json = JsonDocument.Parse(row.GetFieldValue<byte[]>(0));
            return new EventTruth(json.RootElement.GetProperty("id").GetGuid(), json.RootElement.GetProperty("type").GetString()!, json.RootElement.GetProperty("subject").GetString()!);
        }, cancellation);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DbCommand Command(DbConnection db, string sql)
    {
        var command = db.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, StatementSecondsMax);
        return command;
    }

    private async Task ExecuteAsync(Database database, string sql, CancellationToken cancellation)
    {
        await using var db = await engine.OpenAsync(database, cancellation);
        await using var command = Command(db, sql);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<long> CountAsync(Database database, string sql, CancellationToken cancellation) =>
        (await ReadAsync(database, sql, row => Convert.ToInt64(row.GetValue(0), null), cancellation))[0];

    private async Task<List<T>> ReadAsync<T>(Database database, string sql, Func<DbDataReader, T> read, CancellationToken cancellation)
    {
        await using var db = await engine.OpenAsync(database, cancellation);
        await using var command = Command(db, sql);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var list = new List<T>();
        while (await rows.ReadAsync(cancellation)) list.Add(read(rows));
        return list;
    }
}
