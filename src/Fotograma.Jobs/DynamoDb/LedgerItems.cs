using System.Globalization;
using System.Text.Json;
using Fotograma.Data.DynamoDb;
using Fotograma.Jobs.Ledger;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>Videos and jobs as items.</summary>
internal static class LedgerItems
{
    // An item holds 400 KB, names of attributes included.
    private const int WarningsCharactersMax = 64 * 1024;
    private const string AloneMark = "#alone";

    public static Item KeyOf(Guid id) => new Item().With("id", id);

    public static Item Of(VideoRow video) => KeyOf(video.Id).With("user_id", video.OwnerId).With("name", video.Name).With("bytes", video.Bytes)
        .With("sha256", video.Sha256).With("container", video.Container).With("source_key", video.SourceKey).With("created_at", video.CreatedAt)
        .With("current_job_id", video.CurrentJobId).With("job_ids", (IReadOnlyList<string>)[video.CurrentJobId.ToString()]);

    public static VideoRow Video(Item item) => new()
    {
        Id = item.Id("id"),
        OwnerId = item.Id("user_id"),
        Name = item.Text("name"),
        Bytes = item.Number("bytes"),
        Sha256 = item.Text("sha256"),
        Container = item.Text("container"),
        SourceKey = item.Text("source_key"),
        CreatedAt = item.Time("created_at"),
        CurrentJobId = item.Id("current_job_id"),
    };

    /// <summary>A new job, due at once, with its turn.</summary>
    public static Item Of(JobRow job, long turn) => KeyOf(job.Id).With("video_id", job.VideoId).With("user_id", job.OwnerId)
        .With("active_user_id", job.OwnerId).With("options", job.Options).With("created_at", job.CreatedAt).With("state", job.State).With("attempt", job.Attempt)
        .With("epoch", job.Epoch).With("next_run_at", job.NextRunAt).With("revision", job.Revision).With("turn", turn)
        .With("queue", LedgerTables.Due).With("queue_order", OrderOf(turn, job.Id)).With("trace_parent", job.TraceParent).With("trace_state", job.TraceState);

    public static JobRow Job(Item item) => new()
    {
        Id = item.Id("id"),
        VideoId = item.Id("video_id"),
        OwnerId = item.Id("user_id"),
        Options = item.Text("options"),
        CreatedAt = item.Time("created_at"),
        State = item.Text("state"),
        Attempt = (int)item.Number("attempt"),
        Losses = (int)(item.NumberOrNull("losses") ?? 0),
        Shortages = (int)(item.NumberOrNull("shortages") ?? 0),
        Epoch = item.Number("epoch"),
        LeaseOwner = item.TextOrNull("lease_owner"),
        LeaseUntil = item.TimeOrNull("lease_until"),
        NextRunAt = item.Time("next_run_at"),
        StartedAt = item.TimeOrNull("started_at"),
        FinishedAt = item.TimeOrNull("finished_at"),
        Percent = item.DoubleOrNull("percent") ?? 0,
        FramesDone = (int)(item.NumberOrNull("frames_done") ?? 0),
        FramesExpected = (int?)item.NumberOrNull("frames_expected"),
        Speed = item.DoubleOrNull("speed"),
        EtaSeconds = item.DoubleOrNull("eta_seconds"),
        ErrorCode = item.TextOrNull("error_code"),
        ErrorMessage = item.TextOrNull("error_message"),
        Warnings = item.TextOrNull("warnings") ?? "[]",
        ResultPrefix = item.TextOrNull("result_prefix"),
        Frames = (int?)item.NumberOrNull("frames"),
        ArchiveBytes = item.NumberOrNull("archive_bytes"),
        Width = (int?)item.NumberOrNull("width"),
        Height = (int?)item.NumberOrNull("height"),
        DurationSeconds = item.DoubleOrNull("duration_seconds"),
        PosterFrame = (int?)item.NumberOrNull("poster_frame"),
        DuplicatesRemoved = (int?)item.NumberOrNull("duplicates_removed"),
        TraceParent = item.TextOrNull("trace_parent"),
        TraceState = item.TextOrNull("trace_state"),
        Revision = item.Number("revision"),
    };

    /// <summary>A text that sorts by the number, then by the id.</summary>
    public static string OrderOf(long number, Guid id) => string.Create(CultureInfo.InvariantCulture, $"{number:D16}#{id}");

    /// <summary>The place of a job that must run alone, at the same place in the order: indices hold no losses, and who must not have such a job need not try every one.</summary>
    public static string AloneAt(string order) => order + AloneMark;

    /// <summary>Whether a waiting job must run alone, as far as the index knows.</summary>
    public static bool IsAlone(Item waiting) => waiting.Text("queue_order").EndsWith(AloneMark, StringComparison.Ordinal);

    /// <summary>A text that sorts after every order of a smaller number and before every other.</summary>
    public static string OrderBefore(long number) => string.Create(CultureInfo.InvariantCulture, $"{number:D16}");

    /// <summary>The first of the warnings, as many as an item can take.</summary>
    public static string Fitting(string warnings)
    {
        if (warnings.Length <= WarningsCharactersMax) return warnings;
        using var all = JsonDocument.Parse(warnings);
        var length = 0;
        return $"[{string.Join(',', all.RootElement.EnumerateArray().Select(warning => warning.GetRawText()).TakeWhile(text => (length += text.Length + 1) < WarningsCharactersMax))}]";
    }
}
