namespace Fotograma.Jobs.Catalogue;

/// <summary>A video as its owner sees it, with its newest job.</summary>
public sealed record VideoView(
    Guid Id, Guid OwnerId, string Name, long Bytes, string Sha256, string Container, string SourceKey, DateTimeOffset CreatedAt, JobView Job);

/// <summary>A job as its owner sees it.</summary>
public sealed record JobView
{
    /// <summary>Id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The video.</summary>
    public required Guid VideoId { get; init; }

    /// <summary>The owner.</summary>
    public required Guid OwnerId { get; init; }

    /// <summary>The video's name.</summary>
    public required string VideoName { get; init; }

    /// <summary>See <see cref="Ledger.JobState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The options as JSON.</summary>
    public required string Options { get; init; }

    /// <summary>Progress, 0 to 100.</summary>
    public required double Percent { get; init; }

    /// <summary>Images written so far.</summary>
    public required int FramesDone { get; init; }

    /// <summary>Images that will be written; null while unknown.</summary>
    public required int? FramesExpected { get; init; }

    /// <summary>Video seconds per second; null while unknown.</summary>
    public required double? Speed { get; init; }

    /// <summary>Seconds until the end, estimated; null while unknown.</summary>
    public required double? EtaSeconds { get; init; }

    /// <summary>Place in the queue, 1 = next; null unless pending.</summary>
    public int? QueuePosition { get; init; }

    /// <summary>Attempts begun.</summary>
    public required int Attempt { get; init; }

    /// <summary>Grows with every change.</summary>
    public required long Revision { get; init; }

    /// <summary>When the job was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the current or last attempt began.</summary>
    public required DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it reached its final state.</summary>
    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Stable reason of a failure.</summary>
    public required string? ErrorCode { get; init; }

    /// <summary>A sentence that says what to do about a failure.</summary>
    public required string? ErrorMessage { get; init; }

    /// <summary>JSON array of warnings.</summary>
    public required string Warnings { get; init; }

    /// <summary>The result, once completed.</summary>
    public required JobResult? Result { get; init; }
}

/// <summary>What a completed job made.</summary>
/// <param name="Prefix">Key prefix of its blobs.</param>
/// <param name="Frames">Images.</param>
/// <param name="ArchiveBytes">Size of the ZIP.</param>
/// <param name="Width">Width of the images, in pixels.</param>
/// <param name="Height">Height of the images, in pixels.</param>
/// <param name="DurationSeconds">Length of the video.</param>
/// <param name="PosterFrame">Index (from 1) of the frame that stands for the video.</param>
/// <param name="Warnings">JSON array of warnings.</param>
/// <param name="DuplicatesRemoved">Images left out because they were like the one before; null where a version that did not count them made it.</param>
public sealed record JobResult(
    string Prefix, int Frames, long ArchiveBytes, int Width, int Height, double? DurationSeconds, int? PosterFrame, string Warnings, int? DuplicatesRemoved = null);

/// <summary>The answer to a wish to run a video again.</summary>
/// <param name="Job">The video's newest job.</param>
/// <param name="Made">Whether it was made by this very wish.</param>
public sealed record RunAgainAnswer(JobView Job, bool Made);

/// <summary>One page of a list, newest first.</summary>
/// <param name="Items">The page.</param>
/// <param name="Next">Where the next page starts; null at the end.</param>
public sealed record VideoPage(IReadOnlyList<VideoView> Items, Guid? Next);

/// <summary>A video about to be accepted: its bytes are stored already.</summary>
public sealed record NewVideo(Guid Id, Guid OwnerId, string Name, long Bytes, string Sha256, string Container, string SourceKey, string Options);
