using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Fotograma.Auth.Tests;

[SupportedOSPlatform("linux")]
public sealed class TokenTests
{
    [Fact]
    public async Task A_token_says_who_and_until_when_and_nothing_else()
    {
        await using var host = await AuthHost.StartAsync();
        await host.RegisterAsync();
        var token = new JsonWebToken(await host.TokenAsync());
        (token.Alg, token.Typ).ShouldBe(("ES256", "at+jwt"));
        token.Claims.Select(claim => claim.Type).ShouldBe(["sub", "name", "jti", "aud", "iss", "exp", "iat", "nbf"], ignoreOrder: true);
        var keys = JsonElement.Parse(await host.Client.GetStringAsync("/.well-known/jwks.json", AuthHost.Cancellation)).GetProperty("keys");
        keys.GetArrayLength().ShouldBe(1);
        keys[0].GetProperty("kid").GetString().ShouldBe(token.Kid);
        keys[0].TryGetProperty("d", out _).ShouldBeFalse();
        token.Kid.ShouldBe(Base64UrlEncoder.Encode(new JsonWebKey(keys[0].GetRawText()).ComputeJwkThumbprint()));
    }

    [Fact]
    public async Task The_private_key_is_readable_by_its_owner_only_and_survives_a_restart()
    {
        var host = await AuthHost.StartAsync();
        await host.RegisterAsync();
        var token = await host.TokenAsync();
        File.GetUnixFileMode(Path.Combine(host.Folder, "keys", "signing.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.Combine(host.Folder, "keys")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(Path.Combine(host.Folder, "keys")).Select(Path.GetFileName).ShouldBe(["signing.pem", "jwks.json"], ignoreOrder: true);
        await host.StopAsync();
        await using var again = await AuthHost.StartAsync(host.Folder);
        (await again.MeStatusAsync(token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_damaged_key_file_stops_the_start_with_a_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-auth-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "keys"));
            await File.WriteAllTextAsync(Path.Combine(folder, "keys", "signing.pem"), "not a key", AuthHost.Cancellation);
            var failure = await Should.ThrowAsync<InvalidOperationException>(() => AuthHost.StartAsync(folder));
            failure.Message.ShouldContain("signing.pem");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Tokens_that_are_not_ours_are_refused()
    {
        await using var host = await AuthHost.StartAsync();
        var id = (await host.RegisterAsync()).Body.GetProperty("user").GetProperty("id").GetString()!;
        var ours = Key(await File.ReadAllTextAsync(Path.Combine(host.Folder, "keys", "signing.pem"), AuthHost.Cancellation));
        var kid = new JsonWebToken(await host.TokenAsync()).Kid;
        (await host.MeStatusAsync(Forge(ours, kid))).ShouldBe(HttpStatusCode.OK);

        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = new Dictionary<string, string>
        {
            ["foreign key"] = Forge(foreign, kid),
            ["unknown key id"] = Forge(ours, "unknown"),
            ["audience"] = Forge(ours, kid, audience: "elsewhere"),
            ["issuer"] = Forge(ours, kid, issuer: "elsewhere"),
            ["type"] = Forge(ours, kid, type: "JWT"),
            ["expired"] = Forge(ours, kid, expiresIn: TimeSpan.FromSeconds(-31)),
            ["not yet"] = Forge(ours, kid, startsIn: TimeSpan.FromMinutes(2)),
            ["none"] = Unsigned(id, host.Clock.GetUtcNow()),
            ["HS256 with the public key"] = Symmetric(kid, await File.ReadAllBytesAsync(Path.Combine(host.Folder, "keys", "jwks.json"), AuthHost.Cancellation)),
            ["tampered"] = Tamper(await host.TokenAsync()),
            ["garbage"] = "a.b.c",
        };
        foreach (var (name, token) in forged) (await host.MeStatusAsync(token)).ShouldBe(HttpStatusCode.Unauthorized, name);

        string Forge(ECDsa key, string keyId, string audience = "fotograma", string issuer = "fotograma", string type = "at+jwt", TimeSpan? expiresIn = null, TimeSpan? startsIn = null) =>
            Make(new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = keyId }, "ES256"), audience, issuer, type, expiresIn, startsIn);

        string Symmetric(string keyId, byte[] secret) =>
            Make(new SigningCredentials(new SymmetricSecurityKey(secret) { KeyId = keyId }, "HS256"), "fotograma", "fotograma", "at+jwt", null, null);

        string Make(SigningCredentials credentials, string audience, string issuer, string type, TimeSpan? expiresIn, TimeSpan? startsIn)
        {
            var now = host.Clock.GetUtcNow().UtcDateTime;
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                TokenType = type,
                Issuer = issuer,
                Audience = audience,
                NotBefore = now + (startsIn ?? TimeSpan.FromHours(-1)),
                Expires = now + (expiresIn ?? TimeSpan.FromMinutes(5)),
                Claims = new Dictionary<string, object> { ["sub"] = id },
                SigningCredentials = credentials,
            });
        }
    }

    [Fact]
    public async Task A_token_ends_when_it_says()
    {
        await using var host = await AuthHost.StartAsync(null, ("Auth:AccessTokenMinutes", "10"));
        await host.RegisterAsync();
        var token = await host.TokenAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(9));
        (await host.MeStatusAsync(token)).ShouldBe(HttpStatusCode.OK);
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        (await host.MeStatusAsync(token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static ECDsa Key(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }

    private static string Unsigned(string subject, DateTimeOffset now)
    {
        var claims = JsonSerializer.Serialize(new { sub = subject, iss = "fotograma", aud = "fotograma", exp = now.AddHours(1).ToUnixTimeSeconds() });
        return $"{Encode("""{"alg":"none","typ":"at+jwt"}""")}.{Encode(claims)}.";
    }

    private static string Tamper(string token)
    {
        var parts = token.Split('.');
        var claims = Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(parts[1])).Replace("Ana Lima", "Eve Lima", StringComparison.Ordinal);
        return $"{parts[0]}.{Encode(claims)}.{parts[2]}";
    }

    private static string Encode(string text) => Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(text));
}
