using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fotograma.Peers.Kafka;

/// <summary>A topic that an administrator asked for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Its partitions.</param>
/// <param name="Copies">Copies of each; -1 for what the brokers think right.</param>
/// <param name="Settings">Settings of its own.</param>
public sealed record AskedTopic(string Name, int Partitions, short Copies, IReadOnlyDictionary<string, string?> Settings);

/// <summary>
/// Stands before the mock brokers, one listener for each, and does what they cannot: makes topics when an administrator asks (CreateTopics, KIP-4). Everything else passes as it is, but that
/// brokers are found here. It notes who asked for what.
/// </summary>
public sealed class KafkaFront : IAsyncDisposable
{
    private const int JoinGroup = 11;
    private const int TopicAlreadyExists = 36;
    private readonly KafkaPeer peer;
    private readonly Dictionary<int, TcpListener> listeners = [];
    private readonly ConcurrentQueue<AskedTopic> asked = new();
    private readonly ConcurrentQueue<int> refusals = new();
    private readonly ConcurrentDictionary<int, int> requests = new();
    private readonly ConcurrentQueue<string?> joined = new();
    private readonly CancellationTokenSource closing = new();
    private readonly List<Task> serving = [];

    private KafkaFront(KafkaPeer peer)
    {
        this.peer = peer;
        foreach (var server in peer.Servers.Split(','))
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            listeners.Add(int.Parse(server[(server.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture), listener);
        }
        foreach (var (port, listener) in listeners) serving.Add(ServeAsync(listener, port));
    }

    /// <summary>The brokers' addresses, as clients want them.</summary>
    public string Servers => string.Join(',', listeners.Keys.Select(port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FrontOf(port)}")));

    /// <summary>Topics that were asked for, in their order, whatever was answered.</summary>
    public IReadOnlyCollection<AskedTopic> Asked => asked;

    /// <summary>The instance ids with which members joined groups; null for those that have none.</summary>
    public IReadOnlyCollection<string?> JoinedAs => joined;

    /// <summary>Stands before these brokers.</summary>
    public static KafkaFront Before(KafkaPeer peer) => new(peer);

    /// <summary>Requests of a kind, by the protocol's key: 11 join, 13 leave, 19 make topics.</summary>
    public int Requests(int kind) => requests.GetValueOrDefault(kind);

    /// <summary>Makes none of the next topics that are asked for, and answers with these errors, one each.</summary>
    public void RefuseNext(params IEnumerable<int> codes)
    {
        foreach (var code in codes) refusals.Enqueue(code);
    }

    /// <summary>Closes all connections. The brokers stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        foreach (var listener in listeners.Values) listener.Dispose();
        await Task.WhenAll(serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        closing.Dispose();
    }

    internal int FrontOf(int port) => ((IPEndPoint)listeners[port].LocalEndpoint).Port;

    internal void Note(short kind, short version, KafkaFields fields)
    {
        requests.AddOrUpdate(kind, 1, (_, count) => count + 1);
        if (kind != JoinGroup) return;
        fields.Text();
        fields.Int32();
        if (version >= 1) fields.Int32();
        fields.Text();
        joined.Enqueue(version >= 5 ? fields.Text() : null);
    }

    /// <summary>Makes a topic, unless it is to be refused.</summary>
    /// <returns>The protocol's code.</returns>
    internal async Task<int> MakeAsync(AskedTopic topic)
    {
        asked.Enqueue(topic);
        return refusals.TryDequeue(out var code) ? code : await peer.TryCreateTopicAsync(topic.Name, topic.Partitions) ? 0 : TopicAlreadyExists;
    }

    private async Task ServeAsync(TcpListener listener, int port)
    {
        var connections = new List<Task>();
        try
        {
            while (!closing.IsCancellationRequested) connections.Add(RelayAsync(await listener.AcceptTcpClientAsync(closing.Token), port));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is closed.
        }
        await Task.WhenAll(connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RelayAsync(TcpClient client, int port)
    {
        using (client)
        {
            using var broker = new TcpClient();
            await broker.ConnectAsync(IPAddress.Loopback, port, closing.Token);
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(closing.Token);
            using var relay = new KafkaRelay(this, client.GetStream(), broker.GetStream());
            Task[] ways = [relay.PassRequestsAsync(ends.Token), relay.PassAnswersAsync(ends.Token)];
            await Task.WhenAny(ways);
            await ends.CancelAsync();
            await Task.WhenAll(ways).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads one frame without its length.</summary>
    internal static async Task<byte[]> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, cancellation);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(frame, cancellation);
        return frame;
    }
}
