using Fotograma.Messages;

namespace Fotograma.Jobs.Leases;

/// <summary>A job in a worker's hands.</summary>
/// <param name="Id">The job.</param>
/// <param name="VideoId">Its video.</param>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="VideoName">The name the owner gave the file.</param>
/// <param name="SourceKey">Where the bytes lie.</param>
/// <param name="SourceBytes">How many there are.</param>
/// <param name="SourceSha256">Their SHA-256, lower-case hex.</param>
/// <param name="Options">The options as JSON.</param>
/// <param name="Attempt">Which attempt this is, from 1.</param>
/// <param name="Epoch">The fence: every write of this claim must name it.</param>
/// <param name="ClaimedAt">When it was claimed, by the database's clock.</param>
public sealed record ClaimedJob(
    Guid Id, Guid VideoId, Guid OwnerId, string VideoName, string SourceKey, long SourceBytes, string SourceSha256, string Options, int Attempt, long Epoch,
    DateTimeOffset ClaimedAt)
{
    /// <summary>Where this claim may write.</summary>
    public string ResultPrefix => BlobKeys.OfAttempt(Id, Epoch);

    /// <summary>How many workers the job has lost already.</summary>
    public int Losses { get; init; }

    /// <summary>How often it was given back because there was no room for its video or its result.</summary>
    public int Shortages { get; init; }

    /// <summary>Whether nothing else may be in the hands of its worker, because it has lost too many (<see cref="JobOptions.LossesAlone"/>).</summary>
    public bool RunsAlone { get; init; }

    /// <summary>How often the job was given back without costing it an attempt: claims that neither were attempts, nor lost their worker, nor found no room.</summary>
    public long FreeReturns => Epoch - Attempt - Losses - Shortages;

    /// <summary>W3C trace context of the request that asked for the job; what is done about the job belongs to that trace.</summary>
    public TraceContext? Trace { get; init; }

    /// <summary>When the claim came, by this process's monotonic clock: how long a job took is not the difference between two machines' clocks.</summary>
    internal long ClaimedTick { get; init; }
}

/// <summary>How far a claimed job is.</summary>
/// <param name="Percent">0 to 100.</param>
/// <param name="FramesDone">Images written.</param>
/// <param name="FramesExpected">Images to come in all, if known.</param>
/// <param name="Speed">Video seconds per second, if known.</param>
/// <param name="EtaSeconds">Seconds until the end, if known.</param>
public sealed record JobProgress(double Percent, int FramesDone, int? FramesExpected, double? Speed, double? EtaSeconds);

/// <summary>Why an attempt ended without a result.</summary>
/// <param name="Code">Stable reason.</param>
/// <param name="Message">A sentence that says what to do.</param>
/// <param name="Transient">Whether another attempt may end better.</param>
public sealed record JobFailure(string Code, string Message, bool Transient)
{
    /// <summary>What was noticed before, as a JSON array of warnings.</summary>
    public string Warnings { get; init; } = "[]";
}
