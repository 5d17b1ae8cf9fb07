using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fotograma.Faults.Checking;

/// <summary>The truth of a ledger in DynamoDB. The tables' streams are the witness: they tell of every write, in the order of the writes to one item.</summary>
internal sealed class DynamoTruth(Uri service, string prefix) : LedgerTruth, IDisposable
{
    /// <summary>Where events of the ledger wait.</summary>
    public const string Outbox = "video";

    /// <summary>Where those are put that cannot be published.</summary>
    public const string Quarantine = "video.quarantine";

    private static readonly TimeSpan TryInterval = TimeSpan.FromMilliseconds(200);
    private readonly DynamoWire wire = new(service);

    public override async Task PlaceWitnessAsync(CancellationToken cancellation)
    {
        foreach (var table in (string[])["jobs", "outbox"]) await wire.BeginStreamAsync(prefix + table, cancellation);
    }

    public override async Task<List<JobTruth>> JobsAsync(CancellationToken cancellation) => [.. (await wire.ScanAsync(prefix + "jobs", cancellation)).Select(job => new JobTruth(
        Id(job, "id"), Id(job, "video_id"), Text(job, "state")!, (int)Number(job, "attempt")!, (long)Number(job, "epoch")!, Text(job, "result_prefix"), (int?)Number(job, "frames"),
        Number(job, "archive_bytes"), Text(job, "error_code")))];

    public override async Task<List<VideoTruth>> VideosAsync(CancellationToken cancellation) => [.. (await wire.ScanAsync(prefix + "videos", cancellation)).Select(video => new VideoTruth(
        Id(video, "id"), Text(video, "source_key")!, (long)Number(video, "bytes")!, Text(video, "sha256")!))];

    /// <summary>How long the witness may take to tell of what the table shows.</summary>
    public TimeSpan LagMax { get; init; } = TimeSpan.FromSeconds(10);

    // A stream may tell of a write some time after it: what the table shows by then must be told of.
    public override async Task<List<Transition>> TransitionsAsync(CancellationToken cancellation)
    {
        var jobs = await wire.ScanAsync(prefix + "jobs", cancellation);
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var told = await wire.StreamAsync(prefix + "jobs", cancellation);
            if (TellAll(jobs, told)) return [.. told.Select(TransitionOf).OfType<Transition>()];
            if (clock.Elapsed > LagMax) throw new InvalidOperationException("The witness does not tell of everything that the table shows.");
            await Task.Delay(TryInterval, cancellation);
        }
    }

    /// <summary>Whether the changes tell of the jobs as they are: a job that ended twice alike shows by its revision only that the second end is still to be told of.</summary>
    public static bool TellAll(List<JsonElement> jobs, List<DynamoChange> changes)
    {
        var told = changes.Select(change => change.After).OfType<JsonElement>().Select(Mark).ToHashSet();
        return jobs.TrueForAll(job => told.Contains(Mark(job)));

        static (Guid, string?, long?) Mark(JsonElement job) => (Id(job, "id"), Text(job, "state"), Number(job, "revision"));
    }

    public override async Task<List<Lease>> LeasedAsync(CancellationToken cancellation) =>
        [.. (await wire.ScanAsync(prefix + "jobs", cancellation)).Where(job => Text(job, "state") == States.Processing && Text(job, "lease_owner") is not null)
            .Select(job => new Lease(Id(job, "id"), Text(job, "lease_owner")!, (long)Number(job, "epoch")!))];

    public override Task<DateTimeOffset> NowAsync(CancellationToken cancellation) => Task.FromResult(TimeProvider.System.GetUtcNow());

    public override Task<long> WaitingEventsAsync(CancellationToken cancellation) => CountEventsAsync(Outbox, cancellation);

    /// <summary>Events in quarantine.</summary>
    public Task<long> SetAsideAsync(CancellationToken cancellation) => CountEventsAsync(Quarantine, cancellation);

    /// <summary>Whether an event ever came into the outbox, whatever became of it there.</summary>
    public async Task<bool> HasWaitedAsync(Guid id, CancellationToken cancellation) => (await EventsAsync(cancellation)).Exists(happened => happened.Id == id);

    /// <summary>Puts an event that nobody made among those that wait, or among those in quarantine.</summary>
    public Task PutEventAsync(string place, JsonObject happened, CancellationToken cancellation) => wire.PutAsync(prefix + "outbox", new JsonObject
    {
        ["module"] = Text(place), ["order"] = Text($"{0:D16}#{0:D12}#{happened["id"]}"), ["event"] = new JsonObject { ["B"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(happened.ToJsonString())) },
        ["reason"] = Text("a trial's"), ["at"] = new JsonObject { ["N"] = "0" },
    }, cancellation);

    public override async Task<long> TrashAsync(CancellationToken cancellation) => (await wire.ScanAsync(prefix + "trash", cancellation)).Count;

    public override async Task<List<NoticeTruth>> NoticesAsync(CancellationToken cancellation) => [.. (await wire.ScanAsync(prefix + "notifications", cancellation)).Select(notice => new NoticeTruth(
        Id(notice, "id"), Id(notice, "job_id"), Id(notice, "video_id"), Text(notice, "kind")!, Text(notice, "channel")!, Number(notice, "state") == 1))];

    public void Dispose() => wire.Dispose();

    protected override async Task<List<EventTruth>> EventsAsync(CancellationToken cancellation)
    {
        var events = new List<EventTruth>();
        foreach (var come in (await wire.StreamAsync(prefix + "outbox", cancellation)).Where(change => change.Before is null && change.After is { } item && Text(item, "module") == Outbox))
        {
            using var json = JsonDocument.Parse(come.After!.Value.GetProperty("event").GetProperty("B").GetBytesFromBase64());
            events.Add(new EventTruth(json.RootElement.GetProperty("id").GetGuid(), json.RootElement.GetProperty("type").GetString()!, json.RootElement.GetProperty("subject").GetString()!));
        }
        return events;
    }

    // Renewals of leases and progress are no transitions.
    private static Transition? TransitionOf(DynamoChange change)
    {
        var (before, after) = (StateOf(change.Before), StateOf(change.After));
        if (before == after && !States.IsFinal(before)) return null;
        var shown = (change.After ?? change.Before)!.Value;
        var worker = (change.After is { } item ? Text(item, "lease_owner") : null) ?? (change.Before is { } old ? Text(old, "lease_owner") : null);
        return new Transition(change.At, Id(shown, "id"), before, after, worker, Number(shown, "epoch") ?? 0, Text(shown, "result_prefix"));
    }

    private static string StateOf(JsonElement? item) => item is { } job ? Text(job, "state")! : States.Nothing;

    private static Guid Id(JsonElement item, string name) => Guid.Parse(Text(item, name)!);

    private static JsonObject Text(string text) => new() { ["S"] = text };

    private async Task<long> CountEventsAsync(string place, CancellationToken cancellation) => (await wire.ScanAsync(prefix + "outbox", cancellation)).Count(waiting => Text(waiting, "module") == place);

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.TryGetProperty("S", out var text) ? text.GetString() : null;

    private static long? Number(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.TryGetProperty("N", out var number) ? (long)decimal.Parse(number.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture) : null;
}
