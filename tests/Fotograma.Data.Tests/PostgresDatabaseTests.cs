using System.Data.Common;
using System.Text.RegularExpressions;
using Fotograma.Kernel.Hosting;
using Fotograma.Peers.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Data.Tests;

/// <summary>What modules rely on and PostgreSQL or its driver decides.</summary>
public sealed class PostgresDatabaseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Times_come_back_to_the_millisecond_and_sort()
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await using var host = await PostgresHost<NoteDb>.StartAsync(room);
        var early = new DateTimeOffset(2026, 1, 31, 23, 59, 59, 123, TimeSpan.FromHours(-3));
        DateTimeOffset[] times = [early, early.AddMilliseconds(1), early.AddYears(10)];
        await using var db = await host.OpenAsync();
        db.Notes.AddRange(times.Reverse().Select(time => new Note { Id = Notebook.Ids.New(), WrittenAt = time }));
        await db.SaveChangesAsync(Cancellation);
        db.ChangeTracker.Clear();
        (await db.Notes.OrderBy(note => note.WrittenAt).Select(note => note.WrittenAt).ToListAsync(Cancellation)).ShouldBe([DateTimeOffset.UnixEpoch, .. times]);
        (await db.Notes.CountAsync(note => note.WrittenAt > early, Cancellation)).ShouldBe(2);
    }

    [Fact]
    public async Task Ids_sort_and_compare_in_the_database_as_they_do_in_memory()
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await using var host = await PostgresHost<NoteDb>.StartAsync(room);
        await using var db = await host.OpenAsync();
        await db.Notes.ExecuteDeleteAsync(Cancellation);
        var random = new Random(3);
        var bytes = new byte[16];
        var ids = new List<Guid>();
        for (var i = 0; i < 100; i++)
        {
            random.NextBytes(bytes);
            ids.Add(new Guid(bytes));
            db.Notes.Add(new Note { Id = ids[i], WrittenAt = DateTimeOffset.UnixEpoch });
        }
        await db.SaveChangesAsync(Cancellation);
        ids.Sort();
        (await db.Notes.OrderBy(note => note.Id).Select(note => note.Id).ToListAsync(Cancellation)).ShouldBe(ids);
        var middle = ids[40];
        (await db.Notes.CountAsync(note => note.Id.CompareTo(middle) < 0, Cancellation)).ShouldBe(40);
        (await db.Notes.CountAsync(note => note.Id.CompareTo(middle) >= 0, Cancellation)).ShouldBe(60);
    }

    [Theory]
    [InlineData("a\\0b", "a\uFFFDb")]
    [InlineData("half \\uD83C", "half \uFFFD")]
    [InlineData("\\uDF9E half", "\uFFFD half")]
    [InlineData("whole 🎞️ ção 日本語", "whole 🎞️ ção 日本語")]
    public async Task Text_that_the_database_cannot_hold_is_replaced_and_fails_nothing(string escaped, string kept)
    {
        // Attributes cannot hold it either.
        var written = Regex.Unescape(escaped);
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await using var host = await PostgresHost<NoteDb>.StartAsync(room);
        await using var db = await host.OpenAsync();
        var id = Notebook.Ids.New();
        db.Notes.Add(new Note { Id = id, WrittenAt = DateTimeOffset.UnixEpoch, Title = written });
        await db.SaveChangesAsync(Cancellation);
        db.ChangeTracker.Clear();
        (await db.Notes.SingleAsync(note => note.Title == written, Cancellation)).ShouldSatisfyAllConditions(note => note.Id.ShouldBe(id), note => note.Title.ShouldBe(kept));
        (await db.Notes.Where(note => note.Id == id).ExecuteUpdateAsync(change => change.SetProperty(note => note.Title, written), Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task A_value_that_must_be_unique_and_is_taken_is_told_from_other_failures()
    {
        await using var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await using var host = await PostgresHost<NoteDb>.StartAsync(room);
        (await FailureAsync(new Note { Id = Notebook.Ids.New(), WrittenAt = DateTimeOffset.UnixEpoch, Title = "taken" }, host)).ShouldBeNull();
        var failure = await FailureAsync(new Note { Id = Notebook.Ids.New(), WrittenAt = DateTimeOffset.UnixEpoch, Title = "taken" }, host);
        failure!.TakenIndex()!.ShouldContain("Title");
        new DbUpdateException("another").TakenIndex().ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_crashes_is_told_clearly_and_everything_goes_on_when_it_is_back()
    {
        await using var server = await PostgresPeer.StartAsync();
        await using var room = server.MakeRoom();
        await using var host = await PostgresHost<NoteDb>.StartAsync(room, ("Postgres:ConnectTimeoutSeconds", "5"));
        await server.StopImmediateAsync();
        var health = await host.HealthAsync();
        (health.Status, health.Description).ShouldBe((HealthStatus.Unhealthy, "The database does not answer."));
        await using (var db = await host.OpenAsync())
        {
            // Neither hidden retries nor a wrapping that hides what it is: the loops of the modules catch what databases throw.
            (await Should.ThrowAsync<Exception>(() => db.Notes.CountAsync(Cancellation))).ShouldBeAssignableTo<DbException>();
            db.Notes.Add(new Note { Id = Notebook.Ids.New(), WrittenAt = DateTimeOffset.UnixEpoch });
            (await Should.ThrowAsync<Exception>(() => db.SaveChangesAsync(Cancellation))).ShouldBeAssignableTo<DbException>();
        }
        await server.StartAgainAsync();
        (await host.HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
        await using var again = await host.OpenAsync();
        (await again.Notes.CountAsync(Cancellation)).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_committed_survives_a_crash_of_the_server()
    {
        await using var server = await PostgresPeer.StartAsync();
        await using var room = server.MakeRoom();
        await using var host = await PostgresHost<NoteDb>.StartAsync(room);
        for (var round = 1; round <= 3; round++)
        {
            await using (var db = await host.OpenAsync())
            {
                db.Notes.Add(new Note { Id = Notebook.Ids.New(), WrittenAt = DateTimeOffset.UnixEpoch });
                await db.SaveChangesAsync(Cancellation);
            }
            await server.RestartAsync();
            // The pool still holds connections to the dead server; health finds that out, as any work would.
            while ((await host.HealthAsync()).Status != HealthStatus.Healthy) Cancellation.ThrowIfCancellationRequested();
            await using var after = await host.OpenAsync();
            (await after.Notes.CountAsync(Cancellation)).ShouldBe(1 + round);
        }
    }

    [Theory]
    [InlineData("Postgres:ConnectionString", "Host=db;Database=mine;Password=geheim", "must not name a Database")]
    [InlineData("Postgres:ConnectionString", "Username=me;Password=geheim", "must name a Host")]
    [InlineData("Postgres:ConnectionString", "Host=db;Port=geheim", "cannot be read")]
    [InlineData("Postgres:ConnectionString", "geheim", "cannot be read")]
    [InlineData("Postgres:ConnectionString", "", "must say where the server is")]
    [InlineData("Postgres:DatabasePrefix", "Fotograma-", "DatabasePrefix")]
    [InlineData("Postgres:Databases:notes", "Host=db;Password=geheim", "Databases:notes")]
    [InlineData("Postgres:PoolConnectionsMax", "1", "PoolConnectionsMax")]
    [InlineData("Postgres:CommandTimeoutSeconds", "0", "CommandTimeoutSeconds")]
    [InlineData("Postgres:ConnectTimeoutSeconds", "301", "ConnectTimeoutSeconds")]
    [InlineData("Postgres:MigrationWaitSecondsMax", "0", "MigrationWaitSecondsMax")]
    [InlineData("Postgres:PreparedStatementsMax", "-1", "PreparedStatementsMax")]
    [InlineData("Postgres:ListenKeepAliveSeconds", "0", "ListenKeepAliveSeconds")]
    [InlineData("Database:Provider", "oracle", "Provider")]
    public void A_setting_that_cannot_work_is_named_without_its_secrets(string key, string value, string named)
    {
        var faults = Faults(("Database:Provider", "postgres"), ("Postgres:ConnectionString", "Host=db"), (key, value));
        faults.ShouldHaveSingleItem().ShouldContain(named);
        if (key.StartsWith("Postgres:", StringComparison.Ordinal)) faults[0].ShouldNotContain("geheim");
    }

    [Fact]
    public void Two_modules_cannot_share_a_database()
    {
        var faults = Faults(("Database:Provider", "postgres"), ("Postgres:Databases:notes", "Host=db;Database=one"), ("Postgres:Databases:auth", "Host=db;Port=5432;Database=one"));
        faults.ShouldHaveSingleItem().ShouldContain("one database");
    }

    [Fact]
    public void Settings_of_a_database_that_is_not_used_are_not_looked_at() => Faults(("Postgres:PoolConnectionsMax", "1")).ShouldBeEmpty();

    [Fact]
    public void A_module_can_have_a_database_elsewhere()
    {
        var options = new PostgresOptions { ConnectionString = "Host=db;Username=me", Databases = { ["auth"] = "Host=vault;Username=keeper;Database=accounts" } };
        options.Problems().ShouldBeEmpty();
        options.ConnectionStringOf("video").ShouldContain("Database=fotograma_video");
        options.ConnectionStringOf("video").ShouldContain("jit=off");
        options.ConnectionStringOf("auth").ShouldContain("Host=vault");
        options.ConnectionStringOf("auth").ShouldContain("Database=accounts");
    }

    private static IReadOnlyList<string> Faults(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.AddDatabase<NoteDb>("notes");
        return builder.Services.ConfigurationFaults();
    }

    private static async Task<DbUpdateException?> FailureAsync(Note note, PostgresHost<NoteDb> host)
    {
        await using var db = await host.OpenAsync();
        db.Notes.Add(note);
        try
        {
            await db.SaveChangesAsync(Cancellation);
            return null;
        }
        catch (DbUpdateException exception)
        {
            return exception;
        }
    }
}
