using Fotograma.Kernel.Hosting;

namespace Fotograma.Worker;

/// <summary>How much a worker takes on and how it shows that it lives.</summary>
internal sealed class WorkerOptions : ICheckedOptions
{
    public const string Section = "Worker";

    /// <summary>Jobs at the same time; 0 means as many as there are cores.</summary>
    public int ConcurrentJobsMax { get; set; }

    /// <summary>How often the ledger is asked for work when nobody signalled, in milliseconds.</summary>
    public int PollMilliseconds { get; set; } = 2000;

    /// <summary>How often a running job renews its lease and writes its progress, in milliseconds.</summary>
    public int HeartbeatMilliseconds { get; set; } = 1000;

    /// <summary>How often the waiting jobs are counted for the metrics, in milliseconds.</summary>
    public int BacklogMilliseconds { get; set; } = 15_000;

    /// <summary>Width of gallery thumbnails, in pixels.</summary>
    public int ThumbnailPixels { get; set; } = 320;

    public int Slots => ConcurrentJobsMax > 0 ? ConcurrentJobsMax : Environment.ProcessorCount;

    public IEnumerable<string> Problems()
    {
        if (ConcurrentJobsMax is < 0 or > 1024) yield return "ConcurrentJobsMax must lie between 0 (one per core) and 1024.";
        if (PollMilliseconds is < 50 or > 60_000) yield return "PollMilliseconds must lie between 50 and 60000.";
        if (HeartbeatMilliseconds is < 100 or > 60_000) yield return "HeartbeatMilliseconds must lie between 100 and 60000.";
        if (BacklogMilliseconds is < 100 or > 600_000) yield return "BacklogMilliseconds must lie between 100 and 600000.";
        if (ThumbnailPixels is < 16 or > 1024) yield return "ThumbnailPixels must lie between 16 and 1024.";
    }
}
