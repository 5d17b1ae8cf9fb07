using Fotograma.Kernel.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Fotograma.Server.Metrics;

/// <summary>
/// Shows metrics in the text format of Prometheus, on an address of their own: what a proxy in front of the public address lets through is never them. Without
/// <see cref="MetricsOptions.Url"/> there are none.
/// </summary>
internal static class MetricsListener
{
    private static readonly string[] Shown =
        [Meters.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql"];

    // Whole and parts of a second: the library's own steps are made for milliseconds.
    private static readonly double[] SecondsSteps = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

    /// <summary>Listens on one more address.</summary>
    public static void AddServices(WebApplicationBuilder builder)
    {
        var options = builder.AddChecked<MetricsOptions>(MetricsOptions.Section);
        if (options.Port is not { } port) return;
        var urls = builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey) ?? "";
        if (urls.Split(';').Any(url => PortOf(url) == port)) builder.Services.AddConfigurationFault($"{MetricsOptions.Section}: Url must have a port of its own.");
        builder.WebHost.UseUrls($"{urls};{options.Url}");
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(Shown)
            .AddView(instrument => instrument.Unit == "s" && instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal)
                ? new ExplicitBucketHistogramConfiguration { Boundaries = SecondsSteps } : null)
            .AddPrometheusExporter());
    }

    /// <summary>Answers on that address, before anything else does.</summary>
    public static void Use(WebApplication app)
    {
        if (app.Services.GetRequiredService<MetricsOptions>().Port is not { } port) return;
        app.UseOpenTelemetryPrometheusScrapingEndpoint(context => context.Connection.LocalPort == port && context.Request.Path == "/metrics");
        app.Use((context, next) =>
        {
            if (context.Connection.LocalPort != port || context.Request.Path.StartsWithSegments("/health")) return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    private static int? PortOf(string url)
    {
        var colon = url.LastIndexOf(':');
        return int.TryParse(url.AsSpan(colon + 1).TrimEnd('/'), out var port) ? port : null;
    }
}
