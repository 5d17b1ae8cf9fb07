using System.Text;
using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Identity;
using Fotograma.Media.Extraction;
using Fotograma.Media.Manifest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Fotograma.Video.Downloads;

/// <summary>
/// What a job made beside its images: poster, contact sheet and storyboard, each by its byte range out of the archive, which stores them
/// undeflated. A list beside the archive says where they lie; results of older versions have none, and no extras.
/// </summary>
internal static class ExtraRoutes
{
    private const string Jpeg = "image/jpeg";
    private const string Vtt = "text/vtt";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/api/v1/jobs/{id:guid}").WithTags("results").RequireAuthorization();
        jobs.MapGet("/poster", Poster).WithName("getPoster").WithSummary("The image that tells most, if the option extras asked for the poster.")
            .Produces<Stream>(200, Jpeg).Produces(304).ProducesProblem(404);
        jobs.MapGet("/contact-sheet", Sheet).WithName("getContactSheet").WithSummary("One overview with time codes, if extras asked for the sheet.")
            .Produces<Stream>(200, Jpeg).Produces(304).ProducesProblem(404);
        jobs.MapGet("/storyboard.vtt", Storyboard).WithName("getStoryboard").WithSummary("Small pictures for a player's seek bar (WebVTT), if extras asked for the storyboard.")
            .Produces<string>(200, Vtt).Produces(304).ProducesProblem(404);
        jobs.MapGet("/storyboard/{name}", Part).WithName("getStoryboardPart").WithSummary("A file of the storyboard by the name the storyboard gives it.")
            .Produces<Stream>(200, Jpeg, Vtt).Produces(304).ProducesProblem(404);
    }

    private static Task<Results<FileStreamHttpResult, FileContentHttpResult, ProblemHttpResult>> Poster(
        Guid id, HttpContext context, Caller caller, VideoCatalogue catalogue, Bucket bucket, CancellationToken cancellation) =>
        FileAsync(id, FrameNames.Poster, context, caller, catalogue, bucket, cancellation);

    private static Task<Results<FileStreamHttpResult, FileContentHttpResult, ProblemHttpResult>> Sheet(
        Guid id, HttpContext context, Caller caller, VideoCatalogue catalogue, Bucket bucket, CancellationToken cancellation) =>
        FileAsync(id, FrameNames.ContactSheet, context, caller, catalogue, bucket, cancellation);

    private static Task<Results<FileStreamHttpResult, FileContentHttpResult, ProblemHttpResult>> Part(
        Guid id, string name, HttpContext context, Caller caller, VideoCatalogue catalogue, Bucket bucket, CancellationToken cancellation) =>
        FileAsync(id, $"storyboard/{name}", context, caller, catalogue, bucket, cancellation);

    /// <summary>The text names the sprites beside it, in its folder; from here they are one folder down.</summary>
    private static async Task<Results<FileStreamHttpResult, FileContentHttpResult, ProblemHttpResult>> Storyboard(
        Guid id, HttpContext context, Caller caller, VideoCatalogue catalogue, Bucket bucket, CancellationToken cancellation)
    {
        var (file, content, problem) = await FindAsync(id, FrameNames.Storyboard, caller, catalogue, bucket, cancellation);
        if (problem is not null) return problem;
        using var reader = new StreamReader(content!, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(cancellation);
        KeepForEver(context);
        return TypedResults.Bytes(Encoding.UTF8.GetBytes(text.Replace("\nsprite_", "\nstoryboard/sprite_", StringComparison.Ordinal)), Vtt, entityTag: Tag(file!));
    }

    private static async Task<Results<FileStreamHttpResult, FileContentHttpResult, ProblemHttpResult>> FileAsync(
        Guid id, string name, HttpContext context, Caller caller, VideoCatalogue catalogue, Bucket bucket, CancellationToken cancellation)
    {
        var (file, content, problem) = await FindAsync(id, name, caller, catalogue, bucket, cancellation);
        if (problem is not null) return problem;
        KeepForEver(context);
        return TypedResults.Stream(content!, name.EndsWith(".vtt", StringComparison.Ordinal) ? Vtt : Jpeg, entityTag: Tag(file!));
    }

    private static async Task<(ExtraFile? File, Stream? Content, ProblemHttpResult? Problem)> FindAsync(
        Guid id, string name, Caller caller, VideoCatalogue catalogue, Bucket bucket, CancellationToken cancellation)
    {
        if (await catalogue.FindJobAsync(caller.UserId, id, cancellation) is not { } job) return (null, null, ErrorCatalogue.JobNotFound.Problem());
        if (job.Result is not { } result) return (null, null, ResultRoutes.NotReady(job));
        await using var list = await bucket.OpenAsync(BlobKeys.Extras(result.Prefix), cancellation);
        if (list is null) return (null, null, ErrorCatalogue.ExtraNotFound.Problem());
        var file = (await ExtraFiles.ReadAsync(list.Content, cancellation)).FirstOrDefault(extra => extra.Name == name);
        var content = file is null ? null : await bucket.OpenRangeAsync(BlobKeys.Archive(result.Prefix), file.Offset, file.Bytes, cancellation);
        return content is null ? (null, null, ErrorCatalogue.ExtraNotFound.Problem()) : (file, content, null);
    }

    // A result never changes, and its address names the job.
    private static void KeepForEver(HttpContext context) => context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";

    private static EntityTagHeaderValue Tag(ExtraFile file) => new($"\"{file.Sha256}\"");
}
