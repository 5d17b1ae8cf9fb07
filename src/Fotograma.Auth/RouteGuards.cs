using Fotograma.Kernel.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Fotograma.Auth;

/// <summary>What the routes of this module share.</summary>
internal static class RouteGuards
{
    private const long BodyBytesMax = 16 * 1024;
    private const string RetryAfterSeconds = "2";

    /// <summary>Account data is small; anything larger is refused before it is read.</summary>
    public static RouteHandlerBuilder LimitBody(this RouteHandlerBuilder route) => route.WithMetadata(new RequestSizeLimitAttribute(BodyBytesMax));

    /// <summary>Adds Retry-After when too many passwords wait to be hashed.</summary>
    public static RouteHandlerBuilder SayWhenToComeBack(this RouteHandlerBuilder route) => route.AddEndpointFilter(async (context, next) =>
    {
        try
        {
            return await next(context);
        }
        catch (FaultException fault) when (fault.Error == ErrorCatalogue.Unavailable)
        {
            ComeBackLater(context.HttpContext.Response, fault);
            return fault.Error.Problem(fault.Message);
        }
    });

    public static void ComeBackLater(HttpResponse response, FaultException fault) => response.Headers.RetryAfter = fault.RetryAfterSeconds ?? RetryAfterSeconds;
}
