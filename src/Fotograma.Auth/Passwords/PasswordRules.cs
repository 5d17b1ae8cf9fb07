using Fotograma.Auth.Accounts;
using Fotograma.Kernel.Errors;

namespace Fotograma.Auth.Passwords;

/// <summary>
/// What a new password must be: 8 to 128 characters (Unicode code points), not a common one and not the account's own name (NIST SP 800-63B). It is taken
/// exactly as typed: nothing is trimmed, folded or normalised.
/// </summary>
internal static class PasswordRules
{
    public const int CharactersMin = 8;
    public const int CharactersMax = 128;

    /// <summary>The fault of a password, or null.</summary>
    public static FieldProblem? FaultOf(string? password, string? email, string? username)
    {
        var characters = Characters(password ?? "");
        if (characters < CharactersMin) return AccountFaults.PasswordShort;
        if (characters > CharactersMax) return AccountFaults.PasswordLong;
        return IsGuessable(password!, email, username) ? AccountFaults.PasswordCommon : null;
    }

    /// <summary>True when no account can have this password, so that it need not be hashed itself.</summary>
    public static bool IsImpossible(string password) => Characters(password) is 0 or > CharactersMax;

    private static int Characters(string password) => password.EnumerateRunes().Count();

    private static bool IsGuessable(string password, string? email, string? username) =>
        CommonPasswords.Contains(password)
        || password.All(c => c == password[0])
        || password.Equals(email, StringComparison.OrdinalIgnoreCase)
        || password.Equals(username, StringComparison.OrdinalIgnoreCase);
}
