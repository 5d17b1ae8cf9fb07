using System.Globalization;
using System.Net.Sockets;
using Fotograma.Peers.Processes;

namespace Fotograma.Peers.Kafka;

/// <summary>
/// Kafka brokers in a process of their own, kept in its memory: the mock cluster of librdkafka. It speaks the protocol of producing, consuming and consumer groups, and fails
/// as told. It is no full broker: topics are made when they are asked for (four partitions) or here; who wants to make them by an administrator's request puts a <see cref="KafkaFront"/> before them.
/// </summary>
public sealed class KafkaPeer : IAsyncDisposable
{
    /// <summary>Every broker, where one is to be named.</summary>
    public const int AllBrokers = -1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Lazy<Task<string>> Program = new(CompileAsync);
    private static readonly Lazy<Task<KafkaPeer>> Common = new(() => StartAsync());
    private readonly SemaphoreSlim speaking = new(1, 1);
    private readonly PeerFolder folder;
    private readonly ServerProcess process;

    private KafkaPeer(PeerFolder folder, ServerProcess process) => (this.folder, this.process) = (folder, process);

    /// <summary>The brokers' addresses, as clients want them.</summary>
    public string Servers { get; private set; } = "";

    /// <summary>The brokers' process.</summary>
    public ServerProcess Process => process;

    /// <summary>Brokers that all tests of this process may use together, each with names of its own. Nobody spoils or stops them.</summary>
    public static Task<KafkaPeer> SharedAsync() => Common.Value;

    /// <summary>Starts brokers.</summary>
    public static async Task<KafkaPeer> StartAsync(int brokers = 3, CancellationToken cancellation = default)
    {
        var program = await Program.Value;
        var folder = new PeerFolder("kafka");
        var process = ServerProcess.Start(new ServerCommand(program, KafkaLibrary.Path, folder.PathOf("control"), brokers.ToString(CultureInfo.InvariantCulture)));
        var peer = new KafkaPeer(folder, process);
        try
        {
            await process.WaitForLineAsync("ready", Patience, cancellation);
            peer.Servers = await peer.SayAsync("servers");
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a topic.</summary>
    public Task CreateTopicAsync(string name, int partitions) => DoAsync($"topic {name} {partitions} 1");

    /// <summary>Makes a topic, unless it is there.</summary>
    public async Task<bool> TryCreateTopicAsync(string name, int partitions) => await SayAsync($"topic {name} {partitions} 1") == "done";

    /// <summary>Removes a topic with all it holds.</summary>
    public Task DeleteTopicAsync(string name) => DoAsync($"delete {name}");

    /// <summary>Cuts a broker's connections and refuses new ones. What it holds stays.</summary>
    public Task SetDownAsync(int broker = AllBrokers) => DoAsync($"down {broker}");

    /// <summary>Lets a broker be reached again.</summary>
    public Task SetUpAsync(int broker = AllBrokers) => DoAsync($"up {broker}");

    /// <summary>Moves the lead of a partition to another broker (from 1).</summary>
    public Task MoveLeaderAsync(string topic, int partition, int broker) => DoAsync($"leader {topic} {partition} {broker}");

    /// <summary>Moves the coordination of a group to another broker.</summary>
    public Task MoveCoordinatorAsync(string group, int broker) => DoAsync($"coordinator {group} {broker}");

    /// <summary>Delays a broker's answers.</summary>
    public Task DelayAsync(int broker, int milliseconds) => DoAsync($"delay {broker} {milliseconds}");

    /// <summary>Does what the next requests of a kind ask of each broker, and answers them so much later.</summary>
    public Task AnswerLateAsync(int request, int times, int milliseconds) => DoAsync($"late {request} {times} {milliseconds}");

    /// <summary>Answers the next requests of a kind with these errors, one each. The kind is the protocol's key: 0 produce, 1 fetch, 8 commit, 11 join.</summary>
    public Task FailNextAsync(int request, params IReadOnlyList<int> codes) => DoAsync($"errors {request} {string.Join(' ', codes)}");

    /// <summary>Stops the brokers and removes what they left.</summary>
    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
        speaking.Dispose();
    }

    private async Task DoAsync(string command)
    {
        if (await SayAsync(command) is var answer && answer != "done") throw new InvalidOperationException($"The brokers answered '{command}' with '{answer}'.");
    }

    private async Task<string> SayAsync(string command)
    {
        await speaking.WaitAsync();
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(folder.PathOf("control")));
            await using var stream = new NetworkStream(socket);
            await using var writer = new StreamWriter(stream);
            using var reader = new StreamReader(stream);
            await writer.WriteLineAsync(command);
            await writer.FlushAsync();
            return await reader.ReadLineAsync().WaitAsync(Patience) ?? throw new IOException("The brokers ended.");
        }
        finally
        {
            speaking.Release();
        }
    }

    private static async Task<string> CompileAsync()
    {
        var folder = new PeerFolder("kafka-program");
        var program = folder.PathOf("mock-cluster");
        await using var compiling = ServerProcess.Start(
            new ServerCommand("gcc", "-O1", "-o", program, System.IO.Path.Combine(AppContext.BaseDirectory, "Kafka", "mock-cluster.c"), "-ldl"));
        await compiling.WaitForExitAsync(Patience);
        if (compiling.ExitCode != 0) throw new InvalidOperationException($"The Kafka brokers could not be compiled.\n{compiling.Output}");
        return program;
    }
}
