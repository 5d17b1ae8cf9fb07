using Fotograma.Auth;
using Fotograma.Blobs.S3;
using Fotograma.Data.Schema;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Http;
using Fotograma.Kernel.Identity;
using Fotograma.Kernel.Modules;
using Fotograma.Notify;
using Fotograma.Server.Cli;
using Fotograma.Server.Health;
using Fotograma.Video;
using Fotograma.Web;
using Fotograma.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Server.Serving;

/// <summary><c>fotograma serve</c>: hosts all modules in one process, or those named with <c>--modules</c>.</summary>
internal static class ServeCommand
{
    private const int ShutdownSeconds = 25;

    internal static readonly HostedModule[] All =
        [HostedModule.Of<AuthModule>(), HostedModule.Of<VideoModule>(), HostedModule.Of<WorkerModule>(), HostedModule.Of<NotifyModule>(), HostedModule.Of<WebModule>()];

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        ServerConfiguration.Apply(builder, args);
        var (modules, unknown) = ModuleChoice.Of(builder.Configuration["Modules"], All);
        if (unknown.Count > 0) return Refuse([$"Modules: there is no module {string.Join(", ", unknown)}. Choose among {string.Join(", ", All.Select(module => module.Name))}."]);
        AddServices(builder, modules);
        ProtectData(builder);
        if (builder.Services.ConfigurationFaults() is { Count: > 0 } faults) return Refuse(faults);
        await using var app = builder.Build();
        Map(app, modules);
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or System.Data.Common.DbException or SchemaException)
        {
            // A port that is taken, a folder that cannot be written: the sentence says it all, a stack trace says nothing more.
            Console.Error.WriteLine($"Fotograma cannot start: {exception.Message}");
            // Background work may have begun, and gives back what it took.
            await app.StopAsync();
            return ExitCode.Internal;
        }
        Banner.Print(app, modules);
        await app.WaitForShutdownAsync();
        return ExitCode.Ok;
    }

    internal static void AddServices(WebApplicationBuilder builder, IReadOnlyList<HostedModule> modules)
    {
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Ids>();
        services.AddSingleton<IReadOnlyList<HostedModule>>(modules);
        services.AddProblemAnswers();
        services.AddHealthChecks();
        services.AddOpenApi("v1", ApiDescription.Describe);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(ShutdownSeconds));
        builder.AddTokenVerification();
        builder.AddS3Blobs();
        foreach (var module in modules) module.AddServices(builder);
    }

    private static void Map(WebApplication app, IReadOnlyList<HostedModule> modules)
    {
        app.UseSecurityHeaders();
        app.UseProblemAnswers();
        app.UseTokenVerification();
        HealthRoutes.Map(app);
        app.MapOpenApi("/api/{documentName}/openapi.json");
        foreach (var module in modules) module.MapRoutes(app);
    }

    // Passwords' hashes, addresses and mails lie there: a new folder is its owner's alone. One that exists keeps the rights its owner gave it.
    internal static void ProtectData(WebApplicationBuilder builder)
    {
        var folder = builder.AddChecked<DataOptions>(DataOptions.Section).FullPath;
        if (OperatingSystem.IsLinux() && !Directory.Exists(folder)) Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    internal static int Refuse(IReadOnlyList<string> faults)
    {
        Console.Error.WriteLine("Fotograma cannot start with this configuration:");
        foreach (var fault in faults) Console.Error.WriteLine($"  {fault}");
        return ExitCode.Usage;
    }
}
