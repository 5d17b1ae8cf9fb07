using System.Security.Cryptography;
using System.Text;
using Fotograma.Kernel.Errors;
using Konscious.Security.Cryptography;

namespace Fotograma.Auth.Passwords;

/// <summary>
/// Hashes and verifies passwords with Argon2id. A hash is made to be expensive, which is why only a few run at once and only so many may wait: an attacker who
/// sends sign-ins by the thousand is told to come back, and does not take the memory of the process.
/// </summary>
internal sealed class PasswordHasher(AuthOptions options) : IDisposable
{
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private readonly SemaphoreSlim turns = new(options.PasswordHashesAtOnceMax);

    // Verified against when there is no such account, so that the answer takes as long as for a wrong password. Nothing hashes to these random bytes.
    private readonly PhcHash nobody = new(options.PasswordCost, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(HashBytes));
    private int inside;

    /// <summary>Hashes a new password.</summary>
    public async Task<string> HashAsync(string password, CancellationToken cancellation)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PhcHash(options.PasswordCost, salt, await ComputeAsync(password, salt, options.PasswordCost, HashBytes, cancellation)).ToString();
    }

    /// <summary>Compares a password with a stored hash; with <see langword="null"/> it does the same work and says no.</summary>
    public async Task<bool> VerifyAsync(string password, string? stored, CancellationToken cancellation)
    {
        var expected = stored is null ? nobody : PhcHash.Parse(stored);
        var actual = await ComputeAsync(password, expected.Salt, expected.Cost, expected.Hash.Length, cancellation);
        return CryptographicOperations.FixedTimeEquals(actual, expected.Hash) && stored is not null;
    }

    /// <summary>True when a stored hash was made with other settings than today's.</summary>
    public bool IsOutdated(string stored) => PhcHash.Parse(stored).Cost != options.PasswordCost;

    public void Dispose() => turns.Dispose();

    private async Task<byte[]> ComputeAsync(string password, byte[] salt, HashCost cost, int bytes, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref inside) > options.PasswordHashesAtOnceMax + options.PasswordHashesWaitingMax)
        {
            Interlocked.Decrement(ref inside);
            throw ErrorCatalogue.Unavailable.Because("Too many people are signing in at this moment. Try again in a moment.");
        }
        try
        {
            await turns.WaitAsync(cancellation);
            try
            {
                return await Task.Run(() => Compute(password, salt, cost, bytes), cancellation);
            }
            finally
            {
                turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref inside);
        }
    }

    private static async Task<byte[]> Compute(string password, byte[] salt, HashCost cost, int bytes)
    {
        using var argon = new Argon2id(Encoding.UTF8.GetBytes(password))
        {
            Salt = salt,
            MemorySize = cost.MemoryKiB,
            Iterations = cost.Iterations,
            DegreeOfParallelism = cost.Lanes,
        };
        return await argon.GetBytesAsync(bytes);
    }
}
