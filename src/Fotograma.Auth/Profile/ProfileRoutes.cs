using Fotograma.Auth.Accounts;
using Fotograma.Kernel.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fotograma.Auth.Profile;

/// <summary><c>/api/v1/me</c>: the caller's own account.</summary>
internal static class ProfileRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var me = routes.MapGroup("/api/v1/me").RequireAuthorization().WithTags("auth").ProducesProblem(StatusCodes.Status401Unauthorized);
        me.MapGet("", GetAsync).WithName("getMe").WithSummary("The signed-in user");
        me.MapPatch("", ChangeAsync).LimitBody().WithName("changeMe").WithSummary("Changes name or language").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Ok<UserView>> GetAsync(Caller caller, ProfileEditor editor, CancellationToken cancellation) =>
        TypedResults.Ok(UserView.Of(await editor.GetAsync(caller, cancellation)));

    private static async Task<Ok<UserView>> ChangeAsync(Caller caller, ProfileBody body, ProfileEditor editor, CancellationToken cancellation) =>
        TypedResults.Ok(UserView.Of(await editor.ChangeAsync(caller, body, cancellation)));
}
