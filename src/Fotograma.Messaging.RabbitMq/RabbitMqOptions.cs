using System.Net;
using System.Text.RegularExpressions;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Messaging.RabbitMq;

/// <summary>Which RabbitMQ, and how it is used.</summary>
internal sealed partial class RabbitMqOptions : ICheckedOptions
{
    public const string Section = "RabbitMq";

    /// <summary>The broker, or the nodes of its cluster separated by commas; each may carry a port.</summary>
    public string Hosts { get; set; } = "localhost";

    /// <summary>The port of hosts that carry none (1 to 65535).</summary>
    public int Port { get; set; } = 5672;

    public string VirtualHost { get; set; } = "/";

    /// <summary>The account; without one, the broker's default account, which is accepted on this machine only.</summary>
    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>What the names of exchanges and queues begin with.</summary>
    public string Prefix { get; set; } = "fotograma";

    /// <summary>True: exchanges and queues are made at start. False: they are only looked for.</summary>
    public bool Declare { get; set; } = true;

    /// <summary>Bound on connecting and on every question to the broker, in seconds (1 to 300).</summary>
    public int ConnectTimeoutSeconds { get; set; } = 10;

    /// <summary>Bound on publishing until the broker's confirmation, in seconds (1 to 600).</summary>
    public int PublishTimeoutSeconds { get; set; } = 30;

    /// <summary>A connection that is silent for twice as long is dead, in seconds (1 to 600).</summary>
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>Largest event that is sent or taken, in bytes (262144 to 16777216).</summary>
    public int EventBytesMax { get; set; } = 1_048_576;

    /// <summary>How long a consumer whose slot was taken stays before it leaves, in milliseconds (0 to 1000): work that is shorter keeps its consumer.</summary>
    public int SlotLingerMilliseconds { get; set; } = 20;

    public RabbitMqTlsOptions Tls { get; set; } = new();

    public TimeSpan SlotLinger => TimeSpan.FromMilliseconds(SlotLingerMilliseconds);

    public TimeSpan ConnectTimeout => TimeSpan.FromSeconds(ConnectTimeoutSeconds);

    public TimeSpan PublishTimeout => TimeSpan.FromSeconds(PublishTimeoutSeconds);

    public TimeSpan Heartbeat => TimeSpan.FromSeconds(HeartbeatSeconds);

    /// <summary>The hosts with their ports.</summary>
    public IReadOnlyList<DnsEndPoint> Endpoints =>
        [.. Addresses().Select(address => new DnsEndPoint(address!.DnsSafeHost, address.IsDefaultPort || address.Port < 0 ? Port : address.Port))];

    public IEnumerable<string> Problems()
    {
        var addresses = Addresses().ToList();
        if (addresses.Count == 0 || addresses.Contains(null)) yield return "Hosts must name the broker: host or host:port, several separated by commas, without user and password.";
        if (Port is < 1 or > 65_535) yield return "Port must lie between 1 and 65535.";
        if (string.IsNullOrEmpty(VirtualHost)) yield return "VirtualHost must not be empty; the broker's own is called /.";
        if (!PrefixPattern().IsMatch(Prefix)) yield return "Prefix must be 1 to 60 letters, digits, dots, dashes or underscores.";
        if (ConnectTimeoutSeconds is < 1 or > 300) yield return "ConnectTimeoutSeconds must lie between 1 and 300.";
        if (PublishTimeoutSeconds is < 1 or > 600) yield return "PublishTimeoutSeconds must lie between 1 and 600.";
        if (HeartbeatSeconds is < 1 or > 600) yield return "HeartbeatSeconds must lie between 1 and 600.";
        if (EventBytesMax is < 262_144 or > 16_777_216) yield return "EventBytesMax must lie between 262144 and 16777216.";
        if (SlotLingerMilliseconds is < 0 or > 1000) yield return "SlotLingerMilliseconds must lie between 0 and 1000.";
        foreach (var problem in AccountProblems(addresses).Concat(Tls.Problems())) yield return problem;
    }

    private IEnumerable<string> AccountProblems(List<Uri?> addresses)
    {
        var elsewhere = addresses.Exists(address => address?.IsLoopback == false);
        if (string.IsNullOrEmpty(User) != string.IsNullOrEmpty(Password)) yield return "User and Password must be given together.";
        else if (elsewhere && string.IsNullOrEmpty(User)) yield return "User and Password must be given for a broker on another machine.";
        if (elsewhere && User == "guest" && Password == "guest") yield return "User and Password are the broker's default account, which is not accepted on another machine; make an account of your own.";
    }

    private IEnumerable<Uri?> Addresses() => Hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Address);

    private static Uri? Address(string host) =>
        Uri.TryCreate($"amqp://{host}", UriKind.Absolute, out var address) && address.UserInfo.Length == 0 && address.PathAndQuery.Length <= 1 && address.Host.Length > 0 ? address : null;

    [GeneratedRegex("^[A-Za-z0-9._-]{1,60}$")]
    private static partial Regex PrefixPattern();
}

/// <summary>How the connection is protected.</summary>
internal sealed class RabbitMqTlsOptions
{
    public bool Enabled { get; set; }

    /// <summary>The name that the broker's certificate must carry; the host's unless told.</summary>
    public string? ServerName { get; set; }

    /// <summary>Certificates (PEM) of the authorities that are trusted; the system's unless told.</summary>
    public string? AuthorityFile { get; set; }

    /// <summary>This client's own certificate (PEM); goes together with its key.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The key of the certificate (PEM).</summary>
    public string? KeyFile { get; set; }

    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrEmpty(CertificateFile) != string.IsNullOrEmpty(KeyFile)) yield return "Tls:CertificateFile and Tls:KeyFile must be given together.";
        if (!Enabled && (ServerName ?? AuthorityFile ?? CertificateFile) is not null) yield return "Tls:Enabled must be true for the other settings of Tls to mean anything.";
        foreach (var (name, file) in ((string, string?)[])[("AuthorityFile", AuthorityFile), ("CertificateFile", CertificateFile), ("KeyFile", KeyFile)])
        {
            if (!string.IsNullOrEmpty(file) && !File.Exists(file)) yield return $"Tls:{name} names a file that is not there: {file}.";
        }
    }
}
