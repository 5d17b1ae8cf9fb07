using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Fotograma.Peers.Processes;

namespace Fotograma.Peers.S3;

/// <summary>
/// A real S3 store: the Ceph object gateway over one monitor and one storage daemon that keeps everything in memory. It takes some ten seconds to start, so tests
/// share the one of their process and keep apart by buckets or key prefixes.
/// </summary>
public sealed class S3Peer : IAsyncDisposable
{
    /// <summary>The access key.</summary>
    public const string AccessKey = "FOTOGRAMATEST";

    /// <summary>Its secret.</summary>
    public const string SecretKey = "only-for-tests-on-this-machine";

    private static readonly TimeSpan ToolWithin = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<S3Peer>> TheOne = new(() => Task.Run(StartAsync));
    private readonly ConcurrentDictionary<string, bool> made = new();
    private readonly PeerFolder folder;
    private readonly List<ServerProcess> daemons = [];
    private S3Gateway? gateway;

    private S3Peer(PeerFolder folder) => this.folder = folder;

    /// <summary>The gateway that tests share. Whoever wants to kill one takes <see cref="AnotherGatewayAsync"/>.</summary>
    public S3Gateway Gateway => gateway!;

    /// <summary>Its address.</summary>
    public string Endpoint => Gateway.Endpoint;

    /// <summary>The store of this test process, started when first asked for; it ends with the process.</summary>
    public static Task<S3Peer> SharedAsync() => TheOne.Value;

    /// <summary>Starts a store.</summary>
    public static async Task<S3Peer> StartAsync()
    {
        var peer = new S3Peer(new PeerFolder("s3"));
        try
        {
            await peer.BeginAsync();
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that may do everything.</summary>
    public AmazonS3Client Client(string? endpoint = null) => new(new BasicAWSCredentials(AccessKey, SecretKey), new AmazonS3Config
    {
        ServiceURL = endpoint ?? Endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1",
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });

    /// <summary>Makes a bucket, for one test alone: a ledger takes no bucket that bears the mark of another's.</summary>
    public async Task<string> MakeBucketAsync(string name, CancellationToken cancellation)
    {
        if (!made.TryAdd(name, true)) throw new InvalidOperationException($"There is a bucket {name} already, and two tests must not share one.");
        using var client = Client();
        await client.PutBucketAsync(new PutBucketRequest { BucketName = name }, cancellation);
        return name;
    }

    /// <summary>Starts a further gateway to the same store, to be killed, frozen and restarted.</summary>
    public Task<S3Gateway> AnotherGatewayAsync() => S3Gateway.StartAsync(Configuration);

    /// <summary>Ends everything.</summary>
    public async ValueTask DisposeAsync()
    {
        if (gateway is not null) await gateway.DisposeAsync();
        foreach (var daemon in daemons.AsEnumerable().Reverse()) await daemon.DisposeAsync();
        folder.Dispose();
    }

    private string Configuration => folder.PathOf("ceph.conf");

    private string Keyring => folder.PathOf("keyring");

    private async Task BeginAsync()
    {
        foreach (var name in (string[])["mon", "osd", "log", "run", "rgw"]) Directory.CreateDirectory(folder.PathOf(name));
        var cluster = new Guid(RandomNumberGenerator.GetBytes(16)).ToString();
        var monitors = string.Create(CultureInfo.InvariantCulture, $"[v2:127.0.0.1:{FreePort.Next()},v1:127.0.0.1:{FreePort.Next()}]");
        await File.WriteAllTextAsync(Configuration, ConfigurationText(cluster, monitors));
        await RunAsync("ceph-authtool", "--create-keyring", Keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *");
        await RunAsync("ceph-authtool", Keyring, "--gen-key", "-n", "client.admin", "--cap", "mon", "allow *", "--cap", "osd", "allow *");
        await RunAsync("monmaptool", "--create", "--fsid", cluster, "--addv", "a", monitors, folder.PathOf("monmap"));
        await RunAsync("ceph-mon", "-c", Configuration, "--mkfs", "-i", "a", "--monmap", folder.PathOf("monmap"), "--keyring", Keyring);
        daemons.Add(ServerProcess.Start(new ServerCommand("ceph-mon", "-f", "-c", Configuration, "-i", "a")));
        await RunAsync("ceph", "-c", Configuration, "osd", "new", cluster);
        await RunAsync("ceph-osd", "-c", Configuration, "-i", "0", "--mkfs", "--osd-uuid", cluster);
        daemons.Add(ServerProcess.Start(new ServerCommand("ceph-osd", "-f", "-c", Configuration, "-i", "0")));
        await RunAsync(
            "radosgw-admin", "-c", Configuration, "user", "create", "--uid=test", "--display-name=test", $"--access-key={AccessKey}", $"--secret={SecretKey}");
        gateway = await S3Gateway.StartAsync(Configuration);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        await using var tool = ServerProcess.Start(new ServerCommand(program, arguments));
        await tool.WaitForExitAsync(ToolWithin);
        if (tool.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {tool.ExitCode}.\n{tool.Output}");
    }

    // Without authentication between the daemons and with plain messages: otherwise the gateway asks for a secure mode that nobody offers, and waits for ever.
    private string ConfigurationText(string cluster, string monitors) => $"""
        [global]
        fsid = {cluster}
        mon host = {monitors}
        public addr = 127.0.0.1
        cluster addr = 127.0.0.1
        ms bind ipv6 = false
        auth cluster required = none
        auth service required = none
        auth client required = none
        ms mon client mode = crc
        mon allow pool size one = true
        mon data avail crit = 1
        mon data avail warn = 2
        osd pool default size = 1
        osd pool default min size = 1
        osd pool default pg num = 1
        osd pool default pgp num = 1
        osd pool default pg autoscale mode = off
        osd crush chooseleaf type = 0
        osd objectstore = memstore
        memstore device bytes = 8589934592
        admin socket =
        run dir = {folder.PathOf("run")}
        log file = {folder.PathOf("log")}/$name.log
        keyring = {Keyring}
        mon data = {folder.PathOf("mon")}
        osd data = {folder.PathOf("osd")}
        [client]
        rgw data = {folder.PathOf("rgw")}
        rgw enable usage log = false
        rgw override bucket index max shards = 1

        """;
}
