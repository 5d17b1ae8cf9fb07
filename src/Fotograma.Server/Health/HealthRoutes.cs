using Fotograma.Kernel.Modules;
using Fotograma.Server.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fotograma.Server.Health;

/// <summary>
/// <c>/health</c> (what state everything is in), <c>/health/live</c> (the process answers; asks nothing outside it) and <c>/health/ready</c> (what it needs is there).
/// Details of a fault are for the log, not for anonymous callers.
/// </summary>
internal static class HealthRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", Summary).WithTags("system").WithName("getHealth").WithSummary("The state of this process and what it needs.");
        routes.MapGet("/health/live", () => TypedResults.Ok(new LiveJson("alive"))).ExcludeFromDescription();
        routes.MapGet("/health/ready", Ready).ExcludeFromDescription();
    }

    private static async Task<IResult> Summary(HealthCheckService health, IReadOnlyList<HostedModule> modules, CancellationToken cancellation)
    {
        var report = await health.CheckHealthAsync(cancellation);
        var checks = report.Entries.Select(entry => new CheckJson(entry.Key, Word(entry.Value.Status), entry.Value.Description));
        var answer = new HealthJson(Word(report.Status), ProductVersion.Text, [.. modules.Select(module => module.Name)], [.. checks]);
        return TypedResults.Json(answer, statusCode: StatusOf(report.Status));
    }

    private static async Task<IResult> Ready(HealthCheckService health, CancellationToken cancellation)
    {
        var report = await health.CheckHealthAsync(cancellation);
        return TypedResults.Json(new LiveJson(Word(report.Status)), statusCode: StatusOf(report.Status));
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };

    private static int StatusOf(HealthStatus status) => status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
}

/// <summary>The state of a process.</summary>
internal sealed record HealthJson(string Status, string Version, IReadOnlyList<string> Modules, IReadOnlyList<CheckJson> Checks);

/// <summary>The state of one thing a process needs.</summary>
internal sealed record CheckJson(string Name, string Status, string? Detail);

/// <summary>One word about a process.</summary>
internal sealed record LiveJson(string Status);
