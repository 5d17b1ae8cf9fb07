using Fotograma.Kernel.Hosting;

namespace Fotograma.Kernel.Identity;

/// <summary>What every module must know to verify an access token on its own.</summary>
public sealed class TokenOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Tokens";

    /// <summary>The <c>iss</c> claim.</summary>
    public string Issuer { get; set; } = "fotograma";

    /// <summary>The <c>aud</c> claim.</summary>
    public string Audience { get; set; } = "fotograma";

    /// <summary>File with the public keys (JWKS, RFC 7517), written by the auth module; null for <c>keys/jwks.json</c> in the data folder.</summary>
    public string? JwksFile { get; set; }

    /// <summary>Address of the public keys, <c>http://HOST/.well-known/jwks.json</c> of the auth module, for processes that do not share its data folder; null for the file.</summary>
    public string? JwksUrl { get; set; }

    /// <summary>Tolerated difference between clocks, in seconds (0 to 60).</summary>
    public int ClockSkewSeconds { get; set; } = 30;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Issuer)) yield return "Issuer must not be empty.";
        if (string.IsNullOrWhiteSpace(Audience)) yield return "Audience must not be empty.";
        if (JwksUrl is not null && !(Uri.TryCreate(JwksUrl, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https"))) yield return "JwksUrl must be an absolute http or https address.";
        if (JwksUrl is not null && JwksFile is not null) yield return "JwksFile and JwksUrl cannot both be given.";
        if (ClockSkewSeconds is < 0 or > 60) yield return "ClockSkewSeconds must lie between 0 and 60.";
    }
}
