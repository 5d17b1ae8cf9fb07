using System.Text.Json;
using Fotograma.Jobs.Ledger;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Repeating;
using Microsoft.Extensions.Logging;

namespace Fotograma.Jobs.Leases;

/// <summary>
/// Tells again how jobs ended when a broker lost its queues: a listener that was away had not heard it yet, and it lay nowhere else. Listeners know what they dealt with by the job, not
/// by the event's id, which is a new one.
/// </summary>
public sealed partial class JobNews
{
    private readonly ILedgerStore store;
    private readonly EventOutbox outbox;
    private readonly RepetitionTurns turns;
    private readonly TimeSpan reach;
    private readonly ILogger<JobNews> log;

    internal JobNews(ILedgerStore store, EventOutbox outbox, Repetition repetition, ILogger<JobNews> log)
    {
        this.store = store;
        this.outbox = outbox;
        this.log = log;
        (turns, reach) = (repetition.TurnsOf("video"), repetition.Reach);
    }

    /// <summary>Publishes the ends of jobs that ended within <c>Messaging:RepeatHours</c>, so many as one delivery may tell.</summary>
    public async Task RepeatAsync(QueuesMade made, CancellationToken cancellation)
    {
        var told = await turns.TakeAsync(made, PageAsync, cancellation);
        if (told > 0) LogRepeated(told);
    }

    private async Task<(IReadOnlyList<CloudEvent> Events, Guid? Last)> PageAsync(Guid? after, CancellationToken cancellation)
    {
        var ended = await store.ListEndedAsync(reach, after, Repetition.PageFacts, cancellation);
        return ([.. ended.Select(entry => EndOf(entry.Video, entry.Job))], ended.Count > 0 ? ended[^1].Job.Id : null);
    }

    private CloudEvent EndOf(VideoRow video, JobRow job) => job.State == JobState.Completed
        ? outbox.Of(new VideoProcessed(video.Id, job.Id, job.OwnerId, video.Name, job.Frames ?? 0, job.ArchiveBytes ?? 0, Count(job.Warnings), Elapsed(job)), job.Trace())
        : outbox.Of(new VideoFailed(video.Id, job.Id, job.OwnerId, video.Name, job.ErrorCode ?? "", job.ErrorMessage ?? ""), job.Trace());

    private static double Elapsed(JobRow job) => job is { StartedAt: { } started, FinishedAt: { } finished } ? Math.Max(0, (finished - started).TotalSeconds) : 0;

    private static int Count(string warnings)
    {
        using var read = JsonDocument.Parse(warnings);
        return read.RootElement.GetArrayLength();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The broker had lost its queues; the ends of {Jobs} jobs were told again.")]
    private partial void LogRepeated(int jobs);
}
