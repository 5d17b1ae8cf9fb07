using Fotograma.Kernel.Errors;

namespace Fotograma.Auth.Accounts;

/// <summary>What can be wrong with account data.</summary>
internal static class AccountFaults
{
    public static readonly FieldProblem Email = new("email", "auth.email_invalid", "Give an e-mail address such as ana@example.org, at most 254 characters.");

    public static readonly FieldProblem Username = new("username", "auth.username_invalid", "Use 3 to 30 letters, digits, hyphens or underscores.");

    public static readonly FieldProblem Name = new("name", "auth.name_invalid", "Use 1 to 100 characters on one line.");

    public static readonly FieldProblem Language = new("language", "auth.language_invalid", "Use pt-BR, en or es.");

    public static readonly FieldProblem PasswordShort = new("password", "auth.password_too_short", "Use at least 8 characters.");

    public static readonly FieldProblem PasswordLong = new("password", "auth.password_too_long", "Use at most 128 characters.");

    public static readonly FieldProblem PasswordCommon = new("password", "auth.password_common", "This password is one of the first that anybody tries. Choose another.");
}
