using Fotograma.Auth;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Http;
using Fotograma.Kernel.Identity;
using Fotograma.Kernel.Modules;
using Fotograma.Notify;
using Fotograma.Server.Drivers;
using Fotograma.Server.Health;
using Fotograma.Server.Metrics;
using Fotograma.Server.Proxies;
using Fotograma.Video;
using Fotograma.Web;
using Fotograma.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Server.Serving;

/// <summary>Puts a server together from its configuration: the chosen modules on the chosen drivers. Nothing runs and nothing is connected yet.</summary>
internal sealed class ServerHost
{
    private const int ShutdownSeconds = 25;
    private static readonly TimeSpan HealthAnswerMax = TimeSpan.FromSeconds(5);

    private static readonly HostedModule[] All =
        [HostedModule.Of<AuthModule>(), HostedModule.Of<VideoModule>(), HostedModule.Of<WorkerModule>(), HostedModule.Of<NotifyModule>(), HostedModule.Of<WebModule>()];

    private ServerHost(WebApplicationBuilder builder, IReadOnlyList<HostedModule> modules)
    {
        Builder = builder;
        Modules = modules;
    }

    public WebApplicationBuilder Builder { get; }

    public IReadOnlyList<HostedModule> Modules { get; }

    /// <summary>Everything that is wrong with the configuration.</summary>
    public IReadOnlyList<string> Faults => Builder.Services.ConfigurationFaults();

    public static ServerHost Compose(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        ServerConfiguration.Apply(builder, args);
        var (modules, unknown) = ModuleChoice.Of(builder.Configuration["Modules"], All);
        if (unknown.Count > 0)
        {
            builder.Services.AddConfigurationFault(
                $"Modules: there is no module {string.Join(", ", unknown)}. Choose among {string.Join(", ", All.Select(module => module.Name))}.");
        }
        KnownSections.RefuseOthers(builder);
        AddServices(builder, modules);
        return new ServerHost(builder, modules);
    }

    public WebApplication Build()
    {
        var app = Builder.Build();
        TrustedProxies.Use(app);
        app.UseSecurityHeaders();
        MetricsListener.Use(app);
        app.UseProblemAnswers();
        app.UseTokenVerification();
        HealthRoutes.Map(app);
        app.MapOpenApi("/api/{documentName}/openapi.json");
        foreach (var module in Modules) module.MapRoutes(app);
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder, IReadOnlyList<HostedModule> modules)
    {
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Ids>();
        services.AddSingleton(modules);
        services.AddProblemAnswers();
        services.AddHealthChecks();
        services.AddOpenApi("v1", ApiDescription.Describe);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(ShutdownSeconds));
        // Whoever asks for the health wants an answer, also when a database is silent.
        services.PostConfigure<HealthCheckServiceOptions>(health =>
        {
            foreach (var check in health.Registrations) check.Timeout = HealthAnswerMax;
        });
        TrustedProxies.AddServices(builder);
        builder.AddTokenVerification();
        DriverChoice.Offer(builder);
        foreach (var module in modules) module.AddServices(builder);
        DriverChoice.CarrySignals(builder);
        MetricsListener.AddServices(builder);
    }
}
