using System.Net;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Fleeting.Redis;

/// <summary>How Redis is reached.</summary>
internal sealed class RedisOptions : ICheckedOptions
{
    public const string Section = "Redis";

    /// <summary>Servers as <c>HOST:PORT</c>, separated by commas: one server, or the nodes of a cluster.</summary>
    public string Endpoints { get; set; } = "localhost:6379";

    /// <summary>User name, where the server knows users.</summary>
    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>Whether connections are encrypted.</summary>
    public bool Tls { get; set; }

    /// <summary>Begins every key and the name of the channel, so that several installations can share a server.</summary>
    public string Prefix { get; set; } = "fotograma:";

    /// <summary>How long a connection may take to be made, in milliseconds (100 to 60000).</summary>
    public int ConnectMilliseconds { get; set; } = 1000;

    public IReadOnlyList<string> Servers => Endpoints.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<string> Problems()
    {
        if (Servers.Count == 0 || Servers.Any(server => !IsServer(server))) yield return "Endpoints must name servers as HOST:PORT, separated by commas.";
        if (string.IsNullOrEmpty(Password) && !string.IsNullOrEmpty(User)) yield return "Password must be given with User.";
        if (ConnectMilliseconds is < 100 or > 60_000) yield return "ConnectMilliseconds must lie between 100 and 60000.";
    }

    private static bool IsServer(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), out var port) && port is > 0 and <= IPEndPoint.MaxPort;
    }
}
