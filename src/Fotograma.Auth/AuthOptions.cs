using Fotograma.Auth.Passwords;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Auth;

/// <summary>Settings of the auth module.</summary>
internal sealed class AuthOptions : ICheckedOptions
{
    public const string Section = "Auth";

    /// <summary>Life of an access token, in minutes (1 to 10080).</summary>
    public int AccessTokenMinutes { get; set; } = 720;

    /// <summary>Memory of one password hash, in KiB (8192 to 1048576). The default follows OWASP's minimum for Argon2id.</summary>
    public int PasswordMemoryKiB { get; set; } = 19_456;

    /// <summary>Passes over that memory (1 to 100).</summary>
    public int PasswordIterations { get; set; } = 2;

    /// <summary>Lanes of one password hash (1 to 16).</summary>
    public int PasswordLanes { get; set; } = 1;

    /// <summary>Password hashes computed at the same time (1 to 64); bounds memory and processor time.</summary>
    public int PasswordHashesAtOnceMax { get; set; } = 2;

    /// <summary>Requests that may wait for their turn to hash (0 to 10000); the next one is told to come back.</summary>
    public int PasswordHashesWaitingMax { get; set; } = 32;

    public TimeSpan AccessTokenLife => TimeSpan.FromMinutes(AccessTokenMinutes);

    public HashCost PasswordCost => new(PasswordMemoryKiB, PasswordIterations, PasswordLanes);

    public IEnumerable<string> Problems()
    {
        if (AccessTokenMinutes is < 1 or > 10_080) yield return "AccessTokenMinutes must lie between 1 and 10080.";
        if (PasswordMemoryKiB is < 8192 or > HashCost.MemoryKiBMax) yield return $"PasswordMemoryKiB must lie between 8192 and {HashCost.MemoryKiBMax}.";
        if (PasswordIterations is < 1 or > HashCost.IterationsMax) yield return $"PasswordIterations must lie between 1 and {HashCost.IterationsMax}.";
        if (PasswordLanes is < 1 or > HashCost.LanesMax) yield return $"PasswordLanes must lie between 1 and {HashCost.LanesMax}.";
        if (PasswordHashesAtOnceMax is < 1 or > 64) yield return "PasswordHashesAtOnceMax must lie between 1 and 64.";
        if (PasswordHashesWaitingMax is < 0 or > 10_000) yield return "PasswordHashesWaitingMax must lie between 0 and 10000.";
    }
}
