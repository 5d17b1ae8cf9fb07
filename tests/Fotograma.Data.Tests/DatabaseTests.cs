using Fotograma.Kernel.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Data.Tests;

public sealed class DatabaseTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-data-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Nested => Path.Combine(folder, "not", "there", "yet");

    public void Dispose()
    {
        using (var db = Open("pool.db")) SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection());
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Schema_is_up_to_date_before_other_work_starts_and_a_missing_folder_is_made()
    {
        var builder = Builder();
        builder.AddDatabase<NoteDb>("notes");
        builder.Services.AddHostedService<FirstWriter>();
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        File.Exists(Path.Combine(Nested, "notes.db")).ShouldBeTrue();
        await using var db = await host.Services.GetRequiredService<IDbContextFactory<NoteDb>>().CreateDbContextAsync(Cancellation);
        (await db.Notes.CountAsync(Cancellation)).ShouldBe(1);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Starting_again_keeps_what_was_written()
    {
        for (var start = 1; start <= 2; start++)
        {
            var builder = Builder();
            builder.AddDatabase<NoteDb>("notes");
            builder.Services.AddHostedService<FirstWriter>();
            using var host = builder.Build();
            await host.StartAsync(Cancellation);
            await using var db = await host.Services.GetRequiredService<IDbContextFactory<NoteDb>>().CreateDbContextAsync(Cancellation);
            (await db.Notes.CountAsync(Cancellation)).ShouldBe(start);
            await host.StopAsync(Cancellation);
        }
    }

    [Fact]
    public async Task A_migration_whose_process_was_killed_does_not_hold_up_the_next_start()
    {
        var builder = Builder();
        builder.AddDatabase<NoteDb>("notes");
        Directory.CreateDirectory(Nested);
        await using (var killed = Open(Path.Combine(Nested, "notes.db")))
        {
            // What EF Core leaves behind when it is killed between taking its lock and the end of the migration.
            await killed.Database.ExecuteSqlRawAsync(
                """CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL); INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01');""",
                Cancellation);
        }
        using var host = builder.Build();
        await host.StartAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await using var db = await host.Services.GetRequiredService<IDbContextFactory<NoteDb>>().CreateDbContextAsync(Cancellation);
        (await db.Database.GetPendingMigrationsAsync(Cancellation)).ShouldBeEmpty();
        await host.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task Connections_are_prepared(bool survivePowerLoss, long synchronous)
    {
        await using var db = Open("a.db", new SqliteOptions { SurvivePowerLoss = survivePowerLoss, BusyTimeoutSeconds = 7 });
        await db.Database.OpenConnectionAsync(Cancellation);
        (await ReadAsync(db, "PRAGMA journal_mode")).ShouldBe("wal");
        (await ReadAsync(db, "PRAGMA synchronous")).ShouldBe(synchronous);
        (await ReadAsync(db, "PRAGMA busy_timeout")).ShouldBe(7000L);
        (await ReadAsync(db, "PRAGMA foreign_keys")).ShouldBe(1L);
    }

    [Fact]
    public async Task Times_come_back_to_the_millisecond_and_sort()
    {
        var early = new DateTimeOffset(2026, 1, 31, 23, 59, 59, 123, TimeSpan.FromHours(-3));
        DateTimeOffset[] times = [early, early.AddMilliseconds(1), early.AddYears(10), DateTimeOffset.UnixEpoch];
        await using var db = Open("a.db");
        await db.Database.MigrateAsync(Cancellation);
        db.Notes.AddRange(times.Select(time => new Note { Id = Notebook.Ids.New(), WrittenAt = time }));
        await db.SaveChangesAsync(Cancellation);
        db.ChangeTracker.Clear();
        (await db.Notes.OrderBy(note => note.WrittenAt).Select(note => note.WrittenAt).ToListAsync(Cancellation)).ShouldBe(times.Order());
        (await db.Notes.CountAsync(note => note.WrittenAt > early, Cancellation)).ShouldBe(2);
    }

    [Fact]
    public async Task Writers_wait_for_each_other()
    {
        await using (var db = Open("a.db")) await db.Database.MigrateAsync(Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await using var db = Open("a.db");
                db.Notes.Add(new Note { Id = Notebook.Ids.New(), WrittenAt = DateTimeOffset.UnixEpoch });
                await db.SaveChangesAsync(Cancellation);
            }
        })));
        await using var all = Open("a.db");
        (await all.Notes.CountAsync(Cancellation)).ShouldBe(80);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("301")]
    public void Wrong_setting_is_reported(string seconds)
    {
        var builder = Builder(("Sqlite:BusyTimeoutSeconds", seconds));
        builder.AddDatabase<NoteDb>("notes");
        builder.Services.ConfigurationFaults().ShouldHaveSingleItem().ShouldContain("BusyTimeoutSeconds");
    }

    private HostApplicationBuilder Builder(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            settings.Append(("Data:Folder", Nested)).ToDictionary(setting => setting.Item1, setting => (string?)setting.Item2));
        return builder;
    }

    private NoteDb Open(string file, SqliteOptions? options = null)
    {
        var db = new DbContextOptionsBuilder<NoteDb>();
        DatabaseRegistration.Configure(db, Path.Combine(folder, file), options ?? new SqliteOptions());
        return new NoteDb(db.Options);
    }

    private static async Task<object?> ReadAsync(NoteDb db, string sql)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Cancellation);
    }
}
