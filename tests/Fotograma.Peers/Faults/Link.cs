using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Fotograma.Peers.Faults;

/// <summary>One connection through the proxy: a pump for each direction.</summary>
internal sealed class Link(FaultProxy proxy, Socket client) : IDisposable
{
    private const int ChunkBytes = 16 * 1024;
    private const int ChunksWaitingMax = 64;
    private readonly Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    // Answers of it were lost: nothing that follows would make sense.
    private bool isSilent;

    /// <summary>Where this link reaches the server from; 0 before it does.</summary>
    public int ServerSidePort { get; private set; }

    public async Task RunAsync(string host, int port, CancellationToken cancellation)
    {
        client.NoDelay = true;
        while (proxy.State is { Fault: Fault.Blackhole } hole)
        {
            proxy.Strike();
            await hole.Over.WaitAsync(cancellation);
        }
        if (proxy.Fault is Fault.Reset)
        {
            proxy.Strike();
            Reset();
            return;
        }
        await server.ConnectAsync(host, port, cancellation);
        ServerSidePort = ((IPEndPoint)server.LocalEndPoint!).Port;
        await Task.WhenAll(PumpAsync(client, server, isReply: false, cancellation), PumpAsync(server, client, isReply: true, cancellation));
    }

    /// <summary>Ends both halves at once, with a reset instead of a farewell.</summary>
    public void Reset()
    {
        foreach (var socket in (Socket[])[client, server])
        {
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }
            socket.Dispose();
        }
    }

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, bool isReply, CancellationToken cancellation)
    {
        var waiting = Channel.CreateBounded<Chunk>(ChunksWaitingMax);
        var writing = WriteAsync(waiting.Reader, to, isReply, cancellation);
        try
        {
            var buffer = new byte[ChunkBytes];
            while (await from.ReceiveAsync(buffer, cancellation) is var read && read > 0)
                await waiting.Writer.WriteAsync(new Chunk(buffer.AsSpan(0, read).ToArray(), Stopwatch.GetTimestamp()), cancellation);
            waiting.Writer.TryComplete();
            await writing;
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or ChannelClosedException or OperationCanceledException)
        {
            // What one end does to the connection, the other one feels.
            waiting.Writer.TryComplete();
            Reset();
        }
    }

    private async Task WriteAsync(ChannelReader<Chunk> waiting, Socket to, bool isReply, CancellationToken cancellation)
    {
        try
        {
            await foreach (var chunk in waiting.ReadAllAsync(cancellation))
            {
                if (!await PassAsync(chunk, to, isReply, cancellation)) Reset();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Reset();
        }
    }

    // False: the connection is to be cut.
    private async Task<bool> PassAsync(Chunk chunk, Socket to, bool isReply, CancellationToken cancellation)
    {
        if (isReply && isSilent) return true;
        while (true)
        {
            var state = proxy.State;
            switch (state.Fault)
            {
                case Fault.Blackhole:
                    proxy.Strike();
                    await state.Over.WaitAsync(cancellation);
                    continue;
                case Fault.Latency latency:
                    proxy.Strike();
                    await DelayAsync(latency.Delay - Stopwatch.GetElapsedTime(chunk.At), state, cancellation);
                    break;
                case Fault.Bandwidth bandwidth:
                    proxy.Strike();
                    return await TrickleAsync(chunk, bandwidth.BytesPerSecond, state, to, isReply, cancellation);
                case Fault.CutAfter:
                    var allowed = state.Take(chunk.Bytes.Length);
                    await SendAsync(to, chunk.Bytes.AsMemory(0, allowed), cancellation);
                    if (allowed == chunk.Bytes.Length) return true;
                    proxy.Strike();
                    return false;
                case Fault.LoseReplies lose when isReply && lose.Strikes():
                    proxy.Strike();
                    isSilent = !lose.Cut;
                    return !lose.Cut;
                case Fault.Reset:
                    proxy.Strike();
                    return false;
            }
            await SendAsync(to, chunk.Bytes, cancellation);
            return true;
        }
    }

    private async Task<bool> TrickleAsync(Chunk chunk, int bytesPerSecond, FaultState state, Socket to, bool isReply, CancellationToken cancellation)
    {
        var slice = Math.Clamp(bytesPerSecond / 20, 1, ChunkBytes);
        var sent = 0;
        while (sent < chunk.Bytes.Length)
        {
            var bytes = chunk.Bytes.AsMemory(sent, Math.Min(slice, chunk.Bytes.Length - sent));
            await DelayAsync(TimeSpan.FromSeconds((double)bytes.Length / bytesPerSecond), state, cancellation);
            if (proxy.State != state) return await PassAsync(chunk with { Bytes = chunk.Bytes[sent..] }, to, isReply, cancellation);
            await SendAsync(to, bytes, cancellation);
            sent += bytes.Length;
        }
        return true;
    }

    // A fault that is over delays nothing any more.
    private static async Task DelayAsync(TimeSpan delay, FaultState state, CancellationToken cancellation)
    {
        if (delay > TimeSpan.Zero) await Task.WhenAny(Task.Delay(delay, cancellation), state.Over);
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty) bytes = bytes[await to.SendAsync(bytes, cancellation)..];
    }

    /// <summary>Bytes as they came, and when.</summary>
    private sealed record Chunk(byte[] Bytes, long At);
}
