using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Fotograma.Kernel.Identity;

/// <summary>Fetches the public keys from the auth module (<c>/.well-known/jwks.json</c>).</summary>
internal sealed class KeySource(TokenOptions tokens, [FromKeyedServices(KeySource.LinkName)] Link? link = null) : IDisposable
{
    public const string LinkName = "keys";
    private const long AnswerBytesMax = 1 << 20;
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(2);

    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = ConnectionLife, AllowAutoRedirect = false })
    {
        Timeout = AnswerMax,
        MaxResponseContentBufferSize = AnswerBytesMax,
    };

    /// <summary>The keys; null when they cannot be had.</summary>
    public async Task<IList<SecurityKey>?> FetchAsync()
    {
        try
        {
            var keys = new JsonWebKeySet(await http.GetStringAsync(tokens.JwksUrl)).GetSigningKeys();
            link?.Works();
            return keys;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or ArgumentException or System.Text.Json.JsonException)
        {
            link?.Fails(exception);
            return null;
        }
    }

    /// <summary>Says how many keys there are; throws when they cannot be had.</summary>
    public async Task<string> TryAsync()
    {
        var keys = new JsonWebKeySet(await http.GetStringAsync(tokens.JwksUrl)).GetSigningKeys();
        return keys.Count > 0 ? $"{keys.Count} keys by HTTP" : throw new InvalidOperationException($"There are no keys at {tokens.JwksUrl}.");
    }

    public void Dispose() => http.Dispose();
}
