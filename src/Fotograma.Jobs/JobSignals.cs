using Fotograma.Messaging.Live;

namespace Fotograma.Jobs;

/// <summary>Tells live views and workers, here and where signals reach, that something changed. Fleeting: both also look for themselves.</summary>
public sealed class JobSignals(LiveFeed feed)
{
    private const string CancelTopic = "jobs.cancelled";
    private const string WaitingTopic = "jobs.waiting";

    /// <summary>The job has a new revision.</summary>
    public void Changed(Guid owner, Guid jobId) => feed.Signal(Topic(owner), $"job {jobId}");

    /// <summary>The job was made and waits for a worker.</summary>
    public void Waiting(Guid owner, Guid jobId)
    {
        Changed(owner, jobId);
        feed.Signal(WaitingTopic, jobId.ToString());
    }

    /// <summary>The video is gone.</summary>
    public void Removed(Guid owner, Guid videoId) => feed.Signal(Topic(owner), $"removed {videoId}");

    /// <summary>The job was cancelled or deleted.</summary>
    public void Cancelled(Guid owner, Guid jobId)
    {
        Changed(owner, jobId);
        feed.Signal(CancelTopic, jobId.ToString());
    }

    /// <summary>Listens to everything about one owner's videos: <c>job ID</c> and <c>removed ID</c>.</summary>
    public LiveListener ListenTo(Guid owner) => feed.Listen(Topic(owner));

    /// <summary>Listens for the ids of cancelled jobs.</summary>
    public LiveListener ListenForCancellations() => feed.Listen(CancelTopic);

    /// <summary>Listens for the ids of jobs that wait.</summary>
    public LiveListener ListenForWaiting() => feed.Listen(WaitingTopic);

    private static string Topic(Guid owner) => $"owner.{owner}";
}
