using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Fotograma.Server.Serving;

/// <summary>
/// Where settings come from, the later winning: <c>appsettings.json</c> beside the program, environment variables (<c>Section__Key</c>), the short
/// variables below, the command line (<c>--Section:Key=value</c>).
/// </summary>
internal static class ServerConfiguration
{
    private const string DefaultUrl = "http://localhost:8080";

    private static readonly Dictionary<string, string> ShortNames = new()
    {
        ["FOTOGRAMA_DATA"] = "Data:Folder",
        ["FOTOGRAMA_MODULES"] = "Modules",
        ["FOTOGRAMA_URLS"] = "urls",
        ["FOTOGRAMA_DECODER"] = "Decoder:Path",
        ["FOTOGRAMA_SANDBOX"] = "Decoder:Sandbox",
    };

    private static readonly Dictionary<string, string> Switches = new() { ["--modules"] = "Modules", ["--data"] = "Data:Folder" };

    public static void Apply(WebApplicationBuilder builder, string[] args)
    {
        var named = ShortNames.Select(pair => KeyValuePair.Create(pair.Value, Environment.GetEnvironmentVariable(pair.Key)))
            .Where(pair => !string.IsNullOrEmpty(pair.Value));
        builder.Configuration.AddInMemoryCollection(named!).AddCommandLine(args, Switches);
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey])) builder.WebHost.UseUrls(DefaultUrl);
        else builder.WebHost.UseUrls(builder.Configuration[WebHostDefaults.ServerUrlsKey]!);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        if (builder.Configuration["Logging:Format"] == "json") builder.Logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        else builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        // A statement that fails is an exception, and whoever asked for it says what that means; some are asked to fail, as the question for a schema that is not there yet.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
        // What is degraded is said once when it begins; a probe that comes every few seconds adds nothing.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
    }
}
