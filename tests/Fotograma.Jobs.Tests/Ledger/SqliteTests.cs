using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Ledger.Sql;
using Fotograma.Suites.Ledger;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Jobs.Tests.Ledger;

/// <summary>What the ledger relies on and SQLite or EF Core decides.</summary>
public sealed class SqliteTests
{
    private const int Busy = 5;

    [Fact]
    public async Task A_transaction_takes_the_write_lock_when_it_begins()
    {
        await using var ledger = await TestLedger.MakeAsync(new SqlitePlace(), new() { ["Sqlite:BusyTimeoutSeconds"] = "1" });
        await using var first = await OpenAsync(ledger);
        await using var second = await OpenAsync(ledger);
        await using var transaction = await first.Database.BeginTransactionAsync(Some.Cancellation);
        var thrown = await Should.ThrowAsync<SqliteException>(() => second.Database.BeginTransactionAsync(Some.Cancellation));
        thrown.SqliteErrorCode.ShouldBe(Busy);
        (await second.Jobs.CountAsync(Some.Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task Ids_sort_and_compare_in_the_database_as_they_do_in_memory()
    {
        await using var ledger = await TestLedger.MakeAsync(new SqlitePlace());
        var random = new Random(3);
        var bytes = new byte[16];
        var ids = new List<Guid>();
        for (var i = 0; i < 100; i++)
        {
            random.NextBytes(bytes);
            ids.Add(new Guid(bytes));
            await ledger.Catalogue.AcceptAsync(ledger.NewVideo(ids[i]) with { Id = ids[i] }, Some.Cancellation);
        }
        ids.Sort();
        await using var db = await OpenAsync(ledger);
        (await db.Videos.OrderBy(video => video.Id).Select(video => video.Id).ToListAsync(Some.Cancellation)).ShouldBe(ids);
        var middle = ids[40];
        (await db.Videos.CountAsync(video => video.Id.CompareTo(middle) < 0, Some.Cancellation)).ShouldBe(40);
    }

    [Fact]
    public async Task A_job_cannot_outlive_its_video()
    {
        await using var ledger = await TestLedger.MakeAsync(new SqlitePlace());
        var video = await ledger.AcceptAsync(Some.Owner(1));
        await using var db = await OpenAsync(ledger);
        (await db.Videos.Where(row => row.Id == video.Id).ExecuteDeleteAsync(Some.Cancellation)).ShouldBe(1);
        (await db.Jobs.AnyAsync(Some.Cancellation)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("SELECT Id FROM videos WHERE OwnerId = 'A' AND Id < 'B' ORDER BY Id DESC LIMIT 20", "IX_videos_OwnerId_Id")]
    [InlineData("SELECT DISTINCT OwnerId FROM jobs WHERE State = 'pending' AND NextRunAt <= 1", "IX_jobs_State_OwnerId_Id_NextRunAt")]
    [InlineData("SELECT count(*) FROM jobs WHERE OwnerId = 'A' AND State = 'processing'", "IX_jobs_State_OwnerId_Id_NextRunAt")]
    [InlineData("SELECT Id FROM jobs WHERE State = 'pending' AND OwnerId = 'A' AND NextRunAt <= 1 ORDER BY Id LIMIT 1", "IX_jobs_State_OwnerId_Id_NextRunAt")]
    [InlineData("SELECT Id FROM jobs WHERE State = 'processing' AND LeaseUntil < 1", "IX_jobs_State_LeaseUntil")]
    public Task Frequent_questions_are_answered_from_an_index(string question, string index) => AnsweredFromAsync(question, index);

    [Fact]
    public Task Whether_a_job_waits_to_run_alone_is_answered_from_an_index_of_those_that_lost_workers() =>
        AnsweredFromAsync(SqlLedger.FirstAlone("1").Replace("@alone", "3", StringComparison.Ordinal), "IX_jobs_State_NextRunAt");

    private static async Task AnsweredFromAsync(string question, string index)
    {
        var place = new SqlitePlace();
        await using var ledger = await TestLedger.MakeAsync(place);
        await using var connection = new SqliteConnection($"Data Source={place.File};Pooling=false");
        await connection.OpenAsync(Some.Cancellation);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The questions are constants.
        command.CommandText = $"EXPLAIN QUERY PLAN {question}";
#pragma warning restore CA2100
        await using var plan = await command.ExecuteReaderAsync(Some.Cancellation);
        var steps = new List<string>();
        while (await plan.ReadAsync(Some.Cancellation)) steps.Add(plan.GetString(3));
        steps.ShouldContain(step => step.Contains(index, StringComparison.Ordinal));
        steps.ShouldNotContain(step => step.StartsWith("SCAN jobs", StringComparison.Ordinal) && !step.Contains("INDEX", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_source_of_chance_is_one_and_usable()
    {
        await using var ledger = await TestLedger.MakeAsync(new SqlitePlace());
        ledger.Chance.ShouldBeSameAs(ledger.Chance);
        Enumerable.Range(0, 10).Select(_ => ledger.Chance.NextDouble()).Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task The_schema_is_what_the_model_says()
    {
        await using var ledger = await TestLedger.MakeAsync(new SqlitePlace());
        await using var db = await OpenAsync(ledger);
        db.Database.HasPendingModelChanges().ShouldBeFalse();
        (await db.Database.GetPendingMigrationsAsync(Some.Cancellation)).ShouldBeEmpty();
        (await db.Jobs.Where(job => job.State == JobState.Pending).ToListAsync(Some.Cancellation)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("videos")]
    [InlineData("jobs")]
    [InlineData("outbox")]
    public async Task Nothing_is_written_when_one_of_the_three_cannot_be(string table)
    {
        await using var ledger = await TestLedger.MakeAsync(new SqlitePlace());
        await using var db = await OpenAsync(ledger);
        var sql = $"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'refused'); END";
        await db.Database.ExecuteSqlRawAsync(sql, Some.Cancellation);
        await Should.ThrowAsync<DbUpdateException>(() => ledger.AcceptAsync(Some.Owner(1)));
        (await db.Videos.CountAsync(Some.Cancellation)).ShouldBe(0);
        (await db.Jobs.CountAsync(Some.Cancellation)).ShouldBe(0);
        (await ledger.AllEventsAsync()).ShouldBeEmpty();
    }

    private static Task<LedgerDb> OpenAsync(TestLedger ledger) =>
        ledger.Services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync(Some.Cancellation);
}
