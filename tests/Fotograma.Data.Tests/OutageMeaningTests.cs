using Fotograma.Kernel.Errors;
using Fotograma.Peers.Postgres;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Data.Tests;

/// <summary>What a caller is told of a statement that failed: that the database is away, or that something is wrong here.</summary>
public sealed class OutageMeaningTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid())", true)]
    [InlineData("SET TRANSACTION READ ONLY; CREATE TABLE unwritten (one int)", true)]
    [InlineData("DO $$ BEGIN RAISE 'the disk is full' USING ERRCODE = '53100'; END $$", true)]
    [InlineData("SELECT 1 / (SELECT 0)", false)]
    [InlineData("SELECT nothing FROM nowhere", false)]
    [InlineData("DO $$ BEGIN RAISE 'it is there' USING ERRCODE = '23505'; END $$", false)]
    public async Task Statement_that_postgresql_does_not_take(string sql, bool isAway)
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await using var host = await PostgresHost<NoteDb>.StartAsync(room);
        await using var db = await host.OpenAsync();
        var failure = await Should.ThrowAsync<Exception>(() => db.Database.ExecuteSqlRawAsync(sql, Cancellation));
        host.Service<ErrorMeaning>().Of(failure).ShouldBe(isAway ? ErrorCatalogue.DatabaseUnavailable : null);
    }

    [Fact]
    public async Task Postgresql_that_is_not_there()
    {
        await using var postgres = await PostgresPeer.StartAsync();
        await using var room = postgres.MakeRoom();
        await using var host = await PostgresHost<NoteDb>.StartAsync(room);
        await postgres.StopImmediateAsync();
        await using (var db = await host.OpenAsync())
        {
            var failure = await Should.ThrowAsync<Exception>(() => db.Notes.CountAsync(Cancellation));
            host.Service<ErrorMeaning>().Of(failure).ShouldBe(ErrorCatalogue.DatabaseUnavailable);
            db.Notes.Add(new Note { Id = Notebook.Ids.New(), WrittenAt = DateTimeOffset.UnixEpoch });
            failure = await Should.ThrowAsync<Exception>(() => db.SaveChangesAsync(Cancellation));
            host.Service<ErrorMeaning>().Of(failure).ShouldBe(ErrorCatalogue.DatabaseUnavailable);
        }
        await postgres.StartAgainAsync();
    }

    [Fact]
    public async Task Sqlite_that_somebody_else_keeps_locked()
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-outage-").FullName;
        try
        {
            await using var db = new NoteDb(Options(folder));
            await db.Database.EnsureCreatedAsync(Cancellation);
            await using var other = new SqliteConnection($"Data Source={Path.Combine(folder, "notes.db")};Pooling=false");
            await other.OpenAsync(Cancellation);
            await using var hold = new SqliteCommand("BEGIN IMMEDIATE", other);
            await hold.ExecuteNonQueryAsync(Cancellation);
            db.Notes.Add(new Note { Id = Notebook.Ids.New(), WrittenAt = DateTimeOffset.UnixEpoch });
            var failure = await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync(Cancellation));
            DatabaseOutage.MeaningOf(failure).ShouldBe(ErrorCatalogue.DatabaseUnavailable);
            var wrong = await Should.ThrowAsync<SqliteException>(() => db.Database.ExecuteSqlRawAsync("SELECT nothing FROM nowhere", Cancellation));
            DatabaseOutage.MeaningOf(wrong).ShouldBeNull();
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DbContextOptions<NoteDb> Options(string folder)
    {
        var options = new DbContextOptionsBuilder<NoteDb>();
        DatabaseRegistration.Configure(options, Path.Combine(folder, "notes.db"), new SqliteOptions { BusyTimeoutSeconds = 1 });
        return options.Options;
    }
}
