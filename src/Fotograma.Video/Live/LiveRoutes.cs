using Fotograma.Kernel.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Video.Live;

/// <summary><c>GET /api/v1/events</c>: server-sent events (HTML Living Standard, section 9.2) of everything that happens to the caller's jobs.</summary>
internal static class LiveRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/events", Events).WithTags("live").RequireAuthorization().WithName("watchEvents")
            .WithSummary("Live events: hello (fetch your lists anew), job (a whole job, whenever it changes), removed (a video is gone), ping.");

    private static ServerSentEventsResult<string> Events(
        HttpContext context, Caller caller, LiveView view, IHostApplicationLifetime host, CancellationToken cancellation)
    {
        // Proxies must not hold events back, and an open stream must not hold up the shutdown.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, host.ApplicationStopping);
        context.Response.RegisterForDispose(ends);
        return TypedResults.ServerSentEvents(view.WatchAsync(caller.UserId, ends.Token));
    }
}
