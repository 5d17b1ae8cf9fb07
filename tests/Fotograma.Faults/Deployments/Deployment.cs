using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Trials;
using Fotograma.Peers.DynamoDb;
using Fotograma.Peers.Postgres;
using Fotograma.Peers.Processes;
using Fotograma.Peers.RabbitMq;
using Fotograma.Peers.Redis;

namespace Fotograma.Faults.Deployments;

/// <summary>
/// Fotograma as people run it: one process for auth, video, notify and web, two workers, PostgreSQL, a broker, a mail server, and a place for blobs. Every link between them
/// can be spoilt, every process killed.
/// </summary>
internal sealed partial class Deployment : IAsyncDisposable
{
    /// <summary>How long a worker may be silent before its jobs are another's, in seconds.</summary>
    public const int LeaseSeconds = 3;

    /// <summary>Pause before a job's second attempt, and after its second lost worker, in seconds.</summary>
    public const double RetryDelaySeconds = 0.2;

    private const int WorkersAtStart = 2;
    private const string TablePrefix = "faults-";
    private const string SharedData = "data";
    /// <summary>What the first process runs.</summary>
    public const string AllButWorker = "auth,video,notify,web";
    /// <summary>How often a process looks for lost jobs, in milliseconds.</summary>
    public const string Rescues = "Jobs__RescueMilliseconds";
    private const string SweepOfLeftovers = "Blobs__SweepSeconds";
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();
    private readonly string program;
    private readonly Mishap mishap;
    private readonly PeerFolder folder = new("faults");
    private readonly PostgresRoom room;
    private readonly List<ProductProcess> gone = [];
    private readonly List<ProductProcess> workers = [];
    private readonly Dictionary<ProductProcess, int> senders = [];
    private readonly int port = FreePort.Next();
    private readonly ConcurrentDictionary<string, long> happened = new();
    private int lives;

    private Deployment(string program, Mishap mishap, PostgresRoom room, Carrier carrier, ObjectStore? store, DynamoPeer? dynamo)
    {
        (this.program, this.mishap, this.room, Carrier, Store, Dynamo) = (program, mishap, room, carrier, store, dynamo);
        Links = new Links(dynamo?.Port ?? room.Server.Port, carrier.Port, port);
        Truth = mishap.Ledger switch
        {
            LedgerKind.DynamoDb => new DynamoTruth(new Uri(dynamo!.ServiceUrl), TablePrefix),
            LedgerKind.Sqlite => new SqlTruth(new SqliteEngine(folder.PathOf(SharedData))),
            _ => new SqlTruth(new PostgresEngine(room.ConnectionStringOf("video"), room.ConnectionStringOf("notify"))),
        };
        if (mishap.Ledger == LedgerKind.Sqlite) DatabaseDisk = new MemoryDisk(folder.PathOf(SharedData));
        Blobs = store?.Blobs ?? (StoredBlobs)new BlobFolder(folder.PathOf("blobs"));
        if (mishap.Disk == DiskKind.SmallMemoryDisk) Disk = new MemoryDisk(folder.PathOf("blobs"));
        Mail = new MoodyMailServer(Mails);
        Edition = mishap.Edition;
    }

    /// <summary>The version that processes are started with from now on.</summary>
    public Edition Edition { get; set; }

    public Uri Address => AddressOf(port);

    /// <summary>Where the second process is, or was last.</summary>
    public Uri? SecondAddress { get; private set; }

    public PostgresPeer Postgres => room.Server;

    public Carrier Carrier { get; }

    /// <summary>The broker, where it is RabbitMQ.</summary>
    public RabbitMqPeer Broker => ((RabbitMqCarrier)Carrier).Peer;

    public Links Links { get; }

    public LedgerTruth Truth { get; }

    /// <summary>The truth, where it is in tables.</summary>
    public SqlTruth Sql => (SqlTruth)Truth;

    /// <summary>The server that jobs and notifications are kept in, where that is DynamoDB.</summary>
    public DynamoPeer? Dynamo { get; }

    public StoredBlobs Blobs { get; }

    public MemoryDisk? Disk { get; }

    /// <summary>A disk with room for little that the ledger's tables lie on, once they were moved there; that of SQLite's files from the start.</summary>
    public MemoryDisk? DatabaseDisk { get; private set; }

    /// <summary>A disk with room for little on which a worker makes its copies of blobs, once there is one.</summary>
    public MemoryDisk? CopyDisk { get; private set; }

    public ObjectStore? Store { get; }

    public RedisPeer? Redis { get; private set; }

