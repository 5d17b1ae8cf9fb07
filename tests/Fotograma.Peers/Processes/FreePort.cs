using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Fotograma.Peers.Processes;

/// <summary>
/// Finds loopback ports for servers that cannot choose one themselves. A port is given out once, in all test processes of the machine together, and lies below the
/// range from which the kernel takes the ports of outgoing connections: nobody else takes it between now and the server's start.
/// </summary>
public static class FreePort
{
    private const int Least = 15_000;
    private const int TriesMax = 1000;

    // Names in the abstract namespace vanish with the process that bound them.
    private static readonly ConcurrentBag<Socket> Claims = [];

    /// <summary>A port nobody listens on.</summary>
    public static int Next()
    {
        var most = FirstOutgoingPort();
        for (var turn = 0; turn < TriesMax; turn++)
        {
            var port = RandomNumberGenerator.GetInt32(Least, most);
            if (Claim(port) && IsFree(port)) return port;
        }
        throw new InvalidOperationException($"There is no free port between {Least} and {most}.");
    }

    private static int FirstOutgoingPort()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        var first = File.Exists(Range) ? int.Parse(File.ReadAllText(Range).Split()[0], CultureInfo.InvariantCulture) : 32_768;
        return first > Least + TriesMax ? first : 32_768;
    }

    private static bool Claim(int port)
    {
        var claim = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            claim.Bind(new UnixDomainSocketEndPoint($"\0fotograma-port-{port}"));
            Claims.Add(claim);
            return true;
        }
        catch (SocketException)
        {
            claim.Dispose();
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
