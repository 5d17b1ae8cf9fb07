using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Fotograma.Server.Checking;

/// <summary>What of the configuration must not be shown: other people's libraries put what they were given into their sentences.</summary>
internal sealed partial class Secrets
{
    private const string Hidden = "***";
    private const int CharactersMin = 3;
    private readonly IReadOnlyList<string> values;

    private Secrets(IReadOnlyList<string> values) => this.values = values;

    public static Secrets Of(IConfiguration configuration)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in configuration.AsEnumerable())
        {
            if (string.IsNullOrEmpty(value)) continue;
            if (SecretKey.IsMatch(key.Split(':')[^1])) found.Add(value);
            foreach (Match part in SecretPart.Matches(value)) found.Add(part.Groups["secret"].Value.Trim('"', '\''));
        }
        // The longest first: a short one may be a part of it.
        return new Secrets([.. found.Where(value => value.Length >= CharactersMin).OrderByDescending(value => value.Length)]);
    }

    public string Hide(string text) => values.Aggregate(text, (shown, secret) => shown.Replace(secret, Hidden, StringComparison.Ordinal));

    [GeneratedRegex("(password|secret|token|accesskey|apikey|passphrase)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretKey { get; }

    // In connection strings and in addresses with user and password.
    [GeneratedRegex("""(?:(?:password|pwd|passfile)\s*=\s*(?<secret>"[^"]*"|'[^']*'|[^;]+))|(?:://[^/:@\s]*:(?<secret>[^@\s]+)@)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretPart { get; }
}
