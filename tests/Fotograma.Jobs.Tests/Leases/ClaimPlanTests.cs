using System.Globalization;
using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Ledger.Sql;
using Fotograma.Suites.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Jobs.Tests.Leases;

/// <summary>How SQLite finds the next job; how long that takes is measured beside other queues, not here.</summary>
public sealed class ClaimPlanTests
{
    public static TheoryData<string> Claims => [SqliteLedger.Claim, SqliteLedger.ClaimByLosses];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task Claims_look_at_jobs_by_their_indices_alone_whatever_else_there_is(string claim)
    {
        await using var ledger = await TestLedger.MakeAsync(new SqlitePlace());
        var steps = await PlanAsync(ledger, claim);
        var looks = steps.Where(step => step.StartsWith("SCAN", StringComparison.Ordinal) || step.StartsWith("SEARCH", StringComparison.Ordinal)).ToList();
        looks.Count(step => step.Contains("jobs", StringComparison.Ordinal) || step.Contains(" job ", StringComparison.Ordinal) || step.Contains("running", StringComparison.Ordinal))
            .ShouldBeGreaterThanOrEqualTo(4, string.Join('\n', steps));
        // What is made of due owners on the way is no table.
        looks.Where(step => step.StartsWith("SCAN", StringComparison.Ordinal)).ShouldAllBe(step => step.Contains("waiting", StringComparison.Ordinal), string.Join('\n', steps));
    }

    [Fact]
    public async Task Without_its_indices_a_claim_would_read_every_job()
    {
        await using var ledger = await TestLedger.MakeAsync(new SqlitePlace());
        foreach (var index in await AskAsync(ledger, "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'jobs' AND sql IS NOT NULL", 0)) await AskAsync(ledger, $"DROP INDEX \"{index}\"", 0);
        (await PlanAsync(ledger, SqliteLedger.Claim))
            .ShouldContain(step => step.StartsWith("SCAN", StringComparison.Ordinal) && !step.Contains("waiting", StringComparison.Ordinal));
    }

    private static Task<List<string>> PlanAsync(TestLedger ledger, string claim) =>
        AskAsync(ledger, $"EXPLAIN QUERY PLAN {string.Format(CultureInfo.InvariantCulture, claim, "'w1'", 1, 1, 0, 1)}", 3);

    private static async Task<List<string>> AskAsync(TestLedger ledger, string statement, int column)
    {
        await using var db = await ledger.Services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync(Cancellation);
        await db.Database.OpenConnectionAsync(Cancellation);
        await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // The statements are the program's own.
        command.CommandText = statement;
#pragma warning restore CA2100
        await using var rows = await command.ExecuteReaderAsync(Cancellation);
        var texts = new List<string>();
        while (await rows.ReadAsync(Cancellation)) texts.Add(rows.GetString(column));
        return texts;
    }
}
