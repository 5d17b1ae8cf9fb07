using Fotograma.Kernel.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace Fotograma.Kernel.Identity;

/// <summary>
/// The public keys that access tokens may be signed with, out of a file or from the auth module by HTTP. They are read again when a token names a key that is
/// not known yet, at most once per <see cref="RereadInterval"/>, so that unknown key ids cannot make the process read all day; and when they are older than
/// <see cref="FreshFor"/>, so that a key that was withdrawn is not trusted for ever: by HTTP nobody waits for that. An auth module that is away costs nothing as long as no new key appears.
/// </summary>
internal sealed class KeyRing(TokenOptions tokens, DataOptions data, KeySource source, TimeProvider clock)
{
    private static readonly TimeSpan RereadInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);
    private readonly Lock guard = new();
    private IList<SecurityKey> keys = [];
    private long? readAt;
    private Task<bool> fetching = Task.FromResult(true);

    /// <summary>The keys of this id, as far as they are known.</summary>
    public IEnumerable<SecurityKey> Find(string? keyId)
    {
        lock (guard)
        {
            if (tokens.JwksUrl is null && MayRead(Knows(keyId) ? FreshFor : RereadInterval)) Read();
            return keys.Where(key => key.KeyId == keyId).ToArray();
        }
    }

    /// <summary>Fetches the keys, where they come by HTTP, if this one is not known.</summary>
    /// <returns>False when it is not known and the keys could not be had: nothing can be said about the token then.</returns>
    public async Task<bool> EnsureAsync(string? keyId, CancellationToken cancellation)
    {
        if (tokens.JwksUrl is null) return true;
        Task<bool> fetch;
        lock (guard)
        {
            var known = Knows(keyId);
            if (fetching.IsCompleted && MayRead(known ? FreshFor : RereadInterval))
            {
                readAt = clock.GetTimestamp();
                fetching = FetchAsync();
            }
            if (known) return true;
            fetch = fetching;
        }
        return await fetch.WaitAsync(cancellation);
    }

    private bool Knows(string? keyId) => keys.Any(key => key.KeyId == keyId);

    private bool MayRead(TimeSpan interval) => readAt is not { } at || clock.GetElapsedTime(at) >= interval;

    private void Read()
    {
        readAt = clock.GetTimestamp();
        var path = tokens.JwksFile ?? data.PathOf("keys", "jwks.json");
        if (File.Exists(path)) keys = new JsonWebKeySet(File.ReadAllText(path)).GetSigningKeys();
    }

    private async Task<bool> FetchAsync()
    {
        if (await source.FetchAsync() is not { } fetched) return false;
        lock (guard) keys = fetched;
        return true;
    }
}
