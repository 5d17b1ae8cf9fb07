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

    /// <summary>Sign-ins that may fail for one account within the window (0 to 100000); 0 sets no limit.</summary>
    public int SignInFailuresPerAccountMax { get; set; } = 20;

    /// <summary>Sign-ins that may fail from one network address within the window (0 to 1000000); 0 sets no limit.</summary>
    public int SignInFailuresPerAddressMax { get; set; } = 200;

    /// <summary>The window, counted from the first failure, in seconds (1 to 86400).</summary>
    public int SignInWindowSeconds { get; set; } = 900;

    /// <summary>The private key that signs access tokens, in PEM form; null for <c>keys/signing.pem</c> in the data folder, which is made when missing.</summary>
    public string? SigningKeyFile { get; set; }

    /// <summary>Keys in PEM form, separated by commas, whose public halves are published beside that of the signing key: the next one before it signs, the former one while its tokens live.</summary>
    public string FurtherKeyFiles { get; set; } = string.Empty;

    public IReadOnlyList<string> FurtherKeys => FurtherKeyFiles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public TimeSpan SignInWindow => TimeSpan.FromSeconds(SignInWindowSeconds);

    public TimeSpan AccessTokenLife => TimeSpan.FromMinutes(AccessTokenMinutes);

    public HashCost PasswordCost => new(PasswordMemoryKiB, PasswordIterations, PasswordLanes);

    public IEnumerable<string> Problems()
    {
        if (AccessTokenMinutes is < 1 or > 10_080) yield return "AccessTokenMinutes must lie between 1 and 10080.";
        if (PasswordMemoryKiB is < 8192 or > HashCost.MemoryKiBMax) yield return $"PasswordMemoryKiB must lie between 8192 and {HashCost.MemoryKiBMax}.";
        if (PasswordIterations is < 1 or > HashCost.IterationsMax) yield return $"PasswordIterations must lie between 1 and {HashCost.IterationsMax}.";
        if (PasswordLanes is < 1 or > HashCost.LanesMax) yield return $"PasswordLanes must lie between 1 and {HashCost.LanesMax}.";
        if (PasswordHashesAtOnceMax is < 1 or > 64) yield return "PasswordHashesAtOnceMax must lie between 1 and 64.";
        if (SignInFailuresPerAccountMax is < 0 or > 100_000) yield return "SignInFailuresPerAccountMax must lie between 0 and 100000.";
        if (SignInFailuresPerAddressMax is < 0 or > 1_000_000) yield return "SignInFailuresPerAddressMax must lie between 0 and 1000000.";
        if (SignInWindowSeconds is < 1 or > 86_400) yield return "SignInWindowSeconds must lie between 1 and 86400.";
        if (SigningKeyFile is not null && !File.Exists(SigningKeyFile)) yield return $"SigningKeyFile: there is no file {SigningKeyFile}.";
        foreach (var missing in FurtherKeys.Where(file => !File.Exists(file))) yield return $"FurtherKeyFiles: there is no file {missing}.";
        if (PasswordHashesWaitingMax is < 0 or > 10_000) yield return "PasswordHashesWaitingMax must lie between 0 and 10000.";
    }
}
