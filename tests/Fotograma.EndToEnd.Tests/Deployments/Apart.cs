using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>
/// Every module in a process of its own, each with a data folder of its own as if on another machine, behind one address. What they share they share by the servers
/// that the settings name.
/// </summary>
internal sealed class Apart : IAsyncDisposable
{
    private static readonly string[] Names = ["auth", "video", "worker", "notify", "web"];
    private readonly Dictionary<string, FotogramaServer> servers = [];
    private Origin? origin;

    public Uri Address => origin?.Address ?? throw new InvalidOperationException("The deployment is not started.");

    public FotogramaServer this[string module] => servers[module];

    public IEnumerable<FotogramaServer> Servers => servers.Values;

    /// <summary>Starts all five with the same settings, auth first: the others fetch its keys.</summary>
    public static async Task<Apart> StartAsync(IEnumerable<(string Name, string Value)> settings, CancellationToken cancellation)
    {
        var deployment = new Apart();
        try
        {
            var shared = settings.ToList();
            await deployment.StartOneAsync("auth", shared, cancellation);
            shared.Add(("Tokens__JwksUrl", new Uri(deployment["auth"].Address, "/.well-known/jwks.json").ToString()));
            await Task.WhenAll(Names.Skip(1).Select(name => deployment.StartOneAsync(name, shared, cancellation)));
            deployment.origin = await Origin.StartAsync(deployment.Route, cancellation);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (origin is not null) await origin.DisposeAsync();
        foreach (var server in servers.Values) await server.DisposeAsync();
    }

    private async Task StartOneAsync(string name, IEnumerable<(string, string)> settings, CancellationToken cancellation)
    {
        var server = await FotogramaServer.StartAsync(cancellation, [.. settings, ("FOTOGRAMA_MODULES", name)]);
        lock (servers) servers.Add(name, server);
    }

    private Uri Route(string path) => servers[ModuleOf(path)].Address;

    private static string ModuleOf(string path) => path switch
    {
        _ when Begins(path, "/api/v1/auth", "/api/v1/me", "/.well-known", "/auth", "/register", "/login") => "auth",
        _ when Begins(path, "/api/v1/mail") => "notify",
        _ when Begins(path, "/api", "/video") => "video",
        _ => "web",
    };

    private static bool Begins(string path, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/')) return true;
        }
        return false;
    }
}
