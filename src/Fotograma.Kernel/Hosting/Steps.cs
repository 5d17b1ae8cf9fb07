using System.Diagnostics.Tracing;

namespace Fotograma.Kernel.Hosting;

/// <summary>
/// Names the moments between two durable effects, as events of the source <c>Fotograma-Steps</c>. Nobody listens in ordinary life, and then a step costs one comparison. Tools that
/// attach to the process (dotnet-trace, say) see how far a job is; fault tests kill the process at each of these moments and see what becomes of the job.
/// </summary>
[EventSource(Name = "Fotograma-Steps")]
public sealed class Steps : EventSource
{
    /// <summary>An account is committed; its owner has no answer yet.</summary>
    public const string AccountMade = "account.made";

    /// <summary>A change of an account is committed; its owner has no answer yet.</summary>
    public const string AccountChanged = "account.changed";

    /// <summary>How to reach a person is written down where mails are sent; the event that told it may come again.</summary>
    public const string PersonKnown = "person.known";

    /// <summary>An upload's bytes are durable; no video owns them yet.</summary>
    public const string UploadStored = "upload.stored";

    /// <summary>A video and its job are committed; the sender has no answer yet.</summary>
    public const string UploadAccepted = "upload.accepted";

    /// <summary>Events were read from an outbox; none is published yet.</summary>
    public const string RelayRead = "relay.read";

    /// <summary>Events are published; they are still in the outbox.</summary>
    public const string RelayPublished = "relay.published";

    /// <summary>A group's queue is there; what makes events come into it may not be yet: its binding, or the group's place in it.</summary>
    public const string QueueMade = "queue.made";

    /// <summary>An event that cannot be published is in quarantine; it is still in the outbox, too.</summary>
    public const string EventQuarantined = "event.quarantined";

    /// <summary>An event that is to come again lies where it waits; what it came as is not settled yet.</summary>
    public const string EventPutOff = "event.put-off";

    /// <summary>An event that was given up is a dead letter; what it came as is not settled yet.</summary>
    public const string EventBuried = "event.buried";

    /// <summary>Events that were given up are on their way again; they are still among what was given up.</summary>
    public const string EventRedriven = "event.redriven";

    /// <summary>News that a broker lost were told again; the event that asked for them is not settled yet.</summary>
    public const string NewsRepeated = "news.repeated";

    /// <summary>A job is claimed; nothing is done about it yet.</summary>
    public const string JobClaimed = "job.claimed";

    /// <summary>Frames are being written.</summary>
    public const string JobWriting = "job.writing";

    /// <summary>All frames are written; no blob of the result is durable yet.</summary>
    public const string JobWritten = "job.written";

    /// <summary>One more blob of the result is durable.</summary>
    public const string JobBlobStored = "job.blob-stored";

    /// <summary>The whole result is durable; the job does not know it yet.</summary>
    public const string JobStored = "job.stored";

    /// <summary>The job's end is committed.</summary>
    public const string JobEnded = "job.ended";

    /// <summary>The failure of an attempt is committed, for good or until the next one; what it stored is not removed yet.</summary>
    public const string JobFailed = "job.failed";

    /// <summary>A job was given back without an attempt spent; what the attempt stored is not removed yet.</summary>
    public const string JobGivenBack = "job.given-back";

    /// <summary>A job is cancelled; its owner has no answer yet, and its worker does not know.</summary>
    public const string JobCancelled = "job.cancelled";

    /// <summary>A job that runs a video again is committed; who asked for it has no answer yet, and nobody was woken for it.</summary>
    public const string JobRepeated = "job.repeated";

    /// <summary>A job of a worker that fell silent waits again; others of that worker may not yet.</summary>
    public const string JobRescued = "job.rescued";

    /// <summary>A notification is written down; the event that caused it may come again.</summary>
    public const string NoticeWritten = "notice.written";

    /// <summary>A notification is taken and about to be sent.</summary>
    public const string NoticeTaken = "notice.taken";

    /// <summary>A notification was sent; this is not noted yet.</summary>
    public const string NoticeSent = "notice.sent";

    /// <summary>A video is deleted and its blobs are listed as trash; its owner has no answer yet.</summary>
    public const string VideoDeleted = "video.deleted";

    /// <summary>The oldest runs of a video that is being deleted are gone, because it has too many for one write; the others and the video are still there.</summary>
    public const string VideoThinned = "video.thinned";

    /// <summary>The blobs of something deleted are gone; they are still in the trash's list.</summary>
    public const string TrashEmptied = "trash.emptied";

    /// <summary>The ledger counts one more sweep; the bucket's mark does not know of it, and nothing is removed yet.</summary>
    public const string SweepCounted = "sweep.counted";

    private static readonly Steps Log = new();

    private Steps()
    {
    }

    /// <summary>All steps, in the order of a video's way.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        AccountMade, AccountChanged, PersonKnown, QueueMade, UploadStored, UploadAccepted, RelayRead, RelayPublished, EventQuarantined, EventPutOff, EventBuried,
        EventRedriven, NewsRepeated, JobClaimed, JobWriting, JobWritten, JobBlobStored, JobStored, JobEnded, JobFailed, JobGivenBack, JobCancelled, JobRepeated,
        JobRescued, NoticeWritten, NoticeTaken, NoticeSent, VideoDeleted, VideoThinned, TrashEmptied, SweepCounted,
    ];

    /// <summary>Says that a step is reached.</summary>
    [NonEvent]
    public static void Reached(string step)
    {
        if (Log.IsEnabled()) Log.Step(step);
    }

    [Event(1, Level = EventLevel.Informational)]
    private void Step(string name) => WriteEvent(1, name);
}
