using System.Net;
using System.Net.Sockets;

namespace Fotograma.Peers.Tests;

/// <summary>Answers every byte with the same byte, and counts what it was sent.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private long received;

    public EchoServer()
    {
        listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public long Received => Volatile.Read(ref received);

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = EchoAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task EchoAsync(Socket socket)
    {
        using var _ = socket;
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer) is var read && read > 0)
            {
                Interlocked.Add(ref received, read);
                await socket.SendAsync(buffer.AsMemory(0, read));
            }
        }
        catch (SocketException)
        {
            // The connection was cut.
        }
    }
}
