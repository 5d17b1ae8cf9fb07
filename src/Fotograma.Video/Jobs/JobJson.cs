using System.Text.Json;
using Fotograma.Jobs.Catalogue;

namespace Fotograma.Video.Jobs;

/// <summary>A job as its owner sees it.</summary>
internal sealed record JobJson(
    Guid Id, Guid VideoId, string Name, string State, double Percent, int FramesDone, int? FramesExpected, double? Speed, double? EtaSeconds,
    int? QueuePosition, int Attempt, long Revision, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt,
    JsonElement Options, JobErrorJson? Error, JsonElement Warnings, JobResultJson? Result)
{
    public static JobJson Of(JobView job) => new(
        job.Id, job.VideoId, job.VideoName, job.State, Math.Round(job.Percent, 1), job.FramesDone, job.FramesExpected, Rounded(job.Speed, 2),
        Rounded(job.EtaSeconds, 1), job.QueuePosition, job.Attempt, job.Revision, job.CreatedAt, job.StartedAt, job.FinishedAt,
        JsonSerializer.Deserialize<JsonElement>(job.Options),
        job.ErrorCode is { } code ? new JobErrorJson(code, job.ErrorMessage ?? "") : null,
        JsonSerializer.Deserialize<JsonElement>(job.Warnings),
        job.Result is { } result ? JobResultJson.Of(result, job.VideoName) : null);

    private static double? Rounded(double? value, int digits) => value is { } number ? Math.Round(number, digits) : null;
}

/// <summary>Why a job failed.</summary>
internal sealed record JobErrorJson(string Code, string Message);

/// <summary>What a completed job made.</summary>
internal sealed record JobResultJson(
    int Frames, long ArchiveBytes, int Width, int Height, double? DurationSeconds, string ArchiveName, int? PosterFrame, int? DuplicatesRemoved)
{
    public static JobResultJson Of(JobResult result, string videoName) =>
        new(result.Frames, result.ArchiveBytes, result.Width, result.Height, result.DurationSeconds, ArchiveNameOf(videoName), result.PosterFrame, result.DuplicatesRemoved);

    /// <summary>The name a browser saves the ZIP under: the video's own, with its ending replaced.</summary>
    public static string ArchiveNameOf(string videoName) => $"{Stem(videoName)}-frames.zip";

    public static string Stem(string videoName)
    {
        var stem = Path.GetFileNameWithoutExtension(videoName);
        return stem.Length == 0 ? "video" : stem;
    }
}
