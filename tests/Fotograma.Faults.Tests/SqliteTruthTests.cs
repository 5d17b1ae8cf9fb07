using Fotograma.Faults.Checking;
using Microsoft.Data.Sqlite;

namespace Fotograma.Faults.Tests;

/// <summary>What the witness in SQLite's files sees. The tables are as the program makes them, as far as the witness looks at them.</summary>
public sealed class SqliteTruthTests : IDisposable
{
    private const string Tables = """
        CREATE TABLE jobs ("Id" TEXT PRIMARY KEY, "VideoId" TEXT, "State" TEXT, "Attempt" INTEGER, "Epoch" INTEGER, "LeaseOwner" TEXT, "LeaseUntil" INTEGER, "ResultPrefix" TEXT, "Frames" INTEGER,
            "ArchiveBytes" INTEGER, "ErrorCode" TEXT, "Percent" REAL);
        CREATE TABLE outbox ("Sequence" INTEGER PRIMARY KEY, "Body" BLOB);
        """;

    private static readonly Guid Job = new("0190a5c8-0000-7000-8000-000000000001");
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-truth-").FullName;
    private readonly SqlTruth truth;

    public SqliteTruthTests()
    {
        Write(Tables);
        truth = new SqlTruth(new SqliteEngine(folder));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Every_change_of_a_job_is_noted_and_every_write_after_its_end()
    {
        await truth.PlaceWitnessAsync(Cancellation);
        Write($"""INSERT INTO jobs ("Id", "VideoId", "State", "Attempt", "Epoch") VALUES ('{Job}', '{Job}', 'pending', 0, 0)""");
        Write("""UPDATE jobs SET "State" = 'processing', "LeaseOwner" = 'somebody', "LeaseUntil" = 1700000000123, "Epoch" = 1, "Attempt" = 1""");
        Write("""UPDATE jobs SET "Percent" = 50""");
        (await truth.LeasedAsync(Cancellation)).ShouldBe([new Lease(Job, "somebody", 1, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123))]);
        (await truth.OpenJobsAsync(Cancellation)).ShouldBe(1);
        Write("""UPDATE jobs SET "State" = 'completed', "LeaseOwner" = NULL, "ResultPrefix" = 'jobs/1'""");
        Write("""UPDATE jobs SET "State" = 'completed', "ResultPrefix" = 'jobs/2'""");
        Write("DELETE FROM jobs");

        var noted = await truth.TransitionsAsync(Cancellation);
        noted.Select(change => (change.Job, change.Before, change.After, change.Worker, change.Epoch, change.Prefix)).ShouldBe(
        [
            (Job, "nothing", "pending", null, 0, null), (Job, "pending", "processing", "somebody", 1, null), (Job, "processing", "completed", "somebody", 1, "jobs/1"),
            (Job, "completed", "completed", null, 1, "jobs/2"), (Job, "completed", "nothing", null, 1, "jobs/2"),
        ]);
        noted.ShouldAllBe(change => (TimeProvider.System.GetUtcNow() - change.At).Duration() < TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Whoever_holds_the_lock_keeps_others_from_writing()
    {
        await using (await truth.HoldAsync("BEGIN IMMEDIATE", Cancellation)) Should.Throw<SqliteException>(() => Write("""DELETE FROM jobs""", patience: 1)).SqliteErrorCode.ShouldBe(5);
        Write("""DELETE FROM jobs""");
    }

    private void Write(string sql, int patience = 30)
    {
        using var db = new SqliteConnection($"Data Source={Path.Combine(folder, "video.db")};Pooling=false");
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = patience;
        command.ExecuteNonQuery();
    }
}
