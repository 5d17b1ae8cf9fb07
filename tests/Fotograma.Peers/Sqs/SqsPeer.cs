using System.Globalization;
using Fotograma.Peers.Processes;

namespace Fotograma.Peers.Sqs;

/// <summary>
/// A server that speaks the protocol of Amazon SQS (fauxqs), on a loopback port of its own. What it keeps is gone when it is stopped; any keys are right.
/// </summary>
public sealed class SqsPeer : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<SqsPeer>> ForAll = new(() => StartAsync(CancellationToken.None));
    private ServerProcess? process;

    private SqsPeer() => Port = FreePort.Next();

    /// <summary>One server for all tests of the process, which keep apart by the names of their queues. Nobody stops it.</summary>
    public static Task<SqsPeer> SharedAsync(CancellationToken cancellation) => ForAll.Value.WaitAsync(cancellation);

    /// <summary>Its port; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>Where it is reached.</summary>
    public string ServiceUrl => $"http://127.0.0.1:{Port}";

    /// <summary>Starts a server and waits until it listens.</summary>
    public static async Task<SqsPeer> StartAsync(CancellationToken cancellation)
    {
        var peer = new SqsPeer();
        await peer.StartAgainAsync(cancellation);
        return peer;
    }

    /// <summary>Starts the server again at its old port, empty.</summary>
    public async Task StartAgainAsync(CancellationToken cancellation)
    {
        var program = Path.Combine(await NpmPeers.FolderAsync(cancellation), "node_modules", "fauxqs", "dist", "server.js");
        process = ServerProcess.Start(new ServerCommand("node", "--require", NpmPeers.Loopback, program)
        {
            Environment = new Dictionary<string, string?> { ["FAUXQS_PORT"] = Port.ToString(CultureInfo.InvariantCulture), ["FAUXQS_LOGGER"] = "false" },
        });
        await process.WaitForPortAsync(Port, StartMax, cancellation);
    }

    /// <summary>Ends the server at once; connections to it are refused from then on.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        await process.DisposeAsync();
        process = null;
    }

    /// <summary>Lets nothing answer while connections stay open, until <see cref="Thaw"/>.</summary>
    public void Freeze() => process?.Freeze();

    /// <summary>Lets the server go on.</summary>
    public void Thaw() => process?.Thaw();

    /// <summary>Ends the server.</summary>
    public async ValueTask DisposeAsync() => await KillAsync();
}
