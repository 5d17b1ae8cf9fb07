using Fotograma.Jobs.Ledger;
using Fotograma.Messages;

namespace Fotograma.Suites.Ledger.Lifecycle;

/// <summary>One way from a state to another.</summary>
/// <param name="From">A state, or <see cref="Nothing"/>.</param>
/// <param name="To">A state, or <see cref="Nothing"/>.</param>
/// <param name="Name">What happened.</param>
/// <param name="Event">The type of the event that the same transaction writes, or <see cref="NoEvent"/>.</param>
internal sealed record Arrow(string From, string To, string Name, string Event)
{
    public const string Nothing = "(none)";
    public const string NoEvent = "none";

    /// <summary>Every way there is.</summary>
    public static readonly IReadOnlyList<Arrow> Allowed =
    [
        new(Nothing, JobState.Pending, "accept", VideoUploaded.Type),
        new(Nothing, JobState.Pending, "run again", VideoUploaded.Type),
        new(JobState.Pending, JobState.Processing, "claim", NoEvent),
        new(JobState.Processing, JobState.Processing, "renew", NoEvent),
        new(JobState.Processing, JobState.Completed, "complete", VideoProcessed.Type),
        new(JobState.Processing, JobState.Failed, "fail", VideoFailed.Type),
        new(JobState.Processing, JobState.Pending, "retry", NoEvent),
        new(JobState.Processing, JobState.Pending, "release", NoEvent),
        new(JobState.Processing, JobState.Pending, "postpone", NoEvent),
        new(JobState.Processing, JobState.Pending, "rescue", NoEvent),
        new(JobState.Processing, JobState.Pending, "rescue orphans", NoEvent),
        new(JobState.Processing, JobState.Failed, "rescue", VideoFailed.Type),
        new(JobState.Processing, JobState.Failed, "rescue orphans", VideoFailed.Type),
        new(JobState.Pending, JobState.Cancelled, "cancel", NoEvent),
        new(JobState.Processing, JobState.Cancelled, "cancel", NoEvent),
        new(JobState.Pending, Nothing, "delete", NoEvent),
        new(JobState.Processing, Nothing, "delete", NoEvent),
        new(JobState.Completed, Nothing, "delete", NoEvent),
        new(JobState.Failed, Nothing, "delete", NoEvent),
        new(JobState.Cancelled, Nothing, "delete", NoEvent),
    ];
}
