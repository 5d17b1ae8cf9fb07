using System.Text.RegularExpressions;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Data.DynamoDb;

/// <summary>How DynamoDB is reached.</summary>
public sealed partial class DynamoDbOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "DynamoDb";

    // A table's name has at most 255 characters, and the table's own name follows.
    private const int PrefixCharactersMax = 200;

    /// <summary>Address of the service, for endpoints in a private network and for servers that speak its protocol; empty for the region's own.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>The region; empty leaves it to the environment (<c>AWS_REGION</c>, the profile, the instance).</summary>
    public string Region { get; set; } = "";

    /// <summary>Names of tables start with this.</summary>
    public string TablePrefix { get; set; } = "fotograma-";

    /// <summary>Whether tables that are missing are made, with on-demand capacity. False: a start with missing tables is refused, and says which.</summary>
    public bool CreateTables { get; set; } = true;

    /// <summary>How long a start waits for its tables, in seconds (1 to 3600).</summary>
    public int CreationWaitSecondsMax { get; set; } = 120;

    /// <summary>Key id; empty leaves keys to the environment (variables, profile, role of the pod or instance).</summary>
    public string? AccessKey { get; set; }

    /// <summary>The key itself; goes together with the id.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Bound on one request, in seconds (1 to 300).</summary>
    public int RequestTimeoutSeconds { get; set; } = 10;

    /// <summary>How often a write is tried that meets another one or is throttled (1 to 20).</summary>
    public int TriesMax { get; set; } = 8;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Endpoint.Length > 0 && (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")))
            yield return "Endpoint must be an absolute http or https address, or empty.";
        if (TablePrefix.Length > PrefixCharactersMax || !Prefix().IsMatch(TablePrefix))
            yield return $"TablePrefix may hold letters, digits, dots, hyphens and underscores, at most {PrefixCharactersMax}.";
        if (CreationWaitSecondsMax is < 1 or > 3600) yield return "CreationWaitSecondsMax must lie between 1 and 3600.";
        if (string.IsNullOrEmpty(AccessKey) != string.IsNullOrEmpty(SecretKey)) yield return "AccessKey and SecretKey must be given together.";
        if (RequestTimeoutSeconds is < 1 or > 300) yield return "RequestTimeoutSeconds must lie between 1 and 300.";
        if (TriesMax is < 1 or > 20) yield return "TriesMax must lie between 1 and 20.";
    }

    [GeneratedRegex("^[a-zA-Z0-9_.-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();
}
