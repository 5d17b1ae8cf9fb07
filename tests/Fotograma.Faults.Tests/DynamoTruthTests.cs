using System.Globalization;
using System.Text.Json;
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
    private readonly string prefix = $"{Path.GetRandomFileName()}-";
    private static readonly Guid Job = new("0190a5c8-0000-7000-8000-000000000001");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ends_and_writes_after_the_end_are_seen_however_much_is_written_before()
    {
        var dynamo = await DynamoPeer.SharedAsync(Cancellation);
        using var wire = new DynamoWire(new Uri(dynamo.ServiceUrl));
        using var truth = new DynamoTruth(new Uri(dynamo.ServiceUrl), prefix);
        foreach (var table in (string[])[$"{prefix}jobs", $"{prefix}outbox"]) await wire.MakeTableAsync(table, "id", Cancellation);
        await truth.PlaceWitnessAsync(Cancellation);

        await WriteAsync(wire, States.Pending, 0);
        await Parallel.ForEachAsync(Enumerable.Range(1, Renewals), Cancellation, async (renewal, _) => await WriteAsync(wire, States.Processing, renewal));
        await WriteAsync(wire, States.Completed, Renewals);
        (await ComplaintsAsync(truth)).ShouldBeEmpty();

        await WriteAsync(wire, States.Completed, Renewals + 1);
        (await ComplaintsAsync(truth)).ShouldHaveSingleItem().ShouldContain("was completed and was written again");
        await WriteAsync(wire, States.Processing, Renewals + 2);
        await WriteAsync(wire, States.Failed, Renewals + 3);
        (await ComplaintsAsync(truth)).ShouldContain($"The job {Job} ended 2 times.");
    }

    [Fact]
    public async Task A_witness_that_does_not_tell_of_what_the_table_shows_is_no_witness()
    {
        var dynamo = await DynamoPeer.SharedAsync(Cancellation);
        using var wire = new DynamoWire(new Uri(dynamo.ServiceUrl));
        using var truth = new DynamoTruth(new Uri(dynamo.ServiceUrl), prefix) { LagMax = TimeSpan.Zero };
        foreach (var table in (string[])[$"{prefix}jobs", $"{prefix}outbox"]) await wire.MakeTableAsync(table, "id", Cancellation);
        await WriteAsync(wire, States.Completed, 0);
        await truth.PlaceWitnessAsync(Cancellation);
        (await Should.ThrowAsync<InvalidOperationException>(truth.TransitionsAsync(Cancellation))).Message.ShouldContain("does not tell of everything");
    }

    [Fact]
    public void A_second_end_that_is_not_told_of_yet_is_waited_for_though_it_is_like_the_first()
    {
        var (first, second) = (Shown(States.Completed, 3), Shown(States.Completed, 5));
        DynamoChange Change(JsonElement? before, JsonElement after) => new(DateTimeOffset.UnixEpoch, before, after);
        List<DynamoChange> told = [Change(null, Shown(States.Processing, 2)), Change(Shown(States.Processing, 2), first)];
        DynamoTruth.TellAll([first], told).ShouldBeTrue();
        DynamoTruth.TellAll([second], told).ShouldBeFalse();
        DynamoTruth.TellAll([second], [.. told, Change(first, Shown(States.Processing, 4)), Change(Shown(States.Processing, 4), second)]).ShouldBeTrue();

        static JsonElement Shown(string state, int revision) =>
            JsonElement.Parse($$"""{ "id": { "S": "{{Job}}" }, "state": { "S": "{{state}}" }, "revision": { "N": "{{revision}}" } }""");
    }

    private static async Task<List<string>> ComplaintsAsync(DynamoTruth truth) =>
        [.. EndCheck.Twice(new Evidence([], [], await truth.TransitionsAsync(Cancellation), [], [], [], []), new Promises())];

    private Task WriteAsync(DynamoWire wire, string state, int progress) => wire.PutAsync($"{prefix}jobs", new JsonObject
    {
        ["id"] = new JsonObject { ["S"] = Job.ToString() },
        ["state"] = new JsonObject { ["S"] = state },
        ["epoch"] = new JsonObject { ["N"] = "1" },
        ["progress"] = new JsonObject { ["N"] = progress.ToString(CultureInfo.InvariantCulture) },
    }, Cancellation);
}
