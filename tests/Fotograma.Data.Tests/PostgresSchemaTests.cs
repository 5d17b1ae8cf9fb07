using System.Diagnostics;
using System.Globalization;
using Fotograma.Data.Schema;
using Fotograma.Peers.Postgres;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fotograma.Data.Tests;

/// <summary>One schema, several processes, several versions.</summary>
public sealed class PostgresSchemaTests : IAsyncLifetime
{
    private const long MigrationLock = 0x464F544F4752414D;
    private PostgresRoom room = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Database => room.Prefix + "notes";

    public async ValueTask InitializeAsync() => room = (await PostgresPeer.SharedAsync()).MakeRoom();

    public ValueTask DisposeAsync() => room.DisposeAsync();

    [Fact]
    public async Task A_database_that_is_missing_is_made_and_is_up_to_date_before_other_work_starts()
    {
        await using var host = await PostgresHost<NoteDb>.StartAsync(room);
        await using var db = await host.OpenAsync();
        (await db.Notes.CountAsync(Cancellation)).ShouldBe(1);
        (await db.Database.GetAppliedMigrationsAsync(Cancellation)).ShouldBe(["20260102000000_Initial"]);
        (await room.Server.AskAsync($"SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = '{Database}'")).ShouldBe(["UTF8"]);
        (await host.HealthAsync()).Status.ShouldBe(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy);
    }

    [Fact]
    public async Task Processes_that_start_at_the_same_moment_migrate_once()
    {
        var hosts = Enumerable.Range(0, 8).Select(_ => new PostgresHost<NoteDb>(room)).ToList();
        await Task.WhenAll(hosts.Select(host => Task.Run(host.StartAsync, Cancellation)));
        await using (var db = await hosts[0].OpenAsync())
        {
            (await db.Notes.CountAsync(Cancellation)).ShouldBe(hosts.Count);
            (await db.Database.GetAppliedMigrationsAsync(Cancellation)).Count().ShouldBe(1);
        }
        foreach (var host in hosts) await host.DisposeAsync();
    }

