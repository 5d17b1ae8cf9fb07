using System.Text.RegularExpressions;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Server.Serving;

/// <summary>
/// Refuses sections that nothing reads, because a setting that is misspelt would otherwise be ignored without a word. Sections of modules and drivers that do not run
/// are known too: several processes may share one file. The environment belongs to others as well; there only what is written like a section is looked at.
/// </summary>
internal static partial class KnownSections
{
    /// <summary>Every section an options class of the product is bound to; held to the code by a test.</summary>
    public static readonly IReadOnlyList<string> OfProduct =
    [
        "Auth", "Blobs", "Cleanup", "Data", "Database", "Decoder", "DynamoDb", "Fleeting", "Jobs", "Kafka", "Mail", "Messaging", "Metrics", "Notify", "Postgres", "Proxy", "RabbitMq", "Redis",
        "S3", "Sqlite", "Sqs", "Tokens", "Uploads", "Web", "Worker",
    ];

    private static readonly string[] OfFramework = ["AllowedHosts", "Logging", "Kestrel", "Modules"];

    // What the framework reads of the command line and of variables that begin with DOTNET_ or ASPNETCORE_.
    private static readonly string[] OfHost = ["applicationName", "contentRoot", "environment", "urls", "http_ports", "https_ports", "webroot", "shutdownTimeoutSeconds"];

    public static void RefuseOthers(IHostApplicationBuilder builder)
    {
        var known = OfProduct.Concat(OfFramework).Concat(OfHost).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var unknown = ((IConfigurationRoot)builder.Configuration).Providers
            .SelectMany(provider => provider switch
            {
                EnvironmentVariablesConfigurationProvider => TopLevel(provider).Where(name => IsOurs(provider, name)),
                FileConfigurationProvider or CommandLineConfigurationProvider => TopLevel(provider),
                // What the host itself put there.
                _ => [],
            })
            .Where(name => name.Length > 0 && !known.Contains(name)).Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (var name in unknown) builder.Services.AddConfigurationFault($"{name}: There is no such section. Check the spelling against the list of settings.");
    }

    private static IEnumerable<string> TopLevel(IConfigurationProvider provider) => provider.GetChildKeys([], null).Distinct(StringComparer.OrdinalIgnoreCase);

    private static bool IsOurs(IConfigurationProvider provider, string name) => Section.IsMatch(name) && provider.GetChildKeys([], name).Any();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$|^S[0-9]$", RegexOptions.CultureInvariant)]
    private static partial Regex Section { get; }
}
