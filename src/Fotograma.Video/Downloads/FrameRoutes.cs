using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Identity;
using Fotograma.Media.Manifest;
using Fotograma.Video.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Fotograma.Video.Downloads;

/// <summary>
/// The gallery: pages of frames out of the binary index, single images by their byte range out of the archive (which stores them undeflated), thumbnails
/// by their range out of one blob. Nothing is stored twice and nothing is unpacked.
/// </summary>
internal static class FrameRoutes
{
    private const int PageDefault = 100;
    private const int PageMax = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var frames = routes.MapGroup("/api/v1/jobs/{id:guid}/frames").WithTags("results").RequireAuthorization();
        frames.MapGet("", List).WithName("listFrames").WithSummary("A slice of the frames with their exact times.");
        frames.MapGet("/{index:int}/image", Image).WithName("getFrame").WithSummary("One frame; with ?download=1 as an attachment.")
            .Produces<Stream>(200, "image/png", "image/jpeg", "image/webp").Produces(304);
        frames.MapGet("/{index:int}/thumbnail", Thumbnail).WithName("getThumbnail").WithSummary("One frame's thumbnail.")
            .Produces<Stream>(200, "image/jpeg").Produces(304);
    }

    private static async Task<Results<Ok<FrameListJson>, ProblemHttpResult>> List(
        Guid id, Caller caller, VideoCatalogue catalogue, Bucket bucket, CancellationToken cancellation, int offset = 0, int limit = PageDefault)
    {
        if (offset < 0 || limit is < 1 or > PageMax)
            return ErrorCatalogue.RequestInvalid.Problem(problems:
                [new FieldProblem("limit", "request.invalid", $"Choose an offset of at least 0 and a limit between 1 and {PageMax}.")]);
        if (await catalogue.FindJobAsync(caller.UserId, id, cancellation) is not { } job) return ErrorCatalogue.JobNotFound.Problem();
        if (job.Result is not { } result) return ResultRoutes.NotReady(job);
        await using var index = await bucket.OpenAsync(BlobKeys.Index(result.Prefix), cancellation);
        if (index is null) return ErrorCatalogue.JobNotFound.Problem();
        var end = (int)Math.Min(int.MaxValue, (long)offset + limit);
        var page = await FrameIndex.ReadAsync(index.Content, offset, end, cancellation);
        return TypedResults.Ok(new FrameListJson(result.Frames, [.. page.Records.Select(record => FrameJson.Of(record, page))]));
    }

    private static async Task<Results<FileStreamHttpResult, StatusCodeHttpResult, ProblemHttpResult>> Image(
        Guid id, int index, HttpContext context, Caller caller, VideoCatalogue catalogue, FrameTable table, Bucket bucket, CancellationToken cancellation, string? download = null)
    {
        var (job, found, problem) = await FindAsync(id, index, caller, catalogue, table, cancellation);
        if (problem is not null) return problem;
        var (frame, page) = (found!.Records[0], found);
        if (await bucket.OpenRangeAsync(BlobKeys.Archive(job!.Result!.Prefix), frame.ImageOffset, frame.ImageBytes, cancellation) is not { } image)
            return ErrorCatalogue.FrameNotFound.Problem();
        KeepForEver(context);
        var name = download is "1" or "true" ? $"{JobResultJson.Stem(job.VideoName)}-{Path.GetFileName(page.NameOf(frame))}" : null;
        return TypedResults.Stream(image, FrameNames.MediaType(page.Format), name, entityTag: Tag(frame));
    }

    private static async Task<Results<FileStreamHttpResult, StatusCodeHttpResult, ProblemHttpResult>> Thumbnail(
        Guid id, int index, HttpContext context, Caller caller, VideoCatalogue catalogue, FrameTable table, Bucket bucket, CancellationToken cancellation)
    {
        var (job, found, problem) = await FindAsync(id, index, caller, catalogue, table, cancellation);
        if (problem is not null) return problem;
        var frame = found!.Records[0];
        if (frame.ThumbnailBytes == 0) return ErrorCatalogue.FrameNotFound.Problem();
        if (await bucket.OpenRangeAsync(BlobKeys.Thumbnails(job!.Result!.Prefix), frame.ThumbnailOffset, frame.ThumbnailBytes, cancellation) is not { } image)
            return ErrorCatalogue.FrameNotFound.Problem();
        KeepForEver(context);
        return TypedResults.Stream(image, "image/jpeg", entityTag: Tag(frame));
    }

    private static async Task<(JobView? Job, FrameIndexPage? Found, ProblemHttpResult? Problem)> FindAsync(
        Guid id, int index, Caller caller, VideoCatalogue catalogue, FrameTable table, CancellationToken cancellation)
    {
        if (await catalogue.FindJobAsync(caller.UserId, id, cancellation) is not { } job) return (null, null, ErrorCatalogue.JobNotFound.Problem());
        if (job.Result is not { } result) return (job, null, ResultRoutes.NotReady(job));
        if (index < 1 || index > result.Frames) return (job, null, ErrorCatalogue.FrameNotFound.Problem());
        return await table.FindAsync(result.Prefix, index, cancellation) is { } page ? (job, page, null) : (job, null, ErrorCatalogue.FrameNotFound.Problem());
    }

    // A frame of a completed job never changes, and its address names the job.
    private static void KeepForEver(HttpContext context) => context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";

    private static EntityTagHeaderValue Tag(FrameIndexRecord frame) => new($"\"{frame.Sha256}\"");
}
