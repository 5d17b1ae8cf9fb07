using System.Globalization;
using System.Text.RegularExpressions;

namespace Fotograma.Auth.Passwords;

/// <summary>
/// A password hash in the PHC string format: <c>$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH</c>, Base64 without padding. The cost travels with the hash, so that
/// the settings can change while old hashes still verify.
/// </summary>
internal sealed partial record PhcHash(HashCost Cost, byte[] Salt, byte[] Hash)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"$argon2id$v=19$m={Cost.MemoryKiB},t={Cost.Iterations},p={Cost.Lanes}${Encode(Salt)}${Encode(Hash)}");

    /// <summary>Reads a stored hash.</summary>
    /// <exception cref="FormatException">It is not one, or asks for an absurd cost.</exception>
    public static PhcHash Parse(string text)
    {
        var match = Form.Match(text);
        if (!match.Success) throw new FormatException("A stored password hash is not Argon2id in PHC format.");
        var cost = new HashCost(Number(match, "m"), Number(match, "t"), Number(match, "p"));
        if (!cost.IsPayable) throw new FormatException("A stored password hash asks for an absurd cost.");
        return new PhcHash(cost, Decode(match.Groups["salt"].Value), Decode(match.Groups["hash"].Value));
    }

    private static int Number(Match match, string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] Decode(string text) => Convert.FromBase64String(text + new string('=', (4 - text.Length % 4) % 4));

    [GeneratedRegex(
        """\A\$argon2id\$v=19\$m=(?<m>[0-9]{1,9}),t=(?<t>[0-9]{1,9}),p=(?<p>[0-9]{1,9})\$(?<salt>[A-Za-z0-9+/]{11,86})\$(?<hash>[A-Za-z0-9+/]{22,86})\z""",
        RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }
}
