using Fotograma.Media.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fotograma.Video.Uploads;

/// <summary><c>GET /api/v1/limits</c>: what a client should know before it sends a file. Needs no sign-in.</summary>
internal static class LimitRoutes
{
    private static readonly string[] Formats = ["mp4", "mov", "mkv", "webm", "avi", "wmv", "flv", "ts", "mpeg", "3gp", "ogg"];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/limits", Limits).WithTags("system").WithName("getLimits")
        .WithSummary("Limits and defaults of uploads and extractions.");

    private static Ok<LimitsJson> Limits(UploadOptions options) => TypedResults.Ok(new LimitsJson(
        options.FileBytesMax, Formats, new OptionDefaultsJson("1", "png", ExtractionOptionsParser.Default.Quality), OptionRanges.FramesMax));
}

/// <summary>Limits and defaults.</summary>
internal sealed record LimitsJson(long UploadBytesMax, IReadOnlyList<string> Formats, OptionDefaultsJson OptionDefaults, int FramesOutMax);

/// <summary>What is extracted when nothing is asked for.</summary>
internal sealed record OptionDefaultsJson(string Fps, string Format, int Quality);
