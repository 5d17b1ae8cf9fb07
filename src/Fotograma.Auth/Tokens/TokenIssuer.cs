using Fotograma.Auth.Accounts;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Identity;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Fotograma.Auth.Tokens;

/// <summary>An access token and its end.</summary>
internal sealed record AccessToken(string Text, DateTimeOffset ExpiresAt);

/// <summary>Issues access tokens: JWT profile of RFC 9068 (<c>at+jwt</c>), ES256. They carry the user's id and the name to show, no contact data.</summary>
internal sealed class TokenIssuer(SigningKey key, TokenOptions tokens, AuthOptions options, Ids ids, TimeProvider clock)
{
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    public AccessToken IssueFor(Account account)
    {
        // Tokens count whole seconds; the answer must not promise more than the token says.
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        var ends = now + options.AccessTokenLife;
        var text = handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = tokens.Issuer,
            Audience = tokens.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = ends.UtcDateTime,
            Claims = new Dictionary<string, object> { ["sub"] = account.Id.ToString(), ["name"] = account.Name, ["jti"] = ids.New().ToString() },
            SigningCredentials = key.Credentials,
        });
        return new AccessToken(text, ends);
    }
}
