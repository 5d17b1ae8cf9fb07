using Fotograma.Peers.Processes;

namespace Fotograma.Peers.Redis;

/// <summary>A real Redis server on the loopback interface. It keeps nothing on disk: after a restart it is empty.</summary>
public sealed class RedisPeer : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(20);
    private readonly PeerFolder folder = new("redis");
    private ServerProcess? server;

    private RedisPeer() => Port = FreePort.Next();

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Host and port.</summary>
    public string Endpoint => $"127.0.0.1:{Port}";

    /// <summary>Starts a server of its own.</summary>
    public static async Task<RedisPeer> StartAsync(CancellationToken cancellation = default)
    {
        var peer = new RedisPeer();
        try
        {
            await peer.StartAgainAsync(cancellation);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server after it was stopped or killed.</summary>
    public async Task StartAgainAsync(CancellationToken cancellation = default)
    {
        if (server is { HasExited: false }) return;
        server = ServerProcess.Start(new ServerCommand(
            "redis-server", "--port", Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", folder.Path, "--daemonize", "no"));
        await server.WaitForLineAsync("Ready to accept connections", StartMax, cancellation);
    }

    /// <summary>SIGTERM.</summary>
    public Task StopAsync() => server?.StopAsync() ?? Task.CompletedTask;

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => server?.KillAsync() ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        folder.Dispose();
    }
}
