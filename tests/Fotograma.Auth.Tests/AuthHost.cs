using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Identity;
using Fotograma.Messaging;
using Fotograma.Messaging.Live;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Auth.Tests;

/// <summary>The auth module on a real Kestrel with a data folder of its own, a recording transport and a recording log.</summary>
internal sealed class AuthHost : IAsyncDisposable
{
    public const string GoodPassword = "correct horse battery";
    private readonly WebApplication app;
    private PostgresRoom? room;

    private AuthHost(WebApplication app, string folder, RecordingTransport transport, RecordingLog log, FakeTimeProvider clock)
    {
        (this.app, Folder, Transport, Log, Clock) = (app, folder, transport, log, clock);
        Client = NewClient();
    }

    public string Folder { get; }

    public RecordingTransport Transport { get; }

    public RecordingLog Log { get; }

    public FakeTimeProvider Clock { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => app.Services;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts it with its accounts in a database of the wanted kind.</summary>
    public static async Task<AuthHost> StartAsync(Store store, params (string Key, string Value)[] settings)
    {
        if (store == Store.Sqlite) return await StartAsync(null, settings);
        var room = (await PostgresPeer.SharedAsync()).MakeRoom();
        var host = await StartAsync(null, [.. room.Settings, .. settings]);
        host.room = room;
        return host;
    }

    public static async Task<AuthHost> StartAsync(string? folder = null, params (string Key, string Value)[] settings)
    {
        var home = folder ?? Directory.CreateTempSubdirectory("fotograma-auth-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        // Cheap hashes: what they cost is the business of one test only.
        builder.Configuration.AddInMemoryCollection([new("Data:Folder", home), new("Auth:PasswordMemoryKiB", "8192"), new("Auth:PasswordIterations", "1"),
            new("Messaging:PollMilliseconds", "50")]);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)));
        var (log, transport) = (new RecordingLog(), new RecordingTransport());
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<ITransport>(transport).AddSingleton<LiveFeed>().AddProblemAnswers();
        builder.AddChecked<MessagingOptions>(MessagingOptions.Section);
        builder.AddTokenVerification();
        AuthModule.AddServices(builder);
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
        var app = builder.Build();
        app.UseProblemAnswers();
        app.UseTokenVerification();
        AuthModule.MapRoutes(app);
        await app.StartAsync(Cancellation);
        return new AuthHost(app, home, transport, log, clock);
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(app.Urls.Single()) };

    public async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Raw)> PostAsync(string path, object body, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        return await SendAsync(request, headers);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Raw)> SendAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await Client.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text), response);
    }

    public Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Raw)> RegisterAsync(string email = "ana@example.org", string? username = "ana") =>
        PostAsync("/api/v1/auth/register", new { email, username, password = GoodPassword, name = "Ana Lima" });

    public async Task<string> TokenAsync(string login = "ana@example.org") =>
        (await PostAsync("/api/v1/auth/login", new { login, password = GoodPassword })).Body.GetProperty("accessToken").GetString()!;

    public async Task<HttpStatusCode> MeStatusAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        return (await SendAsync(request, ("Authorization", $"Bearer {token}"))).Status;
    }

    /// <summary>Stops the process but keeps its data.</summary>
    public async Task StopAsync()
    {
        Client.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        if (room is not null) await room.DisposeAsync();
    }
}

/// <summary>Where accounts lie in a test.</summary>
public enum Store
{
    Sqlite,
    Postgres,
}
