using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Fotograma.Web.Tests;

/// <summary>The web module on a real Kestrel, beside two routes as other modules have them.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    public const string Script = "console.log('a script that is long enough to be worth compressing, a script that is long enough');";
    private readonly WebApplication app;
    private readonly string folder;

    private WebHost(WebApplication app, string folder)
    {
        (this.app, this.folder) = (app, folder);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<WebHost> StartAsync(bool built = true)
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-web-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "secret.txt"), "not to be served", Cancellation);
        if (built) await BuildAsync(folder);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Web:Root", Path.Combine(folder, "ui"))]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddProblemAnswers();
        WebModule.AddServices(builder);
        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseProblemAnswers();
        app.MapPost("/login", () => "signed in");
        app.MapGet("/api/v1/thing", () => "thing");
        app.MapGet("/api/v1/broken", string () => throw new InvalidOperationException("broken"));
        app.MapGet("/api/v1/html", () => TypedResults.Text("<script>alert(1)</script>", "text/html"));
        WebModule.MapRoutes(app);
        await app.StartAsync(Cancellation);
        return new WebHost(app, folder);
    }

    public static async Task BuildAsync(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "ui", "assets"));
        await File.WriteAllTextAsync(Path.Combine(folder, "ui", "assets", "index-4f2a.js"), Script, Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(folder, "ui", "logo.png"), [1, 2, 3], Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "ui", "index.html"), "<!doctype html><title>Fotograma</title>", Cancellation);
    }

    public Task BuildAsync() => BuildAsync(folder);

    public async Task<HttpResponseMessage> GetAsync(string path, string accept = "*/*", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
