using Fotograma.Jobs.Ledger;

namespace Fotograma.Jobs.Catalogue;

internal static class JobProjection
{
    public static VideoView View(VideoRow video, JobRow job, int? queuePosition = null) => new(
        video.Id, video.OwnerId, video.Name, video.Bytes, video.Sha256, video.Container, video.SourceKey, video.CreatedAt,
        View(job, video.Name, queuePosition));

    public static JobView View(JobRow job, string videoName, int? queuePosition = null) => new()
    {
        Id = job.Id,
        VideoId = job.VideoId,
        OwnerId = job.OwnerId,
        VideoName = videoName,
        State = job.State,
        Options = job.Options,
        Percent = job.Percent,
        FramesDone = job.FramesDone,
        FramesExpected = job.FramesExpected,
        Speed = job.Speed,
        EtaSeconds = job.EtaSeconds,
        QueuePosition = queuePosition,
        Attempt = job.Attempt,
        Revision = job.Revision,
        CreatedAt = job.CreatedAt,
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
        ErrorCode = job.ErrorCode,
        ErrorMessage = job.ErrorMessage,
        Warnings = job.Warnings,
        Result = Result(job),
    };

    private static JobResult? Result(JobRow job) => job is { State: JobState.Completed, ResultPrefix: { } prefix }
        ? new JobResult(prefix, job.Frames ?? 0, job.ArchiveBytes ?? 0, job.Width ?? 0, job.Height ?? 0, job.DurationSeconds, job.PosterFrame, job.Warnings, job.DuplicatesRemoved)
        : null;
}
