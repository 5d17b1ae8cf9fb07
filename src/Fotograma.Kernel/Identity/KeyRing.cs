using Fotograma.Kernel.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace Fotograma.Kernel.Identity;

/// <summary>
/// The public keys that access tokens may be signed with. Reads the JWKS file again when a token names a key that is not known yet, at most
/// once per <see cref="RereadInterval"/>, so that unknown key ids cannot make the process read all day.
/// </summary>
internal sealed class KeyRing(TokenOptions tokens, DataOptions data, TimeProvider clock)
{
    private static readonly TimeSpan RereadInterval = TimeSpan.FromSeconds(1);
    private readonly Lock guard = new();
    private IList<SecurityKey> keys = [];
    private long? readAt;

    public IEnumerable<SecurityKey> Find(string? keyId)
    {
        lock (guard)
        {
            if (!keys.Any(key => key.KeyId == keyId) && MayRead()) Read();
            return keys.Where(key => key.KeyId == keyId).ToArray();
        }
    }

    private bool MayRead() => readAt is not { } at || clock.GetElapsedTime(at) >= RereadInterval;

    private void Read()
    {
        readAt = clock.GetTimestamp();
        var path = tokens.JwksFile ?? data.PathOf("keys", "jwks.json");
        if (File.Exists(path)) keys = new JsonWebKeySet(File.ReadAllText(path)).GetSigningKeys();
    }
}
