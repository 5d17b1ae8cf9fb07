using System.Text.Json;
using Fotograma.Jobs.Catalogue;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Identity;
using Fotograma.Video.Uploads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fotograma.Video.Jobs;

/// <summary>Look at, cancel and repeat jobs.</summary>
internal static class JobRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/api/v1/jobs").WithTags("jobs").RequireAuthorization();
        jobs.MapGet("/{id:guid}", Find).WithName("getJob").WithSummary("A job's state, progress, time left and place in the queue.");
        jobs.MapPost("/{id:guid}/cancel", Cancel).WithName("cancelJob").WithSummary("Cancels a job that has not ended; its decoder is killed.");
        routes.MapPost("/api/v1/videos/{id:guid}/jobs", RunAgain).WithTags("jobs").RequireAuthorization().WithName("runAgain")
            .WithSummary("Runs a video again, with the options sent or, with none, the last ones.");
    }

    private static async Task<Results<Ok<JobJson>, ProblemHttpResult>> Find(Guid id, Caller caller, VideoCatalogue catalogue, CancellationToken cancellation) =>
        await catalogue.FindJobAsync(caller.UserId, id, cancellation) is { } job ? TypedResults.Ok(JobJson.Of(job)) : ErrorCatalogue.JobNotFound.Problem();

    private static async Task<Results<Ok<JobJson>, ProblemHttpResult>> Cancel(Guid id, Caller caller, VideoCatalogue catalogue, CancellationToken cancellation)
    {
        var ended = await catalogue.CancelAsync(caller.UserId, id, cancellation);
        if (await catalogue.FindJobAsync(caller.UserId, id, cancellation) is not { } job) return ErrorCatalogue.JobNotFound.Problem();
        return ended ? TypedResults.Ok(JobJson.Of(job)) : ErrorCatalogue.JobAlreadyFinal.Problem();
    }

    private static async Task<Results<Created<JobJson>, ProblemHttpResult>> RunAgain(
        Guid id, Caller caller, VideoCatalogue catalogue, CancellationToken cancellation, Dictionary<string, JsonElement>? options = null)
    {
        var chosen = options is { Count: > 0 } ? UploadRoutes.ReadOptions(options.ToDictionary(option => option.Key, option => option.Value.ToString())) : null;
        if (await catalogue.RunAgainAsync(caller.UserId, id, chosen, cancellation) is not { } answer) return ErrorCatalogue.VideoNotFound.Problem();
        return answer.Made ? TypedResults.Created($"/api/v1/jobs/{answer.Job.Id}", JobJson.Of(answer.Job)) : ErrorCatalogue.JobNotFinal.Problem();
    }
}
