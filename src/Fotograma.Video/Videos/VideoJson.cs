using Fotograma.Jobs.Catalogue;
using Fotograma.Video.Jobs;

namespace Fotograma.Video.Videos;

/// <summary>A video with its newest job.</summary>
internal sealed record VideoJson(Guid Id, string Name, long Bytes, string Sha256, string Container, DateTimeOffset CreatedAt, JobJson Job)
{
    public static VideoJson Of(VideoView video) =>
        new(video.Id, video.Name, video.Bytes, video.Sha256, video.Container, video.CreatedAt, JobJson.Of(video.Job));
}

/// <summary>A page of videos.</summary>
internal sealed record VideoListJson(IReadOnlyList<VideoJson> Items, string? NextCursor);

/// <summary>The answer to an upload in the form of the Hackathon system.</summary>
internal sealed record FormerUploadJson(
    [property: System.Text.Json.Serialization.JsonPropertyName("video_id")] Guid VideoId,
    [property: System.Text.Json.Serialization.JsonPropertyName("original_name")] string OriginalName,
    string Status,
    string Message)
{
    public static FormerUploadJson Of(VideoView video) =>
        new(video.Id, video.Name, video.Job.State, "Video uploaded successfully and queued for processing");
}

/// <summary>The list in the form of the Hackathon system.</summary>
internal sealed record FormerListJson(IReadOnlyList<FormerVideoJson> Videos);

/// <summary>A video in the form of the Hackathon system.</summary>
internal sealed record FormerVideoJson(
    Guid Id,
    [property: System.Text.Json.Serialization.JsonPropertyName("original_name")] string OriginalName,
    string Status,
    [property: System.Text.Json.Serialization.JsonPropertyName("progress_percent")] int ProgressPercent,
    [property: System.Text.Json.Serialization.JsonPropertyName("file_size")] long FileSize,
    [property: System.Text.Json.Serialization.JsonPropertyName("error_message")] string? ErrorMessage,
    [property: System.Text.Json.Serialization.JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: System.Text.Json.Serialization.JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt)
{
    public static FormerVideoJson Of(VideoView video) => new(
        video.Id, video.Name, video.Job.State, (int)video.Job.Percent, video.Bytes, video.Job.ErrorMessage, video.CreatedAt,
        video.Job.FinishedAt ?? video.Job.StartedAt ?? video.CreatedAt);
}
