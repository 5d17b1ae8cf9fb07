using Fotograma.Blobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Identity;
using Fotograma.Media.Options;
using Fotograma.Video.Videos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Fotograma.Video.Uploads;

/// <summary><c>POST /api/v1/videos</c> and the paths under which the systems before accepted a video.</summary>
internal sealed class UploadRoutes(
    MultipartUpload multipart, UploadSlots slots, VideoCatalogue catalogue, Bucket bucket, UploadOptions options, UploadReceiver receiver, Ids ids)
{
    private const long FormBytesMax = 1 << 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/videos", Canonical).WithName("uploadVideo").WithTags("videos").RequireAuthorization()
            .WithSummary("Uploads a video (multipart/form-data, file field 'video', extraction options as text fields) and queues its job.")
            .WithDescription($"Options, all of them optional: {string.Join(", ", ExtractionOptionsParser.Names)}. At most one of {string.Join(", ", ExtractionOptionsParser.SamplingNames)}.")
            .Accepts<IFormFile>("multipart/form-data").Produces<VideoJson>(201).ProducesProblem(400).ProducesProblem(413).ProducesProblem(415);
        routes.MapPost("/video", Former).RequireAuthorization().ExcludeFromDescription();
        routes.MapPost("/video/upload", Former).RequireAuthorization().ExcludeFromDescription();
    }

    private static async Task<Created<VideoJson>> Canonical(HttpContext context, Caller caller, UploadRoutes routes, CancellationToken cancellation)
    {
        var video = await routes.AcceptAsync(context, caller, cancellation);
        return TypedResults.Created($"/api/v1/videos/{video.Id}", VideoJson.Of(video));
    }

    private static async Task<Created<FormerUploadJson>> Former(HttpContext context, Caller caller, UploadRoutes routes, CancellationToken cancellation)
    {
        var video = await routes.AcceptAsync(context, caller, cancellation);
        return TypedResults.Created($"/api/v1/videos/{video.Id}", FormerUploadJson.Of(video));
    }

    private async Task<VideoView> AcceptAsync(HttpContext context, Caller caller, CancellationToken cancellation)
    {
        LiftServerLimits(context);
        using var slot = slots.Take(caller.UserId);
        var videoId = ids.New();
        var offered = false;
        try
        {
            var form = await multipart.ReadAsync(context.Request, videoId, cancellation);
            var jobOptions = ReadOptions(form.Fields);
            var file = form.File;
            // From here on the acceptance may take effect, whatever is answered: bytes that nobody owns in the end are the janitor's.
            offered = true;
            // The file is whole and durable. A caller who hangs up now has sent a video all the same, and it is accepted or refused as a whole.
            var video = await catalogue.AcceptAsync(
                new NewVideo(videoId, caller.UserId, DisplayName.Clean(form.SentName), file.Bytes, file.Sha256, file.Container, file.Key, jobOptions),
                CancellationToken.None);
            Steps.Reached(Steps.UploadAccepted);
            return video;
        }
        finally
        {
            if (!offered) await bucket.DeletePrefixAsync(Fotograma.Jobs.BlobKeys.OfVideo(videoId), CancellationToken.None);
        }
    }

    // The server's own limits are made for forms and API calls; an upload has limits of its own and may pause.
    private void LiftServerLimits(HttpContext context)
    {
        if (context.Request.ContentLength > options.FileBytesMax + FormBytesMax) throw receiver.TooLarge();
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = options.FileBytesMax + FormBytesMax;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }

    internal static string ReadOptions(IReadOnlyDictionary<string, string> fields)
    {
        if (ExtractionOptionsParser.TryParse(fields, out var read, out var problems)) return ExtractionOptionsParser.ToJson(read);
        throw ErrorCatalogue.RequestInvalid.Because([.. problems.Select(problem => new FieldProblem(problem.Option, $"options.{problem.Code}", problem.Message))]);
    }
}
