// Measures the queue alone: how long from a video's acceptance until a worker has its job, and how many jobs that do nothing go through in a second, on a real PostgreSQL that
// waits for the disk at every commit, with each transport; beside them a plain loop over FOR UPDATE SKIP LOCKED as the limit of what such a database gives.
//
//   queue JOBS RATE [TRANSPORT ...]     JOBS for the throughput, RATE accepted jobs a second for the delay
//
// Delay: from the call that accepts a video until a claim has its job, by one monotonic clock, at a steady rate that does not wait for answers. Throughput: a backlog of JOBS is
// claimed and completed by eight workers of one process. Sharing: one, two and four hosts with two workers each share a backlog of jobs that take 50 ms and no processor
// time. Everything is the product's own code but for the extraction, which is nothing.
#:project ../src/Fotograma.Jobs/Fotograma.Jobs.csproj
#:project ../src/Fotograma.Messaging.Kafka/Fotograma.Messaging.Kafka.csproj
#:project ../src/Fotograma.Messaging.RabbitMq/Fotograma.Messaging.RabbitMq.csproj
#:project ../src/Fotograma.Messaging.Sqs/Fotograma.Messaging.Sqs.csproj
#:project ../tests/Fotograma.Peers/Fotograma.Peers.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
#:property ConcurrentGarbageCollection=false
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Fotograma.Jobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging;
using Fotograma.Messaging.Kafka;
using Fotograma.Messaging.RabbitMq;
using Fotograma.Messaging.Sqs;
using Fotograma.Peers.Kafka;
using Fotograma.Peers.Postgres;
using Fotograma.Peers.RabbitMq;
using Fotograma.Peers.Sqs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length < 2 || !int.TryParse(args[0], out var jobs) || !int.TryParse(args[1], out var rate) || jobs < 100 || rate < 1)
{
    Console.Error.WriteLine("usage: queue JOBS RATE [embedded|rabbitmq|kafka|sqs ...]");
    return 2;
}

string[] transports = args.Length > 2 ? args[2..] : ["embedded", "rabbitmq", "kafka", "sqs"];
await using var postgres = await PostgresPeer.StartAsync(new PostgresManner(SynchronousCommit: true, Fsync: true));
Console.WriteLine("| | accept to start, p50, ms | p99, ms | longest, ms | jobs/s | of the plain loop |");
Console.WriteLine("|---|---|---|---|---|---|");
var plain = await PlainLoop.MeasureAsync(postgres, jobs);
Console.WriteLine($"| plain SKIP LOCKED loop | | | | {plain:0} | 1.00 |");
foreach (var transport in transports)
{
    await using var broker = await Broker.StartAsync(transport);
    await using var room = postgres.MakeRoom();
    var delays = await Queue.MeasureDelayAsync(room, broker, jobs: rate * 20, rate);
    await using var another = postgres.MakeRoom();
    var throughput = await Queue.MeasureThroughputAsync(another, broker, jobs);
    Console.WriteLine($"| {transport} | {At(delays, 0.50):0.0} | {At(delays, 0.99):0.0} | {delays[^1]:0.0} | {throughput:0} | {throughput / plain:0.00} |");
}

Console.WriteLine();
Console.WriteLine("| hosts that share a backlog | jobs/s | of one |");
Console.WriteLine("|---|---|---|");
var alone = 0.0;
foreach (var hosts in (int[])[1, 2, 4])
{
    await using var broker = await Broker.StartAsync(transports[0]);
    await using var room = postgres.MakeRoom();
    var together = await Queue.MeasureSharingAsync(room, broker, hosts);
    if (hosts == 1) alone = together;
    Console.WriteLine($"| {hosts} | {together:0.0} | {together / alone:0.00} |");
}

return 0;

static double At(List<double> sorted, double share) => sorted[(int)Math.Ceiling(sorted.Count * share) - 1];

/// <summary>A broker and the settings that lead to it.</summary>
internal sealed class Broker(string name, Dictionary<string, string?> settings, IAsyncDisposable? server) : IAsyncDisposable
{
    public IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>(settings) { ["Messaging:Transport"] = name };