    [Fact]
    public async Task A_migrator_that_is_killed_lets_the_next_one_in()
    {
        var connection = await room.CreateAsync("notes");
        using var migrator = Process.Start(new ProcessStartInfo("psql", ["-qX", "-h", "127.0.0.1", "-p", room.Server.Port.ToString(CultureInfo.InvariantCulture), "-U", "app", "-d", Database])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        await migrator.StandardInput.WriteLineAsync($"BEGIN; SELECT pg_advisory_xact_lock({MigrationLock}); CREATE TABLE half_done (id int); SELECT 'held';");
        await migrator.StandardInput.FlushAsync(Cancellation);
        while (!(await migrator.StandardOutput.ReadLineAsync(Cancellation))!.Contains("held", StringComparison.Ordinal))
        {
        }
        await using (var impatient = new PostgresHost<NoteDb>(room, ("Postgres:MigrationWaitSecondsMax", "1")))
            (await Should.ThrowAsync<SchemaException>(impatient.StartAsync)).Message.ShouldContain("Another process has been migrating");
        await using var patient = new PostgresHost<NoteDb>(room);
        var starting = patient.StartAsync();
        migrator.Kill();
        await starting;
        (await room.Server.AskAsync("SELECT count(*) FROM pg_tables WHERE tablename = 'half_done'", Database)).ShouldBe([0L]);
        connection.ShouldContain(Database);
    }

    [Fact]
    public async Task A_migration_that_is_cut_off_in_the_middle_leaves_nothing_behind()
    {
        var connection = await room.CreateAsync("notes");
        await using var blocker = new NpgsqlConnection(connection + ";Pooling=false");
        await blocker.OpenAsync(Cancellation);
        // The migration has to wait for this one's end before it can make the same table.
        await using (var block = new NpgsqlCommand("""BEGIN; CREATE TABLE "Notes" (id int)""", blocker)) await block.ExecuteNonQueryAsync(Cancellation);
        await using (var doomed = new PostgresHost<NoteDb>(room))
        {
            var starting = doomed.StartAsync();
            await UntilAsync("""SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%CREATE TABLE "Notes"%' AND pid <> pg_backend_pid()""");
            await room.Server.ExecuteAsync("""SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'""", Database);
            await Should.ThrowAsync<NpgsqlException>(() => starting);
        }
        await using (var release = new NpgsqlCommand("ROLLBACK", blocker)) await release.ExecuteNonQueryAsync(Cancellation);
        await using var next = await PostgresHost<NoteDb>.StartAsync(room);
        await using var db = await next.OpenAsync();
        (await db.Notes.CountAsync(Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task A_start_that_may_not_migrate_is_refused_until_somebody_did()
    {
        await using (var early = new PostgresHost<NoteDb>(room, ("Postgres:MigrateAtStart", "false")))
            (await Should.ThrowAsync<SchemaException>(early.StartAsync)).Message.ShouldContain("Run 'fotograma migrate' first.");
        await room.CreateAsync("notes");
        await using (var still = new PostgresHost<NoteDb>(room, ("Postgres:MigrateAtStart", "false")))
        {
            var sentence = (await Should.ThrowAsync<SchemaException>(still.StartAsync)).Message;
            sentence.ShouldContain("20260102000000_Initial");
            sentence.ShouldContain("Run 'fotograma migrate' first.");
            var change = await still.Service<ModuleSchema>().MigrateAsync(Cancellation);
            (change.Created, change.Applied.Count, change.Newer.Count).ShouldBe((false, 1, 0));
            (await still.Service<ModuleSchema>().MigrateAsync(Cancellation)).Applied.ShouldBeEmpty();
        }
        await using var host = await PostgresHost<NoteDb>.StartAsync(room, ("Postgres:MigrateAtStart", "false"));
    }

    [Fact]
    public async Task A_database_that_is_missing_and_may_not_be_made_is_named()
    {
        await using var host = new PostgresHost<NoteDb>(room, ("Postgres:CreateDatabases", "false"));
        (await Should.ThrowAsync<SchemaException>(host.StartAsync)).Message.ShouldContain(Database);
    }

    [Fact]
    public async Task A_user_who_may_not_make_databases_is_told_what_to_ask_for()
    {
        await room.Server.ExecuteAsync($"CREATE ROLE {room.Prefix}poor LOGIN");
        await using (var host = new PostgresHost<NoteDb>(room, ("Postgres:ConnectionString", $"{room.ConnectionString.Replace("Username=app", $"Username={room.Prefix}poor", StringComparison.Ordinal)};Password=geheim")))
        {
            var refusal = await Should.ThrowAsync<SchemaException>(host.StartAsync);
            refusal.Message.ShouldContain(Database);
            refusal.Message.ShouldContain("CREATEDB");
            refusal.ToString().ShouldNotContain("geheim");
        }
        await room.Server.ExecuteAsync($"DROP ROLE {room.Prefix}poor");
    }

    [Fact]
    public async Task The_version_before_works_on_a_schema_that_the_version_after_added_to()
    {
        await using var older = await PostgresHost<NoteDb>.StartAsync(room);
        await using var newer = await PostgresHost<NewerNoteDb>.StartAsync(room);
        // Both at work on one schema, the older one started before and once more after the migration.
        await using var olderAgain = await PostgresHost<NoteDb>.StartAsync(room);
        await using (var db = await newer.OpenAsync())
        {
            db.Notes.Add(new ColouredNote { Id = Notebook.Ids.New(), WrittenAt = DateTimeOffset.UnixEpoch, Colour = "red" });
            await db.SaveChangesAsync(Cancellation);
        }
        await using (var db = await older.OpenAsync())
        {
            (await db.Notes.CountAsync(Cancellation)).ShouldBe(3);
            var coloured = await db.Notes.OrderBy(note => note.Id).LastAsync(Cancellation);
            coloured.Title = "seen by the older one";
            await db.SaveChangesAsync(Cancellation);
        }
        await using (var db = await newer.OpenAsync())
            (await db.Notes.Select(note => note.Colour).ToListAsync(Cancellation)).ShouldBe(["white", "white", "red"], ignoreOrder: true);
        var change = await olderAgain.Service<ModuleSchema>().MigrateAsync(Cancellation);
        change.Applied.ShouldBeEmpty();
        change.Newer.ShouldBe(["20270101000000_Colours"]);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_schema_from_which_a_newer_version_took_something_away_is_refused(string migrateAtStart)
    {
        await using (var older = await PostgresHost<NoteDb>.StartAsync(room)) await older.HealthAsync();
        await using (var far = await PostgresHost<FarNoteDb>.StartAsync(room)) await far.HealthAsync();
        await using var again = new PostgresHost<NoteDb>(room, ("Postgres:MigrateAtStart", migrateAtStart));
        (await Should.ThrowAsync<SchemaException>(again.StartAsync)).Message.ShouldContain("20280101000000_BreakingTitlesAreGone");
    }

    // Looks, with a bound, until a question has an answer.
    private async Task UntilAsync(string question)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while ((await room.Server.AskAsync(question, Database)).Count == 0) await Task.Delay(10, patience.Token);
    }
}
