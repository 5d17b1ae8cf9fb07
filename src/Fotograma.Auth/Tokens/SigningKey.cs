using System.Security.Cryptography;
using System.Text.Json;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Identity;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace Fotograma.Auth.Tokens;

/// <summary>
/// The ES256 key that signs access tokens. It comes from a file of the operator's, which several processes can share, or is made at the first start in <c>keys/signing.pem</c> of the data folder (readable by the owner only); its public half is
/// written beside it as <c>jwks.json</c>, from which the other modules verify, and with it those of the keys that sign no more or not yet. It is ready before any request is answered.
/// </summary>
internal sealed class SigningKey(DataOptions data, TokenOptions tokens, AuthOptions options) : IHostedLifecycleService, IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string PrivateKey = "an unencrypted P-256 private key in PEM form. Restore it, or remove it to make a new one; everybody must then sign in again.";
    private ECDsa? key;
    private SigningCredentials? credentials;

    /// <summary>Signs tokens.</summary>
    public SigningCredentials Credentials => credentials ?? throw new InvalidOperationException("The signing key is not loaded yet.");

    /// <summary>The public keys (RFC 7517).</summary>
    public JwkSet PublicKeys { get; private set; } = new([]);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        KeyFiles.MakeFolder(data.PathOf("keys"));
        key = Load(options.SigningKeyFile ?? Made(data.PathOf("keys", "signing.pem")), PrivateKey);
        var shown = Jwk.Of(key);
        credentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = shown.Kid }, SecurityAlgorithms.EcdsaSha256);
        PublicKeys = new JwkSet([.. options.FurtherKeys.Select(PublicHalf).Prepend(shown).DistinctBy(known => known.Kid)]);
        var published = tokens.JwksFile ?? data.PathOf("keys", "jwks.json");
        KeyFiles.Replace(published, JsonSerializer.SerializeToUtf8Bytes(PublicKeys, JsonSerializerOptions.Web), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => key?.Dispose();

    private static string Made(string path)
    {
        if (File.Exists(path)) return path;
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        KeyFiles.CreateOnce(path, System.Text.Encoding.ASCII.GetBytes(made.ExportPkcs8PrivateKeyPem()), OwnerOnly);
        return path;
    }

    private static Jwk PublicHalf(string path)
    {
        using var further = Load(path, "an unencrypted private or a public P-256 key in PEM form. Restore it, or take it out of Auth:FurtherKeyFiles; tokens that it signed are then refused.");
        return Jwk.Of(further);
    }

    private static ECDsa Load(string path, string wanted)
    {
        var loaded = ECDsa.Create();
        try
        {
            loaded.ImportFromPem(File.ReadAllText(path));
            if (wanted == PrivateKey) _ = loaded.ExportParameters(includePrivateParameters: true);
            if (loaded.KeySize != 256) throw new CryptographicException("not a P-256 key");
            return loaded;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            loaded.Dispose();
            throw new InvalidOperationException($"The file {path} does not hold {wanted}", exception);
        }
    }
}
