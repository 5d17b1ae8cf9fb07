using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Fotograma.Auth.Tokens;

/// <summary>A public P-256 key as JSON Web Key (RFC 7517); member names are the standard's.</summary>
internal sealed record Jwk(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg)
{
    /// <summary>The public half of a key; its id is the thumbprint of RFC 7638.</summary>
    public static Jwk Of(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var x = Base64UrlEncoder.Encode(point.X);
        var y = Base64UrlEncoder.Encode(point.Y);
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
        return new Jwk("EC", "P-256", x, y, Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))), "sig", "ES256");
    }
}

/// <summary>The public keys tokens may be signed with.</summary>
internal sealed record JwkSet(IReadOnlyList<Jwk> Keys);
