using System.Text.Json.Serialization;
using Fotograma.Auth.Accounts;
using Fotograma.Auth.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fotograma.Auth.SignIn;

/// <summary>A sign-in as it comes over the wire; <c>login</c> is an e-mail address or a user name.</summary>
internal sealed record SignInBody(string? Login, string? Password, bool Session = false);

/// <summary>The answer to a sign-in. A browser session gets its token in the cookie only, out of the reach of scripts.</summary>
internal sealed record SignInAnswer(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AccessToken, string TokenType, DateTimeOffset ExpiresAt, UserView User);

/// <summary>Signing in and out.</summary>
internal static class SignInRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/api/v1/auth").AllowAnonymous().WithTags("auth");
        auth.MapPost("/login", SignInAsync).LimitBody().SayWhenToComeBack().WithName("login").WithSummary("Signs in by e-mail address or user name")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        auth.MapPost("/logout", SignOutAsync).WithName("logout").WithSummary("Ends the browser session and revokes the access token that comes with the request");
    }

    private static async Task<Ok<SignInAnswer>> SignInAsync(
        SignInBody body, HttpContext context, SignInDesk desk, TokenIssuer issuer, CancellationToken cancellation)
    {
        var account = await desk.CheckAsync(body.Login, body.Password, context.Connection.RemoteIpAddress, cancellation);
        var token = issuer.IssueFor(account);
        if (body.Session) SessionCookie.Set(context, token);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new SignInAnswer(body.Session ? null : token.Text, "Bearer", token.ExpiresAt, UserView.Of(account)));
    }

    private static async Task<NoContent> SignOutAsync(HttpContext context, SignOutDesk desk, CancellationToken cancellation)
    {
        await desk.RevokeAsync(context.User, cancellation);
        SessionCookie.Clear(context);
        return TypedResults.NoContent();
    }
}
