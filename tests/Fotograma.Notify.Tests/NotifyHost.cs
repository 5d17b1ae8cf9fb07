using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Kernel.Identity;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Fotograma.Notify.Outcomes;
using Fotograma.Notify.Storage;
using Fotograma.Peers.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MimeKit;

namespace Fotograma.Notify.Tests;

/// <summary>The notify module on a real Kestrel and the real embedded transport, with a data folder of its own.</summary>
internal sealed class NotifyHost : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private PostgresRoom? room;
    private WebApplication app = null!;
    private HttpClient client = null!;

    private NotifyHost(string folder) => Folder = folder;

    public string Folder { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts it with its notifications and events in databases of the wanted kind.</summary>
    public static async Task<NotifyHost> StartAsync(Store store, params (string Key, string Value)[] settings)
    {
        var host = new NotifyHost(Directory.CreateTempSubdirectory("fotograma-notify-").FullName);
        if (store == Store.Postgres) host.room = (await PostgresPeer.SharedAsync()).MakeRoom();
        host.PublishKey();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Data:Folder", host.Folder), new("Messaging:PollMilliseconds", "50"), new("Mail:RetryFirstSeconds", "0.05"),
            new("Mail:PublicUrl", "https://frames.example.org/"), .. (host.room?.Settings ?? []).Concat(settings).Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddProblemAnswers();
        builder.AddTokenVerification();
        NotifyModule.AddServices(builder);
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
        host.app = builder.Build();
        host.app.UseProblemAnswers();
        host.app.UseTokenVerification();
        NotifyModule.MapRoutes(host.app);
        await host.app.StartAsync(Cancellation);
        // Tests publish at once, past the relay that would have seen to it that the queues are there.
        await host.app.Services.GetRequiredService<ITransport>().PrepareAsync([.. Topology.Groups.Select(group => new Subscription(group.Key, group.Value))], Cancellation);
        host.client = new HttpClient { BaseAddress = new Uri(host.app.Urls.Single()) };
        return host;
    }

    public async Task PublishAsync<T>(T message) where T : IMessage
    {
        var ids = app.Services.GetRequiredService<Ids>();
        var happened = CloudEvent.Of(message, ids.New(), "/fotograma/test", TimeProvider.System.GetUtcNow(), null);
        await app.Services.GetRequiredService<ITransport>().PublishAsync([happened], Cancellation);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path, Guid? user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (user is { } id) request.Headers.Authorization = new("Bearer", TokenFor(id));
        var response = await client.SendAsync(request, Cancellation);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)));
    }

    /// <summary>Looks until the rows are as wanted; for states that nothing signals.</summary>
    public async Task<List<Notification>> RowsAsync(Func<List<Notification>, bool> wanted)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(Bound);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            await using var db = await app.Services.GetRequiredService<IDbContextFactory<NotifyDb>>().CreateDbContextAsync(bound.Token);
            var rows = await db.Notifications.AsNoTracking().OrderBy(row => row.CreatedAt).ToListAsync(bound.Token);
            if (wanted(rows)) return rows;
            await timer.WaitForNextTickAsync(bound.Token);
        }
    }

    public async Task<List<MimeMessage>> FolderMailsAsync()
    {
        var mails = new List<MimeMessage>();
        foreach (var path in Directory.GetFiles(Path.Combine(Folder, "mail"), "*.eml").Order()) mails.Add(await MimeMessage.LoadAsync(path, Cancellation));
        return mails;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        // Disposing alone does not wait for the sender, which may be writing a mail.
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        key.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
        if (room is not null) await room.DisposeAsync();
    }

    private void PublishKey()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "keys"));
        var point = key.ExportParameters(false).Q;
        File.WriteAllText(Path.Combine(Folder, "keys", "jwks.json"), JsonSerializer.Serialize(new
        {
            keys = new[] { new { kty = "EC", crv = "P-256", kid = "test", x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) } },
        }));
    }

    private string TokenFor(Guid user) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        TokenType = "at+jwt",
        Issuer = "fotograma",
        Audience = "fotograma",
        Claims = new Dictionary<string, object> { ["sub"] = user.ToString() },
        SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = "test" }, "ES256"),
    });
}

/// <summary>Where notifications lie in a test.</summary>
public enum Store
{
    Sqlite,
    Postgres,
}
