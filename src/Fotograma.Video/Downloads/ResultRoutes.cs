using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Ledger;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Identity;
using Fotograma.Media.Manifest;
using Fotograma.Video.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;

namespace Fotograma.Video.Downloads;

/// <summary>
/// The ZIP and the manifest of a completed job. Both are immutable once a job is completed, of known length, and served with Range, strong ETag and conditional
/// requests (RFC 9110) under a file name that RFC 6266 quotes safely.
/// </summary>
internal static class ResultRoutes
{
    private static readonly string[] Head = [HttpMethods.Head];
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/api/v1/jobs/{id:guid}").WithTags("results").RequireAuthorization();
        jobs.MapGet("/archive", Archive).WithName("downloadArchive").WithSummary("The ZIP with every frame and the manifest; Range and conditional requests work.")
            .Produces<Stream>(200, "application/zip").Produces<Stream>(206, "application/zip").Produces(302);
        jobs.MapMethods("/archive", Head, Archive).ExcludeFromDescription();
        jobs.MapGet("/manifest", Manifest).WithName("downloadManifest").WithSummary("The manifest as JSON; its images alone as CSV with ?format=csv, or one JSON object a line with ?format=ndjson.")
            .Produces<Stream>(200, "application/json", "text/csv", "application/x-ndjson");
        jobs.MapMethods("/manifest", Head, Manifest).ExcludeFromDescription();
        jobs.MapGet("/report", Report).WithName("getReport").WithSummary("What the video is: container, codec, size, rate, colours, and what to know about it; as fotograma probe says it.")
            .Produces<VideoReportJson>(200).ProducesProblem(404).ProducesProblem(409);
        routes.MapMethods("/video/{id:guid}/download", GetAndHead, ArchiveOfVideo).RequireAuthorization().ExcludeFromDescription();
        routes.MapMethods("/video/download", GetAndHead, ArchiveOfVideo).RequireAuthorization().ExcludeFromDescription();
    }

    private static async Task<Results<FileStreamHttpResult, RedirectHttpResult, ProblemHttpResult>> Archive(
        Guid id, HttpContext context, Caller caller, VideoCatalogue catalogue, ArchiveSource archives, CancellationToken cancellation) =>
        await ArchiveOf(await catalogue.FindJobAsync(caller.UserId, id, cancellation), ErrorCatalogue.JobNotFound, context, archives, cancellation);

    private static async Task<Results<FileStreamHttpResult, RedirectHttpResult, ProblemHttpResult>> ArchiveOfVideo(
        Guid id, HttpContext context, Caller caller, VideoCatalogue catalogue, ArchiveSource archives, CancellationToken cancellation) =>
        await ArchiveOf((await catalogue.FindVideoAsync(caller.UserId, id, cancellation))?.Job, ErrorCatalogue.VideoNotFound, context, archives, cancellation);

    private static async Task<Results<FileStreamHttpResult, RedirectHttpResult, ProblemHttpResult>> ArchiveOf(
        JobView? job, Error missing, HttpContext context, ArchiveSource archives, CancellationToken cancellation)
    {
        if (job is null) return missing.Problem();
        if (job.Result is not { } result) return NotReady(job);
        var (key, name) = (BlobKeys.Archive(result.Prefix), JobResultJson.ArchiveNameOf(job.VideoName));
        if (await archives.AddressOfAsync(key, name, context.Request.Method, cancellation) is { } address)
        {
            // Whoever has the address has the file: it is for this caller alone, and for now.
            context.Response.Headers.CacheControl = "private, no-store";
            return TypedResults.Redirect(address.AbsoluteUri, permanent: false, preserveMethod: false);
        }
        return (await FileAsync(context, archives.Bucket, key, ArchiveSource.ContentType, name, cancellation)).Result switch
        {
            FileStreamHttpResult file => file,
            var problem => (ProblemHttpResult)problem,
        };
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> Manifest(
        Guid id, HttpContext context, Caller caller, VideoCatalogue catalogue, Bucket bucket, CancellationToken cancellation, string? format = null)
    {
        if (format is not (null or "json" or "csv" or "ndjson"))
            return ErrorCatalogue.RequestInvalid.Problem(problems: [new FieldProblem("format", "request.invalid", "Choose json, csv or ndjson.")]);
        if (await catalogue.FindJobAsync(caller.UserId, id, cancellation) is not { } job) return ErrorCatalogue.JobNotFound.Problem();
        if (job.Result is not { } result) return NotReady(job);
        var stem = JobResultJson.Stem(job.VideoName);
        return format switch
        {
            "csv" => await FileAsync(context, bucket, BlobKeys.ManifestCsv(result.Prefix), "text/csv; charset=utf-8", $"{stem}-manifest.csv", cancellation),
            "ndjson" => await FileAsync(context, bucket, BlobKeys.ManifestLines(result.Prefix), "application/x-ndjson", $"{stem}-manifest.ndjson", cancellation),
            _ => await FileAsync(context, bucket, BlobKeys.ManifestJson(result.Prefix), "application/json", $"{stem}-manifest.json", cancellation),
        };
    }

    private static async Task<Results<Ok<VideoReportJson>, ProblemHttpResult>> Report(
        Guid id, HttpContext context, Caller caller, VideoCatalogue catalogue, Bucket bucket, CancellationToken cancellation)
    {
        if (await catalogue.FindJobAsync(caller.UserId, id, cancellation) is not { } job) return ErrorCatalogue.JobNotFound.Problem();
        if (job.Result is not { } result) return NotReady(job);
        await using var blob = await bucket.OpenAsync(BlobKeys.ManifestJson(result.Prefix), cancellation);
        if (blob is null) return ErrorCatalogue.JobNotFound.Problem();
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Ok(VideoReportJson.Of(await ManifestHead.ReadReportAsync(blob.Content, cancellation)));
    }

    internal static ProblemHttpResult NotReady(JobView job) => job.State == JobState.Failed
        ? ErrorCatalogue.JobNotReady.Problem($"The job failed: {job.ErrorMessage}")
        : ErrorCatalogue.JobNotReady.Problem($"The job is {job.State}. {ErrorCatalogue.JobNotReady.Advice}");

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> FileAsync(
        HttpContext context, Bucket bucket, string key, string contentType, string fileName, CancellationToken cancellation)
    {
        if (await bucket.OpenAsync(key, cancellation) is not { } blob) return ErrorCatalogue.JobNotFound.Problem();
        // A download that a person pauses is not an attack: the server's minimum rate would cut it off.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Stream(blob.Content, contentType, fileName, blob.ModifiedAt, new EntityTagHeaderValue(blob.ETag), enableRangeProcessing: true);
    }
}
