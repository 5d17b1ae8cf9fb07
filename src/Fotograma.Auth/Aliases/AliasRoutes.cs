using Fotograma.Auth.Registration;
using Fotograma.Auth.SignIn;
using Fotograma.Auth.Tokens;
using Fotograma.Kernel.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fotograma.Auth.Aliases;

/// <summary>The paths of older systems, answered in their dialects by the same registrar and desk. Errors stay problem details, with a <c>message</c> added.</summary>
internal static class AliasRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in (string[])["", "/auth"])
        {
            routes.MapPost($"{prefix}/register", RegisterAsync).AllowAnonymous().LimitBody().AddEndpointFilter(AddMessageAsync).ExcludeFromDescription();
            routes.MapPost($"{prefix}/login", SignInAsync).AllowAnonymous().LimitBody().AddEndpointFilter(AddMessageAsync).ExcludeFromDescription();
        }
    }

    private static async Task<IResult> RegisterAsync(HttpContext context, Registrar registrar, TimeProvider clock, CancellationToken cancellation)
    {
        var request = await AliasRequest.ReadAsync(context.Request, cancellation);
        var account = await registrar.RegisterAsync(NewAccount.Parse(request.Registration), cancellation);
        return request.IsEnveloped
            ? TypedResults.Created("/api/v1/me", new Envelope<EnvelopedUserData>(
                true, "User registered successfully", new EnvelopedUserData(EnvelopedUser.Of(account)), clock.GetUtcNow()))
            : TypedResults.Created("/api/v1/me", PlainUser.Of(account));
    }

    private static async Task<IResult> SignInAsync(HttpContext context, SignInDesk desk, TokenIssuer issuer, TimeProvider clock, CancellationToken cancellation)
    {
        var request = await AliasRequest.ReadAsync(context.Request, cancellation);
        var account = await desk.CheckAsync(request.Login, request.Password, context.Connection.RemoteIpAddress, cancellation);
        var token = issuer.IssueFor(account);
        context.Response.Headers.CacheControl = "no-store";
        if (!request.IsEnveloped) return TypedResults.Ok(new PlainSignIn(token.Text, token.ExpiresAt, PlainUser.Of(account)));
        var now = clock.GetUtcNow();
        var data = new EnvelopedSignIn(token.Text, "Bearer", (long)(token.ExpiresAt - now).TotalSeconds, EnvelopedUser.Of(account));
        return TypedResults.Ok(new Envelope<EnvelopedSignIn>(true, "Login successful", data, now));
    }

    private static async ValueTask<object?> AddMessageAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (FaultException fault)
        {
            var answer = fault.Error.Problem(fault.Message, fault.Problems);
            answer.ProblemDetails.Extensions["message"] = answer.ProblemDetails.Detail;
            if (fault.Error.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
                RouteGuards.ComeBackLater(context.HttpContext.Response, fault);
            return answer;
        }
    }
}
