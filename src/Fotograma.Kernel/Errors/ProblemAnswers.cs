using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Kernel.Errors;

/// <summary>Turns <see cref="Error"/>s into RFC 9457 problem details, so that every 4xx and 5xx has a body with a stable code.</summary>
public static class ProblemAnswers
{
    /// <summary>When to come back after an answer that knows no better, in seconds.</summary>
    internal const string RetryAfterSeconds = "5";

    /// <summary>The answer for one error.</summary>
    public static ProblemHttpResult Problem(this Error error, string? detail = null, IReadOnlyList<FieldProblem>? problems = null) =>
        TypedResults.Problem(Details(error, detail, problems));

    /// <summary>Registers problem details for everything the framework itself answers.</summary>
    public static IServiceCollection AddProblemAnswers(this IServiceCollection services) => services.AddProblemDetails(options =>
        options.CustomizeProblemDetails = context =>
        {
            var details = context.ProblemDetails;
            var status = details.Status ?? context.HttpContext.Response.StatusCode;
            if (!details.Extensions.ContainsKey("code")) Describe(details, ForStatus(status));
            details.Instance ??= context.HttpContext.Request.Path;
            details.Extensions["traceId"] = System.Diagnostics.Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        });

    /// <summary>Answers exceptions and empty error statuses with problem details.</summary>
    public static IApplicationBuilder UseProblemAnswers(this IApplicationBuilder app) => app
        .UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = AnswerAsync,
            SuppressDiagnosticsCallback = context => context.Exception is FaultException or BadHttpRequestException,
        })
        .UseStatusCodePages();

    private static async Task AnswerAsync(HttpContext context)
    {
        var exception = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var meanings = context.RequestServices.GetServices<ErrorMeaning>();
        var (details, status) = exception switch
        {
            FaultException fault => (Details(fault.Error, fault.Message, fault.Problems), fault.Error.Status),
            // The framework's sentence names the parameter or the place in the JSON, and nothing of the server.
            BadHttpRequestException bad => (Details(ForStatus(bad.StatusCode), bad.Message, null), bad.StatusCode),
            not null when meanings.Select(meaning => meaning.Of(exception)).FirstOrDefault(known => known is not null) is { } known => (Details(known, null, null), known.Status),
            _ => (Details(ErrorCatalogue.Internal, null, null), 500),
        };
        context.Response.StatusCode = status;
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = (exception as FaultException)?.RetryAfterSeconds ?? RetryAfterSeconds;
        var writer = context.RequestServices.GetRequiredService<IProblemDetailsService>();
        await writer.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = details });
    }

    private static ProblemDetails Details(Error error, string? detail, IReadOnlyList<FieldProblem>? problems)
    {
        var details = new ProblemDetails();
        Describe(details, error);
        details.Detail = detail ?? error.Advice;
        if (problems is { Count: > 0 }) details.Extensions["errors"] = problems;
        return details;
    }

    private static void Describe(ProblemDetails details, Error error)
    {
        details.Type = $"urn:fotograma:error:{error.Code}";
        details.Title = error.Title;
        details.Status = error.Status;
        details.Detail ??= error.Advice;
        details.Extensions["code"] = error.Code;
    }

    private static Error ForStatus(int status) => status switch
    {
        400 => ErrorCatalogue.RequestInvalid,
        401 => ErrorCatalogue.AuthRequired,
        403 => ErrorCatalogue.Forbidden,
        404 => ErrorCatalogue.RouteNotFound,
        405 => ErrorCatalogue.MethodNotAllowed,
        412 => ErrorCatalogue.PreconditionFailed,
        413 => ErrorCatalogue.BodyTooLarge,
        415 => ErrorCatalogue.MediaTypeUnsupported,
        429 => ErrorCatalogue.TooManyRequests,
        503 => ErrorCatalogue.Unavailable,
        < 500 => ErrorCatalogue.RequestInvalid with { Status = status },
        _ => ErrorCatalogue.Internal with { Status = status },
    };
}
