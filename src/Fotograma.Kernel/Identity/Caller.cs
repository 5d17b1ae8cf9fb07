using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Fotograma.Kernel.Identity;

/// <summary>The signed-in user behind a request, as the verified access token says.</summary>
/// <param name="UserId">The user's id.</param>
public readonly record struct Caller(Guid UserId)
{
    /// <summary>Binds the caller of a request in a route handler.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context.User));

    /// <summary>Reads the caller from verified claims.</summary>
    /// <exception cref="Errors.FaultException">There is no user in the claims.</exception>
    public static Caller Of(ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue("sub"), out var id)
        ? new Caller(id)
        : throw Errors.ErrorCatalogue.AuthRequired.Because(Errors.ErrorCatalogue.AuthRequired.Advice);
}