    public MoodyMailServer Mail { get; }

    /// <summary>Every mail that was taken.</summary>
    public MailLog Mails { get; } = new();

    /// <summary>The folder that blobs lie in, where it is one.</summary>
    public string BlobFolder => folder.PathOf("blobs");

    /// <summary>The key that the first process made at its first start to sign tokens.</summary>
    public string SigningKeyOfApi => Path.Combine(folder.PathOf("api"), "keys", "signing.pem");

    /// <summary>Where the databases are.</summary>
    public PostgresRoom Room => room;

    public ProductProcess Api { get; private set; } = null!;

    /// <summary>A second process of the same modules, or of some of them, while there is one.</summary>
    public ProductProcess? Second { get; private set; }

    public IReadOnlyList<ProductProcess> Workers => workers;

    /// <summary>All that ever ran.</summary>
    public IEnumerable<ProductProcess> Everybody => gone.Concat(workers).Append(Api).Concat(Second is null ? [] : [Second]);

    /// <summary>Late results that were turned away, in all processes that ever ran.</summary>
    public int FenceRejections => workers.Concat(gone).Sum(process => process.FenceRejections);

    /// <summary>Decoders that work for nobody. A worker that learned only now that its job is another's is given the time to end its decoder.</summary>
    public int Strays() => workers.Sum(worker => worker.IsAlive ? worker.Decoders().Count : 0) + workers.Concat(gone).Sum(worker => worker.LeftBehind);

    /// <summary>How often the processes said this, all that ever ran.</summary>
    public long Said(string text) => Everybody.Sum(process => (long)process.Said(text));

    /// <summary>Notifications whose mail was sent and could not be noted, as the processes said, and of which none said later that it was.</summary>
    public IEnumerable<Guid> NotNoted() => Everybody.SelectMany(process => NotNotedText().Matches(process.Output)).Select(match => Guid.Parse(match.Groups[1].Value)).Distinct()
        .Where(notice => Said($"The notification {notice} was sent.") <= 1);

    /// <summary>Notes that a part of a fault happened.</summary>
    public void Note(string what, long times = 1) => happened.AddOrUpdate(what, times, (_, count) => count + times);

    /// <summary>How often this was noted.</summary>
    public long Noted(string what) => happened.GetValueOrDefault(what);

