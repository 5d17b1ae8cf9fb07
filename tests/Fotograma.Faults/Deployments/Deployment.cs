using System.Globalization;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Trials;
using Fotograma.Peers.Postgres;
using Fotograma.Peers.Processes;
using Fotograma.Peers.RabbitMq;

namespace Fotograma.Faults.Deployments;

/// <summary>
/// Fotograma as people run it: one process for auth, video, notify and web, two workers, PostgreSQL, RabbitMQ, and a place for blobs. Every link between them can be
/// spoilt, every process killed.
/// </summary>
internal sealed class Deployment : IAsyncDisposable
{
    private const int WorkersAtStart = 2;
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();
    private readonly string program;
    private readonly Mishap mishap;
    private readonly PeerFolder folder = new("faults");
    private readonly PostgresRoom room;
    private readonly List<ProductProcess> gone = [];
    private readonly List<ProductProcess> workers = [];
    private readonly int port = FreePort.Next();
    private int lives;

    private Deployment(string program, Mishap mishap, PostgresRoom room, RabbitMqPeer broker, ObjectStore? store)
    {
        (this.program, this.mishap, this.room, Broker, Store) = (program, mishap, room, broker, store);
        Links = new Links(room.Server.Port, broker.Port);
        Truth = new LedgerTruth(room.ConnectionStringOf("video"), room.ConnectionStringOf("notify"));
        Blobs = store?.Blobs ?? (StoredBlobs)new BlobFolder(folder.PathOf("blobs"));
        if (mishap.Disk == DiskKind.SmallMemoryDisk) Disk = new MemoryDisk(folder.PathOf("blobs"));
        if (mishap.MailsToServer) Mail = new MoodyMailServer();
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    public PostgresPeer Postgres => room.Server;

    public RabbitMqPeer Broker { get; }

    public Links Links { get; }

    public LedgerTruth Truth { get; }

    public StoredBlobs Blobs { get; }

    public MemoryDisk? Disk { get; }

    public ObjectStore? Store { get; }

    public MoodyMailServer? Mail { get; }

    public ProductProcess Api { get; private set; } = null!;

    public IReadOnlyList<ProductProcess> Workers => workers;

    /// <summary>Processes that others have taken the place of.</summary>
    public IReadOnlyList<ProductProcess> Gone => gone;

    /// <summary>Late results that were turned away, in all processes that ever ran.</summary>
    public int FenceRejections => workers.Concat(gone).Sum(process => process.FenceRejections);

    public static async Task<Deployment> StartAsync(string program, Mishap mishap, PostgresPeer postgres, RabbitMqPeer broker, CancellationToken cancellation)
    {
        var store = mishap.Disk == DiskKind.ObjectStore ? await ObjectStore.StartAsync(cancellation) : null;
        var deployment = new Deployment(program, mishap, postgres.MakeRoom(), broker, store);
        try
        {
            await deployment.RestartApiAsync([], cancellation);
            for (var worker = 0; worker < WorkersAtStart; worker++) await deployment.StartWorkerAsync(worker, [], cancellation);
            await deployment.Truth.PlaceWitnessAsync(cancellation);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    public async Task<ProductProcess> RestartApiAsync(Dictionary<string, string> extra, CancellationToken cancellation)
    {
        if (Api is not null) await RetireAsync(Api);
        var settings = SettingsOf("api", "auth,video,notify,web", Address.ToString(), extra);
        return Api = await ProductProcess.StartAsync(program, settings, wait: true, cancellation);
    }

    /// <summary>Starts a worker in the place of a former one, or in a new place.</summary>
    public async Task<ProductProcess> StartWorkerAsync(int place, Dictionary<string, string> extra, CancellationToken cancellation)
    {
        if (place < workers.Count) await RetireAsync(workers[place]);
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}");
        var settings = SettingsOf($"worker-{place.ToString(CultureInfo.InvariantCulture)}", "worker", address, extra);
        var worker = await ProductProcess.StartAsync(program, settings, wait: extra.Count == 0, cancellation);
        if (place < workers.Count) workers[place] = worker;
        else workers.Add(worker);
        return worker;
    }

    public Task RestartWorkerAsync(int place, CancellationToken cancellation) => StartWorkerAsync(place, [], cancellation);

    public async Task RestartWorkersAsync(CancellationToken cancellation)
    {
        for (var place = 0; place < workers.Count; place++) await RestartWorkerAsync(place, cancellation);
    }

    public async Task StopWorkersAsync()
    {
        foreach (var worker in workers.Where(worker => worker.IsAlive)) await worker.StopAsync();
    }

    public Task KillAllAsync() => Task.WhenAll(workers.Append(Api).Select(process => process.KillAsync()));

    /// <summary>Brings back whatever a fault left dead or spoilt.</summary>
    public async Task HealAsync(CancellationToken cancellation)
    {
        Links.Heal();
        Store?.Trouble.Heal();
        if (!Api.IsAlive) await RestartApiAsync([], cancellation);
        for (var place = 0; place < workers.Count; place++)
        {
            if (!workers[place].IsAlive) await RestartWorkerAsync(place, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in workers.Concat(Api is null ? [] : [Api])) await process.DisposeAsync();
        await Links.DisposeAsync();
        Disk?.Dispose();
        if (Mail is not null) await Mail.DisposeAsync();
        if (Store is not null) await Store.DisposeAsync();
        await room.DisposeAsync();
        folder.Dispose();
    }

    // What a process said is kept: it is counted at the end.
    private async Task RetireAsync(ProductProcess process)
    {
        if (process.IsAlive) await process.KillAsync();
        gone.Add(process);
    }

    private Dictionary<string, string?> SettingsOf(string process, string modules, string address, Dictionary<string, string> extra)
    {
        // A worker that comes back with the same folder knows its former leases; one with a new folder must wait for them to run out. Both happen.
        var life = Interlocked.Increment(ref lives);
        var data = process == "api" || life % 2 == 0 ? process : $"{process}-{life.ToString(CultureInfo.InvariantCulture)}";
        var settings = new Dictionary<string, string?>
        {
            ["FOTOGRAMA_DATA"] = folder.PathOf(data),
            ["FOTOGRAMA_MODULES"] = modules,
            ["FOTOGRAMA_URLS"] = address,
            ["Database__Provider"] = "postgres",
            ["Postgres__ConnectionString"] = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Links.DatabasePortOf(process)};Username=app;Timeout=5;Command Timeout=10;Keepalive=5{mishap.DatabaseExtras}"),
            ["Postgres__DatabasePrefix"] = room.Prefix,
            ["Messaging__Transport"] = "rabbitmq",
            ["Messaging__PollMilliseconds"] = "300",
            ["RabbitMq__Hosts"] = "127.0.0.1",
            ["RabbitMq__Port"] = Links.BrokerPort.ToString(CultureInfo.InvariantCulture),
            ["RabbitMq__ConnectTimeoutSeconds"] = "5",
            ["RabbitMq__PublishTimeoutSeconds"] = "5",
            ["RabbitMq__HeartbeatSeconds"] = "5",
            ["Blobs__Folder"] = folder.PathOf("blobs"),
            ["Blobs__FreeBytesMin"] = "0",
            ["Jobs__LeaseSeconds"] = "3",
            ["Jobs__AttemptsMax"] = "20",
            ["Jobs__RetryDelaySeconds"] = "0.2",
            ["Worker__ConcurrentJobsMax"] = "2",
            ["Worker__PollMilliseconds"] = "500",
            ["Worker__HeartbeatMilliseconds"] = "300",
            ["Worker__RescueMilliseconds"] = "300",
            ["Cleanup__LookSeconds"] = "1",
            ["Cleanup__SweepSeconds"] = "2",
            ["Cleanup__OrphanSeconds"] = "10",
            ["Mail__RetryFirstSeconds"] = "0.2",
            ["Mail__TakeoverSeconds"] = "1",
            ["Mail__Smtp__TimeoutSeconds"] = "2",
        };
        foreach (var (name, value) in (Mail?.Settings ?? None).Concat(Store?.Settings ?? None).Concat(mishap.Settings)) settings[name] = value;
        foreach (var (name, value) in extra) settings[name] = value;
        return settings;
    }
}
