using Fotograma.Messages;

namespace Fotograma.Jobs.Ledger;

/// <summary>One request to extract frames from a video, and everything that became of it.</summary>
internal sealed class JobRow
{
    public required Guid Id { get; init; }

    public required Guid VideoId { get; init; }

    public required Guid OwnerId { get; init; }

    public required string Options { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string State { get; set; }

    /// <summary>Attempts begun, counted when claimed, before any work; one that its worker gave back or did not live to end does not count.</summary>
    public int Attempt { get; set; }

    /// <summary>Workers that were lost with the job in hand.</summary>
    public int Losses { get; set; }

    /// <summary>How often it was given back because there was no room for its video or its result.</summary>
    public int Shortages { get; set; }

    /// <summary>Grows with every claim; writes of an older epoch touch no row. This is the fence.</summary>
    public long Epoch { get; set; }

    /// <summary>Who holds it. While it waits: who makes itself free for it, so that nobody else does.</summary>
    public string? LeaseOwner { get; set; }

    /// <summary>Until when.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    public DateTimeOffset NextRunAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public double Percent { get; set; }

    public int FramesDone { get; set; }

    public int? FramesExpected { get; set; }

    public double? Speed { get; set; }

    public double? EtaSeconds { get; set; }

    public string? ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    /// <summary>JSON array of warnings.</summary>
    public string Warnings { get; set; } = "[]";

    /// <summary>Key prefix of the result's blobs; set only by the commit of the winning epoch.</summary>
    public string? ResultPrefix { get; set; }

    public int? Frames { get; set; }

    public long? ArchiveBytes { get; set; }

    public int? Width { get; set; }

    public int? Height { get; set; }

    public double? DurationSeconds { get; set; }

    public int? PosterFrame { get; set; }

    public int? DuplicatesRemoved { get; set; }

    /// <summary>W3C trace context of the request that asked for the job.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What tracing systems noted beside it.</summary>
    public string? TraceState { get; init; }

    /// <summary>The trace that the job belongs to; null where nobody traced the request.</summary>
    public TraceContext? Trace() => TraceContext.Of(TraceParent, TraceState);

    /// <summary>Grows with every change, so that a reader can tell old news from new.</summary>
    public long Revision { get; set; }

    public VideoRow? Video { get; init; }
}

/// <summary>Which ledger this is; there is one row.</summary>
internal sealed class InstallationRow
{
    public const int OnlyId = 1;

    public required int Id { get; init; }

    public required Guid Ledger { get; init; }

    public long Sweeps { get; init; }

    /// <summary>Who compares all blobs with the ledger, or did so last.</summary>
    public Guid? Sweeper { get; init; }

    /// <summary>Until when nobody else does.</summary>
    public DateTimeOffset? SweepHeldUntil { get; init; }

    /// <summary>When that was done last.</summary>
    public DateTimeOffset? SweptAt { get; init; }
}

/// <summary>When an owner was last given a worker: whoever waits longest is next.</summary>
internal sealed class TurnRow
{
    public required Guid OwnerId { get; init; }

    public required DateTimeOffset LastClaimAt { get; set; }
}

/// <summary>Blobs that nothing refers to any more and that are to be deleted.</summary>
internal sealed class TrashRow
{
    public long Id { get; init; }

    public required string Prefix { get; init; }

    public required DateTimeOffset NotBefore { get; init; }
}