    public static async Task<Deployment> StartAsync(string program, Mishap mishap, PostgresPeer postgres, Carrier carrier, CancellationToken cancellation)
    {
        var store = mishap.Disk == DiskKind.ObjectStore ? await ObjectStore.StartAsync(cancellation) : null;
        var dynamo = mishap.Ledger == LedgerKind.DynamoDb ? await DynamoPeer.StartAsync(cancellation) : null;
        var deployment = new Deployment(program, mishap, postgres.MakeRoom(), carrier, store, dynamo);
        try
        {
            if (mishap.Redis) deployment.Redis = await RedisPeer.StartAsync(cancellation);
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
        return Api = await StartSenderAsync("api", AllButWorker, Address, extra, wait: true, cancellation);
    }

    /// <summary>Starts a second process beside the first one, with an address of its own, and waits until it serves.</summary>
    public Task<ProductProcess> StartSecondAsync(string modules, Dictionary<string, string> extra, CancellationToken cancellation) => StartSecondAsync(modules, extra, wait: true, cancellation);

    /// <summary>The same for one of which nobody knows whether it will ever serve.</summary>
    public async Task<ProductProcess> StartSecondAsync(string modules, Dictionary<string, string> extra, bool wait, CancellationToken cancellation)
    {
        SecondAddress = AddressOf(FreePort.Next());
        return Second = await StartSenderAsync("api-2", modules, SecondAddress, extra, wait, cancellation);
    }

    /// <summary>Stops the second process in order.</summary>
    public async Task StopSecondAsync()
    {
        if (Second is null) return;
        if (Second.IsAlive) await Second.StopAsync();
        await RetireAsync(Second);
        Second = null;
    }

    /// <summary>Runs a command of the program as an operator does, beside everything else, until it has ended.</summary>
    public async Task<ProductProcess> RunCommandAsync(Dictionary<string, string> extra, CancellationToken cancellation, params string[] arguments)
    {
        var command = ProductProcess.StartCommand(Program, SettingsOf("operator", AllButWorker, AddressOf(FreePort.Next()).ToString(), extra), arguments);
        gone.Add(command);
        await command.EndedAsync(cancellation);
        return command;
    }

    /// <summary>Says that a process that sends mails stands still now.</summary>
    public void StandsStill(ProductProcess sender) => Mails.StandsStill(senders[sender]);

    // Its mails tell which of its lives they come from.
    private async Task<ProductProcess> StartSenderAsync(string name, string modules, Uri address, Dictionary<string, string> extra, bool wait, CancellationToken cancellation)
    {
        var life = Mails.Begin();
        var settings = SettingsOf(name, modules, address.ToString(), extra);
        settings["Mail__From"] = $"Fotograma <{MailLog.SenderOf(life)}>";
        var process = await ProductProcess.StartAsync(Program, settings, wait, cancellation);
        senders[process] = life;
        return process;
    }

    /// <summary>Starts a worker in the place of a former one, or in a new place, and waits until it serves.</summary>
    public Task RestartWorkerAsync(int place, CancellationToken cancellation, bool wait = true) => StartWorkerAsync(place, [], wait, cancellation);

    /// <summary>The same for a worker of its own kind, of which nobody knows whether it will ever serve.</summary>
    public Task<ProductProcess> StartWorkerAsync(int place, Dictionary<string, string> extra, CancellationToken cancellation) => StartWorkerAsync(place, extra, extra.Count == 0, cancellation);

    /// <summary>Starts a worker that has room for so many bytes of copies and no more, and waits until it serves.</summary>
    public Task<ProductProcess> StartCrampedWorkerAsync(int place, int bytes, CancellationToken cancellation)
    {
        var copies = folder.PathOf("copies");
        CopyDisk ??= new MemoryDisk(copies);
        CopyDisk.Fill(bytes);
        return StartWorkerAsync(place, new() { ["S3__ScratchFolder"] = copies, ["S3__ScratchFreeBytesMin"] = "0" }, wait: true, cancellation);
    }

    private async Task<ProductProcess> StartWorkerAsync(int place, Dictionary<string, string> extra, bool wait, CancellationToken cancellation)
    {
        if (place < workers.Count) await RetireAsync(workers[place]);
        var settings = SettingsOf($"worker-{place.ToString(CultureInfo.InvariantCulture)}", "worker", AddressOf(FreePort.Next()).ToString(), extra);
        var worker = await ProductProcess.StartAsync(Program, settings, wait, cancellation);
        if (place < workers.Count) workers[place] = worker;
        else workers.Add(worker);
        return worker;
    }

    public async Task RestartWorkersAsync(CancellationToken cancellation)
    {
        for (var place = 0; place < workers.Count; place++) await RestartWorkerAsync(place, cancellation);
    }

    public async Task StopWorkersAsync()
    {
        foreach (var worker in workers.Where(worker => worker.IsAlive)) await worker.StopAsync();
    }

    /// <summary>The place of a worker among the others.</summary>
    public int PlaceOf(ProductProcess worker) => workers.IndexOf(worker);

    /// <summary>Moves what the ledger writes most to a disk of its own, of which there is little.</summary>
    public async Task MoveLedgerToSmallDiskAsync(CancellationToken cancellation)
    {
        if (DatabaseDisk is not null) return;
        var place = folder.PathOf("ledger");
        DatabaseDisk = new MemoryDisk(place);
        if (Environment.IsPrivilegedProcess) DatabaseDisk.GiveTo("postgres");
        await Sql.ExecuteAsync($"CREATE TABLESPACE little LOCATION '{place}'", cancellation);
        foreach (var table in (string[])["videos", "jobs", "outbox"]) await Sql.ExecuteAsync($"ALTER TABLE {table} SET TABLESPACE little", cancellation);
    }

    public Task KillAllAsync() => Task.WhenAll(workers.Append(Api).Select(process => process.KillAsync()));

    /// <summary>Brings back whatever a fault left dead or spoilt.</summary>
    public async Task HealAsync(CancellationToken cancellation)
    {
        Links.Heal();
        Store?.Trouble.Heal();
        if (Second is { IsAlive: true }) await Second.ThawAsync();
        await StopSecondAsync();
        if (!Api.IsAlive) await RestartApiAsync([], cancellation);
        for (var place = 0; place < workers.Count; place++)
        {
            if (!workers[place].IsAlive) await RestartWorkerAsync(place, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in gone.Concat(workers).Concat(Api is null ? [] : [Api]).Concat(Second is null ? [] : [Second])) await process.DisposeAsync();
        await Links.DisposeAsync();
        Disk?.Dispose();
        await Mail.DisposeAsync();
        if (Redis is not null) await Redis.DisposeAsync();
        if (Store is not null) await Store.DisposeAsync();
        (Truth as IDisposable)?.Dispose();
        if (Dynamo is not null) await Dynamo.DisposeAsync();
        await room.DisposeAsync();
        DatabaseDisk?.Dispose();
        CopyDisk?.Dispose();
        folder.Dispose();
    }

    private static Uri AddressOf(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private static void Keep(Dictionary<string, string?> settings, int dynamoPort)
    {
        (settings["Jobs__Store"], settings["Notify__Store"]) = ("dynamodb", "dynamodb");
        settings["DynamoDb__Endpoint"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{dynamoPort}");
        (settings["DynamoDb__Region"], settings["DynamoDb__AccessKey"], settings["DynamoDb__SecretKey"]) = ("us-east-1", "test", "test");
        (settings["DynamoDb__TablePrefix"], settings["DynamoDb__RequestTimeoutSeconds"]) = (TablePrefix, "3");
    }

    private string Program => Edition is Edition.Before ? Product.Before : program;

    // What a process said is kept: it is counted at the end.
    private async Task RetireAsync(ProductProcess process)
    {
        if (process.IsAlive) await process.KillAsync();
        if (process.IsKilled && senders.TryGetValue(process, out var life)) Mails.Killed(life);
        gone.Add(process);
    }

    private Dictionary<string, string?> SettingsOf(string process, string modules, string address, Dictionary<string, string> extra)
    {
        // A worker that comes back with the same folder knows its former leases; one with a new folder must wait for them to run out. Both happen.
        var life = Interlocked.Increment(ref lives);
        var data = mishap.Ledger == LedgerKind.Sqlite ? SharedData
            : !process.StartsWith("worker", StringComparison.Ordinal) || life % 2 == 0 ? process : $"{process}-{life.ToString(CultureInfo.InvariantCulture)}";
        var settings = new Dictionary<string, string?>
        {
            ["FOTOGRAMA_DATA"] = folder.PathOf(data),
            ["FOTOGRAMA_MODULES"] = modules,
            ["FOTOGRAMA_URLS"] = address,
            ["Database__Provider"] = "postgres",
            ["Postgres__ConnectionString"] = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={(Dynamo is null ? Links.DatabasePortOf(process) : room.Server.Port)};Username=app;Keepalive=5"),
            ["Postgres__DatabasePrefix"] = room.Prefix,
            ["Messaging__PollMilliseconds"] = "300",
            ["Blobs__Folder"] = folder.PathOf("blobs"),
            ["Blobs__FreeBytesMin"] = "0",
            [SweepOfLeftovers] = "2",
            ["Jobs__LeaseSeconds"] = LeaseSeconds.ToString(CultureInfo.InvariantCulture),
            ["Jobs__AttemptsMax"] = mishap.AttemptsMax.ToString(CultureInfo.InvariantCulture),
            ["Jobs__RetryDelaySeconds"] = RetryDelaySeconds.ToString(CultureInfo.InvariantCulture),
            ["Worker__ConcurrentJobsMax"] = "2",
            ["Worker__PollMilliseconds"] = "500",
            ["Worker__HeartbeatMilliseconds"] = "300",
            [Rescues] = "300",
            ["Cleanup__LookSeconds"] = "1",
            ["Cleanup__SweepSeconds"] = "2",
            ["Cleanup__OrphanSeconds"] = "10",
            ["Mail__RetryFirstSeconds"] = "0.2",
            ["Mail__TakeoverSeconds"] = "1",
            ["Mail__Smtp__TimeoutSeconds"] = "2",
        };
        if (Dynamo is not null) Keep(settings, Links.DatabasePortOf(process));
        if (mishap.Ledger == LedgerKind.Sqlite) settings["Database__Provider"] = "sqlite";
        if (Redis is not null) (settings["Fleeting__Driver"], settings["Redis__Endpoints"]) = ("redis", Redis.Endpoint);
        foreach (var (name, value) in Carrier.Settings(Links.BrokerPort).Concat(Mail.Settings).Concat(Store?.Settings ?? None).Concat(mishap.Settings)) settings[name] = value;
        foreach (var (name, value) in extra) settings[name] = value;
        // A setting that the version before does not know is refused there.
        if (Edition is not Edition.Before) return settings;
        settings.Remove(SweepOfLeftovers);
        if (settings.Remove(Rescues, out var rescues)) settings["Worker__RescueMilliseconds"] = rescues;
        return settings;
    }

    [GeneratedRegex("The notification ([0-9a-f-]{36}) was sent, which could not be noted")]
    private static partial Regex NotNotedText();
}
