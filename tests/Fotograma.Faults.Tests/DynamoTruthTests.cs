using System.Globalization;
using System.Text.Json.Nodes;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Load;
using Fotograma.Peers.DynamoDb;

namespace Fotograma.Faults.Tests;

/// <summary>The witness of a ledger in DynamoDB sees what it must: the tables are written as a program with a defect would.</summary>
public sealed class DynamoTruthTests
{
    // More than a page of the stream holds.
    private const int Renewals = 1200;
    private const string Prefix = "spoilt-";
    private const string Jobs = $"{Prefix}jobs";
    private static readonly Guid Job = new("0190a5c8-0000-7000-8000-000000000001");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ends_and_writes_after_the_end_are_seen_however_much_is_written_before()
    {
        await using var dynamo = await DynamoPeer.StartAsync(Cancellation);
        using var wire = new DynamoWire(new Uri(dynamo.ServiceUrl));
        using var truth = new DynamoTruth(new Uri(dynamo.ServiceUrl), Prefix);
        foreach (var table in (string[])[Jobs, $"{Prefix}outbox"]) await wire.MakeTableAsync(table, "id", Cancellation);
        await truth.PlaceWitnessAsync(Cancellation);

        await WriteAsync(wire, States.Pending, 0);
        for (var renewal = 1; renewal <= Renewals; renewal++) await WriteAsync(wire, States.Processing, renewal);
        await WriteAsync(wire, States.Completed, Renewals);
        (await ComplaintsAsync(truth)).ShouldBeEmpty();

        await WriteAsync(wire, States.Completed, Renewals + 1);
        (await ComplaintsAsync(truth)).ShouldHaveSingleItem().ShouldContain("was completed and was written again");
        await WriteAsync(wire, States.Processing, Renewals + 2);
        await WriteAsync(wire, States.Failed, Renewals + 3);
        (await ComplaintsAsync(truth)).ShouldContain($"The job {Job} ended 2 times.");
    }

    private static async Task<List<string>> ComplaintsAsync(DynamoTruth truth) =>
        [.. EndCheck.Twice(new Evidence([], [], await truth.TransitionsAsync(Cancellation), [], [], [], []), new Promises())];

    private static Task WriteAsync(DynamoWire wire, string state, int progress) => wire.PutAsync(Jobs, new JsonObject
    {
        ["id"] = new JsonObject { ["S"] = Job.ToString() },
        ["state"] = new JsonObject { ["S"] = state },
        ["epoch"] = new JsonObject { ["N"] = "1" },
        ["progress"] = new JsonObject { ["N"] = progress.ToString(CultureInfo.InvariantCulture) },
    }, Cancellation);
}
