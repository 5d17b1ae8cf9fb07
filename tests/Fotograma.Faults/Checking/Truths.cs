using Fotograma.Faults.Deployments;

namespace Fotograma.Faults.Checking;

/// <summary>A job as the database knows it.</summary>
internal sealed record JobTruth(Guid Id, Guid VideoId, string State, int Attempt, long Epoch, string? ResultPrefix, int? Frames, long? ArchiveBytes, string? ErrorCode)
{
    public bool IsFinal => States.IsFinal(State);

    /// <summary>Whether somebody is to be told of its end.</summary>
    public bool IsTold => State is States.Completed or States.Failed;

    /// <summary>The one event, and the one notice, that belongs to its state; null when there is none.</summary>
    public string? Outcome => State switch
    {
        States.Completed => "video.processed",
        States.Failed => "video.failed",
        _ => null,
    };
}

/// <summary>A video as the database knows it.</summary>
internal sealed record VideoTruth(Guid Id, string SourceKey, long Bytes, string Sha256);

/// <summary>One write to a job that the database itself noted: it came, changed its state, went, or was written although it had ended.</summary>
/// <param name="At">By the database's clock.</param>
/// <param name="Job">The job.</param>
/// <param name="Before">Its state before; <see cref="States.Nothing"/> when it came.</param>
/// <param name="After">Its state after; <see cref="States.Nothing"/> when it went.</param>
/// <param name="Worker">Whose lease it was under.</param>
/// <param name="Epoch">Its epoch after.</param>
/// <param name="Prefix">Its result after.</param>
internal sealed record Transition(DateTimeOffset At, Guid Job, string Before, string After, string? Worker, long Epoch, string? Prefix);

/// <summary>A job that is under a worker's lease.</summary>
/// <param name="Job">The job.</param>
/// <param name="Worker">The worker's name.</param>
/// <param name="Epoch">Counts the claims of the job.</param>
/// <param name="Until">When it runs out; null where the store does not say.</param>
internal sealed record Lease(Guid Job, string Worker, long Epoch, DateTimeOffset? Until = null)
{
    /// <summary>Whether it is this process's, or one's that had its name before.</summary>
    public bool IsOf(ProductProcess process) => process.Output.Contains(Worker, StringComparison.Ordinal);
}

/// <summary>An event about a job that was written into the outbox, whatever became of it there.</summary>
internal sealed record EventTruth(Guid Id, string Type, string Subject);

/// <summary>A notification as the database knows it.</summary>
internal sealed record NoticeTruth(Guid Id, Guid Job, Guid Video, string Kind, string Channel, bool Sent);

/// <summary>The names of states.</summary>
internal static class States
{
    public const string Nothing = "nothing";
    public const string Pending = "pending";
    public const string Processing = "processing";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    public static bool IsFinal(string state) => state is Completed or Failed or Cancelled;
}

/// <summary>Everything that a judgement goes by, read once.</summary>
internal sealed record Evidence(
    IReadOnlyList<JobTruth> Jobs, IReadOnlyList<VideoTruth> Videos, IReadOnlyList<Transition> Transitions, IReadOnlyList<EventTruth> Events,
    IReadOnlyList<NoticeTruth> Notices, IReadOnlyList<SentMail> Mails, IReadOnlyList<string> Keys);
