using Fotograma.Auth.Accounts;
using Fotograma.Auth.SignIn;
using Fotograma.Auth.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fotograma.Auth.Registration;

/// <summary>The answer to a registration.</summary>
internal sealed record RegistrationAnswer(UserView User);

/// <summary><c>POST /api/v1/auth/register</c>.</summary>
internal static class RegistrationRoutes
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/auth/register", RegisterAsync)
        .AllowAnonymous().LimitBody().SayWhenToComeBack()
        .WithTags("auth").WithName("register").WithSummary("Makes an account")
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Created<RegistrationAnswer>> RegisterAsync(
        RegistrationBody body, HttpContext context, Registrar registrar, TokenIssuer issuer, CancellationToken cancellation)
    {
        var account = await registrar.RegisterAsync(NewAccount.Parse(body), cancellation);
        if (body.Session) SessionCookie.Set(context, issuer.IssueFor(account));
        return TypedResults.Created("/api/v1/me", new RegistrationAnswer(UserView.Of(account)));
    }
}
