using System.Text.RegularExpressions;

namespace Fotograma.Auth.Accounts;

/// <summary>
/// An e-mail address that can be written into a mail header as it is. The form is the "valid e-mail address" of the HTML Living Standard, which browsers check
/// too (ASCII only, no quoting, no comments), without the empty dot parts that mail servers refuse.
/// </summary>
internal static partial class EmailAddress
{
    public const int CharactersMax = 254;
    private const int LocalPartCharactersMax = 64;

    /// <summary>Reads an address; spaces around it do not count.</summary>
    public static string? Parse(string? text)
    {
        var address = text?.Trim() ?? "";
        return address.Length <= CharactersMax && address.IndexOf('@', StringComparison.Ordinal) <= LocalPartCharactersMax && Form.IsMatch(address)
            ? address
            : null;
    }

    /// <summary>The form in which addresses are compared.</summary>
    public static string Key(string address) => address.ToLowerInvariant();

    [GeneratedRegex(
        """\A[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\z""",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form { get; }
}
