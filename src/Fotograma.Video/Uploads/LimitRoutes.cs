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

    private static readonly string[] ImageFormats = ["png", "jpeg", "webp"];
    private static readonly string[] Extras = ["poster", "storyboard", "sheet"];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/limits", Limits).WithTags("system").WithName("getLimits")
        .WithSummary("Limits and defaults of uploads and extractions.");

    private static Ok<LimitsJson> Limits(UploadOptions options) => TypedResults.Ok(new LimitsJson(
        options.FileBytesMax, Formats, new OptionDefaultsJson("1", "png", ExtractionOptionsParser.Default.Quality), OptionRanges.FramesMax,
        ExtractionOptionsParser.Names, ExtractionOptionsParser.SamplingNames, ImageFormats, Extras));
}

/// <summary>Limits and defaults.</summary>
/// <param name="UploadBytesMax">Largest file.</param>
/// <param name="Formats">Containers that are taken.</param>
/// <param name="OptionDefaults">What is extracted when nothing is asked for.</param>
/// <param name="FramesOutMax">Most images of one job.</param>
/// <param name="Options">The names of all options.</param>
/// <param name="Modes">Those that say which frames; one of them may be given.</param>
/// <param name="ImageFormats">The values of <c>format</c>.</param>
/// <param name="Extras">The values of <c>extras</c>.</param>
internal sealed record LimitsJson(
    long UploadBytesMax, IReadOnlyList<string> Formats, OptionDefaultsJson OptionDefaults, int FramesOutMax, IReadOnlyList<string> Options,
    IReadOnlyList<string> Modes, IReadOnlyList<string> ImageFormats, IReadOnlyList<string> Extras);

/// <summary>What is extracted when nothing is asked for.</summary>
internal sealed record OptionDefaultsJson(string Fps, string Format, int Quality);
