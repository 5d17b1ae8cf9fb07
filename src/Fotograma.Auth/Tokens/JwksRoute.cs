using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fotograma.Auth.Tokens;

/// <summary>Publishes the public keys for modules on other machines and for anybody who wants to verify a token.</summary>
internal static class JwksRoute
{
    private const string CacheFiveMinutes = "public, max-age=300";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/.well-known/jwks.json", Get)
        .AllowAnonymous().WithTags("auth").WithName("getJwks").WithSummary("The public keys that access tokens are signed with");

    private static Ok<JwkSet> Get(HttpResponse response, SigningKey key)
    {
        response.Headers.CacheControl = CacheFiveMinutes;
        return TypedResults.Ok(key.PublicKeys);
    }
}
