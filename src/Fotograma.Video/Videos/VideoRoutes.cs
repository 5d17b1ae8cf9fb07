using Fotograma.Jobs.Catalogue;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fotograma.Video.Videos;

/// <summary>List, look at and delete videos. What belongs to another answers 404.</summary>
internal static class VideoRoutes
{
    private const int PageDefault = 50;
    private const int PageMax = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var videos = routes.MapGroup("/api/v1/videos").WithTags("videos").RequireAuthorization();
        videos.MapGet("", List).WithName("listVideos").WithSummary("The caller's videos, newest first, by cursor.");
        videos.MapGet("/{id:guid}", Find).WithName("getVideo").WithSummary("One video with its newest job.");
        videos.MapDelete("/{id:guid}", Delete).WithName("deleteVideo").WithSummary("Deletes a video, its jobs and everything they made; a running job is cancelled.");
        routes.MapGet("/video", FormerList).RequireAuthorization().ExcludeFromDescription();
        routes.MapGet("/video/list", FormerList).RequireAuthorization().ExcludeFromDescription();
    }

    private static async Task<Results<Ok<VideoListJson>, ProblemHttpResult>> List(
        Caller caller, VideoCatalogue catalogue, CancellationToken cancellation, int? limit = null, string? cursor = null)
    {
        Guid? before = null;
        if (!string.IsNullOrEmpty(cursor))
        {
            if (!Guid.TryParse(cursor, out var id)) return Invalid("cursor", "Send the nextCursor of the page before, unchanged.");
            before = id;
        }
        if (limit is < 1 or > PageMax) return Invalid("limit", $"Choose a limit between 1 and {PageMax}.");
        var page = await catalogue.ListAsync(caller.UserId, limit ?? PageDefault, before, cancellation);
        return TypedResults.Ok(new VideoListJson([.. page.Items.Select(VideoJson.Of)], page.Next?.ToString()));
    }

    private static async Task<Ok<FormerListJson>> FormerList(Caller caller, VideoCatalogue catalogue, CancellationToken cancellation)
    {
        var page = await catalogue.ListAsync(caller.UserId, PageMax, null, cancellation);
        return TypedResults.Ok(new FormerListJson([.. page.Items.Select(FormerVideoJson.Of)]));
    }

    private static async Task<Results<Ok<VideoJson>, ProblemHttpResult>> Find(
        Guid id, Caller caller, VideoCatalogue catalogue, CancellationToken cancellation) =>
        await catalogue.FindVideoAsync(caller.UserId, id, cancellation) is { } video
            ? TypedResults.Ok(VideoJson.Of(video))
            : ErrorCatalogue.VideoNotFound.Problem();

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid id, Caller caller, VideoCatalogue catalogue, Cleanup.Janitor janitor, CancellationToken cancellation)
    {
        if (!await catalogue.DeleteAsync(caller.UserId, id, cancellation)) return ErrorCatalogue.VideoNotFound.Problem();
        Steps.Reached(Steps.VideoDeleted);
        janitor.Wake();
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult Invalid(string field, string detail) =>
        ErrorCatalogue.RequestInvalid.Problem(problems: [new FieldProblem(field, "request.invalid", detail)]);
}