    public static async Task<Broker> StartAsync(string name)
    {
        switch (name)
        {
            case "rabbitmq":
                var rabbit = await RabbitMqPeer.StartAsync(CancellationToken.None);
                return new Broker(name, new() { ["RabbitMq:Hosts"] = "127.0.0.1", ["RabbitMq:Port"] = $"{rabbit.Port}" }, rabbit);
            case "kafka":
                var kafka = await KafkaPeer.StartAsync(brokers: 1);
                return new Broker(name, new() { ["Kafka:Servers"] = kafka.Servers, ["Kafka:Declare"] = "AutoCreate", ["Kafka:FetchWaitMilliseconds"] = "20" }, kafka);
            case "sqs":
                var sqs = await SqsPeer.StartAsync(CancellationToken.None);
                return new Broker(name, new() { ["Sqs:ServiceUrl"] = sqs.ServiceUrl, ["Sqs:Region"] = "us-east-1", ["Sqs:AccessKey"] = "test", ["Sqs:SecretKey"] = "test-secret" }, sqs);
            default:
                return new Broker(name, [], null);
        }
    }

    public void Add(IHostApplicationBuilder builder)
    {
        if (name == "rabbitmq") builder.AddRabbitMqTransport();
        else if (name == "kafka") builder.AddKafkaTransport();
        else if (name == "sqs") builder.AddSqsTransport();
    }

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>One process's queue: the ledger, its outbox and relay, the transport, and workers that do nothing.</summary>
internal sealed class Queue : IAsyncDisposable
{
    private const int WorkersAlone = 8;
    private const int WorkersSharing = 2;
    private const int JobsPerHost = 200;
    private const int Owners = 10;
    private static readonly TimeSpan FixedCost = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private readonly IHost host;
    private readonly Ids ids = new(TimeProvider.System);
    private readonly Guid[] owners;
    private readonly ConcurrentDictionary<Guid, long> acceptedAt = new();
    private readonly ConcurrentQueue<double> delays = new();
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> working = [];
    private readonly Tally tally;

    private Queue(IHost host, Tally tally) => (this.host, this.tally, owners) = (host, tally, [.. Enumerable.Range(0, Owners).Select(_ => ids.New())]);

    public static async Task<List<double>> MeasureDelayAsync(PostgresRoom room, Broker broker, int jobs, int rate)
    {
        var tally = new Tally(jobs);
        await using var queue = await StartAsync(room, broker, tally);
        queue.Work(WorkersAlone, TimeSpan.Zero);
        var accepting = new List<Task>(jobs);
        var clock = Stopwatch.StartNew();
        for (var job = 0; job < jobs; job++)
        {
            var due = TimeSpan.FromSeconds((double)job / rate) - clock.Elapsed;
            if (due > TimeSpan.Zero) await Task.Delay(due);
            accepting.Add(queue.AcceptAsync(job));
        }

        await Task.WhenAll(accepting);
        await tally.All;
        return [.. queue.delays.Order()];
    }

    public static async Task<double> MeasureThroughputAsync(PostgresRoom room, Broker broker, int jobs)
    {
        var tally = new Tally(jobs);
        await using var queue = await StartAsync(room, broker, tally);
        await queue.FillAsync(jobs);
        var clock = Stopwatch.StartNew();
        queue.Work(WorkersAlone, TimeSpan.Zero);
        await tally.All;
        return jobs / clock.Elapsed.TotalSeconds;
    }

    public static async Task<double> MeasureSharingAsync(PostgresRoom room, Broker broker, int hosts)
    {
        var jobs = hosts * JobsPerHost;
        var tally = new Tally(jobs);
        var queues = new List<Queue>();
        for (var host = 0; host < hosts; host++) queues.Add(await StartAsync(room, broker, tally));
        await queues[0].FillAsync(jobs);
        var clock = Stopwatch.StartNew();
        foreach (var queue in queues) queue.Work(WorkersSharing, FixedCost);
        await tally.All;
        var elapsed = clock.Elapsed;
        foreach (var queue in queues) await queue.DisposeAsync();
        return jobs / elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(working);
        await host.StopAsync();
        host.Dispose();
        NpgsqlConnection.ClearAllPools();
        stop.Dispose();
    }

