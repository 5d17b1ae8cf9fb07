using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fotograma.Peers.Faults;

/// <summary>
/// A TCP proxy on a loopback port of its own that can do to connections what networks do. The fault can be changed at any time and holds for open connections too.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly string host;
    private readonly int target;
    private readonly ConcurrentDictionary<Link, bool> links = new();
    private readonly CancellationTokenSource closing = new();
    private readonly Lock switching = new();
    private TcpListener? listener;
    private FaultState state = new(Fault.None);
    private int accepted;
    private int struck;
    private bool disposed;

    private FaultProxy(string host, int target)
    {
        this.host = host;
        this.target = target;
        Listen(0);
        Port = ((IPEndPoint)listener!.LocalEndpoint).Port;
    }

    /// <summary>The loopback port to connect to.</summary>
    public int Port { get; }

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref accepted);

    /// <summary>How often a fault did something: bytes that were delayed, withheld or lost, connections that were cut or not let in.</summary>
    public int Struck => Volatile.Read(ref struck);

    /// <summary>Connections that are open now.</summary>
    public int Open => links.Count;

    /// <summary>What happens to connections from now on.</summary>
    public Fault Fault
    {
        get => Volatile.Read(ref state).Fault;
        set => Switch(value);
    }

    /// <summary>Starts a proxy for a server on this machine.</summary>
    public static FaultProxy To(int port) => new("127.0.0.1", port);

    /// <summary>Starts a proxy for a server.</summary>
    public static FaultProxy To(string host, int port) => new(host, port);

    /// <summary>Resets every open connection; new ones are treated as the fault says.</summary>
    /// <returns>How many there were.</returns>
    public int CutAll()
    {
        var cut = 0;
        foreach (var link in links.Keys)
        {
            link.Reset();
            Strike();
            cut++;
        }
        return cut;
    }

    /// <summary>Resets the one connection that the server knows by this port of ours.</summary>
    /// <returns>Whether there is one.</returns>
    public bool CutFrom(int port)
    {
        foreach (var link in links.Keys.Where(link => link.ServerSidePort == port))
        {
            link.Reset();
            Strike();
            return true;
        }
        return false;
    }

    /// <summary>Resets what is open and listens no more. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (switching)
        {
            listener?.Dispose();
            if (disposed) return;
            disposed = true;
        }
        await closing.CancelAsync();
        CutAll();
        closing.Dispose();
    }

    internal FaultState State => Volatile.Read(ref state);

    internal void Strike() => Interlocked.Increment(ref struck);

    private void Switch(Fault fault)
    {
        lock (switching)
        {
            if (fault is Fault.Refuse)
            {
                listener?.Dispose();
                listener = null;
            }
            else if (listener is null)
            {
                Listen(Port);
            }
            Interlocked.Exchange(ref state, new FaultState(fault)).End();
        }
        if (fault is Fault.Reset) CutAll();
    }

    private void Listen(int port)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        _ = AcceptAsync(listener);
    }

    private async Task AcceptAsync(TcpListener from)
    {
        try
        {
            while (true) _ = ServeAsync(await from.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was closed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        Interlocked.Increment(ref accepted);
        var link = new Link(this, client);
        links[link] = true;
        try
        {
            await link.RunAsync(host, target, closing.Token);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            // One of the ends went away, or the proxy did.
        }
        finally
        {
            links.TryRemove(link, out _);
            link.Dispose();
        }
    }
}

/// <summary>A fault, and a signal for those who wait until it is over.</summary>
internal sealed class FaultState(Fault fault)
{
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long left = fault is Fault.CutAfter cut ? cut.Bytes : long.MaxValue;

    public Fault Fault { get; } = fault;

    public Task Over => over.Task;

    public void End() => over.TrySetResult();

    /// <summary>How many of the bytes may still pass.</summary>
    public int Take(int bytes) => (int)Math.Clamp(Interlocked.Add(ref left, -bytes) + bytes, 0, bytes);
}