    private static async Task<Queue> StartAsync(PostgresRoom room, Broker broker, Tally tally)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(room.Settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Configuration.AddInMemoryCollection(broker.Settings);
        builder.Logging.ClearProviders().AddFilter(level => level >= LogLevel.Error).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Ids>().AddSingleton<Bell>();
        broker.Add(builder);
        builder.AddJobs();
        builder.AddConsumer("worker", consumer => consumer.On<VideoUploaded, Bell>((bell, _, _, _) => bell.RingAsync()));
        var host = builder.Build();
        await host.StartAsync();
        return new Queue(host, tally);
    }

    private async Task AcceptAsync(int number)
    {
        var video = ids.New();
        acceptedAt[video] = Stopwatch.GetTimestamp();
        await host.Services.GetRequiredService<VideoCatalogue>().AcceptAsync(
            new NewVideo(video, owners[number % Owners], "clip.mp4", 1, new string('0', 64), "mp4", BlobKeys.Source(video), "{}"), CancellationToken.None);
    }

    private Task FillAsync(int jobs) => Parallel.ForEachAsync(
        Enumerable.Range(0, jobs), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (job, _) => await AcceptAsync(job));

    private void Work(int workers, TimeSpan cost)
    {
        for (var worker = 0; worker < workers; worker++)
        {
            var name = $"worker-{ids.New()}";
            working.Add(Task.Run(() => WorkAsync(name, cost)));
        }
    }

    private async Task WorkAsync(string name, TimeSpan cost)
    {
        var leases = host.Services.GetRequiredService<JobLeases>();
        var bell = host.Services.GetRequiredService<Bell>();
        while (!stop.IsCancellationRequested)
        {
            var rung = bell.Next;
            if (await leases.ClaimAsync(name, CancellationToken.None) is { } claim)
            {
                if (acceptedAt.TryGetValue(claim.VideoId, out var at)) delays.Enqueue(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                if (cost > TimeSpan.Zero) await Task.Delay(cost);
                await leases.CompleteAsync(claim, new JobResult(claim.ResultPrefix, 1, 1, 1, 1, 1, 1, "[]"), 0, CancellationToken.None);
                tally.Count();
                continue;
            }

            await Task.WhenAny(rung, Task.Delay(LookInterval, stop.Token));
        }
    }
}

/// <summary>Says when the last job is done.</summary>
internal sealed class Tally(int jobs)
{
    private readonly TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int left = jobs;

    public Task All => all.Task;

    public void Count()
    {
        if (Interlocked.Decrement(ref left) == 0) all.SetResult();
    }
}

/// <summary>Wakes every worker that found nothing to do.</summary>
internal sealed class Bell
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref next).Task;

    public Task RingAsync()
    {
        Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return Task.CompletedTask;
    }
}

/// <summary>The least that a queue on a database can be: take the oldest row that nobody has, and mark it as done.</summary>
internal static class PlainLoop
{
    private const int Workers = 8;

    private const string Take =
        "UPDATE plain SET state = 1 WHERE id = (SELECT id FROM plain WHERE state = 0 ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id";

    public static async Task<double> MeasureAsync(PostgresPeer server, int jobs)
    {
        await server.ExecuteAsync("CREATE TABLE plain (id bigserial PRIMARY KEY, state int NOT NULL, payload text NOT NULL)");
        await server.ExecuteAsync("CREATE INDEX ON plain (id) WHERE state = 0");
        await server.ExecuteAsync($"INSERT INTO plain (state, payload) SELECT 0, repeat('x', 300) FROM generate_series(1, {jobs})");
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(server))));
        return jobs / clock.Elapsed.TotalSeconds;
    }

    private static async Task WorkAsync(PostgresPeer server)
    {
        await using var connection = new NpgsqlConnection($"{server.ConnectionString};Database=postgres");
        await connection.OpenAsync();
        await using var take = new NpgsqlCommand(Take, connection);
        await using var done = new NpgsqlCommand("UPDATE plain SET state = 2 WHERE id = $1", connection) { Parameters = { new NpgsqlParameter<long>() } };
        await take.PrepareAsync();
        while (await take.ExecuteScalarAsync() is long id)
        {
            ((NpgsqlParameter<long>)done.Parameters[0]).TypedValue = id;
            await done.ExecuteNonQueryAsync();
        }
    }
}
