// Measures the queue alone: how long from a video's acceptance until a worker has its job, and how many jobs that do nothing go through in a second, on a real PostgreSQL that
// waits for the disk at every commit, with each transport; beside them a plain loop over FOR UPDATE SKIP LOCKED as what such a database gives to jobs one by one. RabbitMQ and PostgreSQL
// are real servers; Kafka is the mock brokers of its client library, and SQS an emulator, which keep nothing on a disk. A real broker answers a fetch as soon as there is something, the mock when the wait is over.
//
//   queue JOBS RATE [TRANSPORT ...]     JOBS for the throughput, RATE accepted jobs a second for the delay
// FOTOGRAMA_BENCH_LOOKS=1 tells, on standard error, what the sessions of PostgreSQL wait for while jobs go through; FOTOGRAMA_BENCH_FSYNC=off lets it wait for no disk, which keeps nothing safe.
//
// Delay: from the call that accepts a video until a claim has its job, by one monotonic clock, at a steady rate that does not wait for answers. The first ten seconds of that load
// are a column of their own (cold: the program is being compiled and connections are made) and in none of the others. Throughput: a backlog of JOBS is claimed and completed by
// one process that takes sixteen at a time and whose program is compiled by then; the events of the backlog are carried beside it. Processor time is what a job costs meanwhile: this
// process (worker, relay and consumers, with the client of the broker), PostgreSQL, and the broker. Sharing: one, two and four hosts that take two jobs at a time share a backlog of
// jobs that take 50 ms and no processor time. Fairness: while one owner's backlog of jobs that take 100 ms keeps the only slot busy, others come one after the other with their first
// job; how long each waits until it is claimed, and how much that is of one job's time. Everything is the product's own code but for the extraction, which is nothing, and the few lines of the worker's loop.
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
using Fotograma.Messaging.Transport;
using Fotograma.Peers;
using Fotograma.Peers.DynamoDb;
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
    Console.Error.WriteLine("usage: queue JOBS RATE [embedded|rabbitmq|kafka|kafka-20|sqs ...]");
    return 2;
}

string[] transports = args.Length > 2 ? args[2..] : ["embedded", "rabbitmq", "kafka", "kafka-20", "sqs"];
await using var postgres = await PostgresPeer.StartAsync(new PostgresManner(SynchronousCommit: true, Fsync: Environment.GetEnvironmentVariable("FOTOGRAMA_BENCH_FSYNC") != "off"));
var processors = new Processors(await PostmasterAsync(postgres));
Console.WriteLine("| | accept to start after ten seconds of load, p50, ms | p99, ms | longest, ms | p99 before, ms | jobs/s | of the plain loop | processor ms a job: here | PostgreSQL | broker |\n|---|---|---|---|---|---|---|---|---|---|");
var looked = Environment.GetEnvironmentVariable("FOTOGRAMA_BENCH_LOOKS") == "1" ? postgres : null;
var plain = 0.0;
foreach (var workers in (int[])[8, 16])
{
    var before = processors.Read();
    var reached = await PlainLoop.MeasureAsync(postgres, jobs, workers);
    plain = Math.Max(plain, reached);
    Console.WriteLine($"| plain SKIP LOCKED loop, {workers} connections | | | | | {reached:0} | | {processors.Read().Since(before, jobs)} |");
}

foreach (var transport in transports)
{
    await using var broker = await Broker.StartAsync(transport);
    await using var room = postgres.MakeRoom();
    var (cold, delays) = await Queue.MeasureDelayAsync(room, broker, rate);
    await using var another = postgres.MakeRoom();
    var (throughput, cost) = await Queue.MeasureThroughputAsync(another, broker, jobs, processors, looked);
    Console.WriteLine($"| {Broker.Title(transport)} | {At(delays, 0.50):0.0} | {At(delays, 0.99):0.0} | {delays[^1]:0.0} | {At(cold, 0.99):0.0} | {throughput:0} | {throughput / plain:0.00} | {cost} |");
}

Console.WriteLine("\n| hosts that share a backlog | jobs/s | of one |\n|---|---|---|");
var alone = 0.0;
foreach (var hosts in (int[])[1, 2, 4])
{
    await using var broker = await Broker.StartAsync(transports[0]);
    await using var room = postgres.MakeRoom();
    var together = await Queue.MeasureSharingAsync(room, broker, hosts);
    if (hosts == 1) alone = together;
    Console.WriteLine($"| {hosts} | {together:0.0} | {together / alone:0.00} |");
}

await using var dynamo = await DynamoPeer.StartAsync(CancellationToken.None);
Console.WriteLine("\n| jobs are kept in | jobs of one owner that wait | owners who come with their first job | it waits, p50, ms | longest, ms | longest, of one job's time |\n|---|---|---|---|---|---|");
foreach (var (store, backlog) in from store in (string[])["PostgreSQL", "DynamoDB (local)"] from backlog in (int[])[0, 1000] select (store, backlog))
{
    await using var broker = await Broker.StartAsync(transports[0]);
    await using var room = postgres.MakeRoom();
    var waits = await Queue.MeasureFairnessAsync(room, broker, backlog, store == "PostgreSQL" ? [] : [KeyValuePair.Create("Jobs:Store", (string?)"dynamodb"), .. dynamo.Settings]);
    Console.WriteLine($"| {store} | {backlog} | {waits.Count} | {At(waits, 0.50):0.0} | {waits[^1]:0.0} | {waits[^1] / Queue.FairCost.TotalMilliseconds:0.00} |");
}

return 0;

static async Task<int> PostmasterAsync(PostgresPeer postgres)
{
    var answer = await postgres.AskAsync("SELECT substring(pg_read_file('postmaster.pid') FROM '^[0-9]+')");
    return int.Parse((string)answer[0], CultureInfo.InvariantCulture);
}

static double At(List<double> sorted, double share) => sorted[(int)Math.Ceiling(sorted.Count * share) - 1];

/// <summary>A broker and the settings that lead to it.</summary>
internal sealed class Broker(string name, Dictionary<string, string?> settings, IAsyncDisposable? server) : IAsyncDisposable
{
    public IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>(settings) { ["Messaging:Transport"] = name };

    /// <summary>What carries events, and what stands for a server that could not be had.</summary>
    public static string Title(string name) => name switch { "kafka" => "kafka (mock brokers: their own wait of 500 ms)", "kafka-20" => "kafka (mock brokers, asked to wait for 20 ms)", "sqs" => "sqs (emulator)", _ => name };

    public static async Task<Broker> StartAsync(string name)
    {
        switch (name)
        {
            case "rabbitmq":
                var rabbit = await RabbitMqPeer.StartAsync(CancellationToken.None);
                return new Broker(name, new() { ["RabbitMq:Hosts"] = "127.0.0.1", ["RabbitMq:Port"] = $"{rabbit.Port}" }, rabbit);
            case "kafka" or "kafka-20":
                var kafka = await KafkaPeer.StartAsync(brokers: 1);
                return new Broker("kafka", new() { ["Kafka:Servers"] = kafka.Servers, ["Kafka:Declare"] = "AutoCreate", ["Kafka:FetchWaitMilliseconds"] = name == "kafka" ? "500" : "20" }, kafka);
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
    private const int ColdSeconds = 10, CountedSeconds = 20, SlotsAlone = 16, SlotsSharing = 2, JobsPerHost = 200, Owners = 10, Newcomers = 50, OfTheBacklog = -1;

    public static readonly TimeSpan FairCost = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FixedCost = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private readonly IHost host;
    private readonly Ids ids = new(TimeProvider.System);
    private readonly Guid[] owners;
    private readonly ConcurrentDictionary<Guid, (int Number, long At)> accepted = new();
    private readonly ConcurrentQueue<(int Number, double Milliseconds)> delays = new();
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> working = [];
    private readonly Tally tally;

    private Queue(IHost host, Tally tally) => (this.host, this.tally, owners) = (host, tally, [.. Enumerable.Range(0, Owners).Select(_ => ids.New())]);

    public static async Task<(List<double> Cold, List<double> Counted)> MeasureDelayAsync(PostgresRoom room, Broker broker, int rate)
    {
        var (cold, jobs) = (ColdSeconds * rate, (ColdSeconds + CountedSeconds) * rate);
        var tally = new Tally(jobs);
        await using var queue = await StartAsync(room, broker, tally, SlotsAlone);
        queue.Work(TimeSpan.Zero);
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
        return (Sorted(delay => delay.Number < cold), Sorted(delay => delay.Number >= cold));

        List<double> Sorted(Func<(int Number, double Milliseconds), bool> wanted) => [.. queue.delays.Where(wanted).Select(delay => delay.Milliseconds).Order()];
    }

    public static async Task<(double Throughput, string Cost)> MeasureThroughputAsync(PostgresRoom room, Broker broker, int jobs, Processors processors, PostgresPeer? looked)
    {
        var tally = new Tally(jobs);
        await using var queue = await StartAsync(room, broker, tally, SlotsAlone);
        await queue.FillAsync(jobs);
        var (before, clock) = (processors.Read(), Stopwatch.StartNew());
        var seen = looked is null ? null : PostgresLooks.DuringAsync(looked, tally.All);
        queue.Work(TimeSpan.Zero);
        await tally.All;
        var measured = (jobs / clock.Elapsed.TotalSeconds, processors.Read().Since(before, jobs));
        if (seen is not null) await Console.Error.WriteLineAsync(await seen);
        return measured;
    }

    public static async Task<double> MeasureSharingAsync(PostgresRoom room, Broker broker, int hosts)
    {
        var jobs = hosts * JobsPerHost;
        var tally = new Tally(jobs);
        var queues = new List<Queue>();
        for (var host = 0; host < hosts; host++) queues.Add(await StartAsync(room, broker, tally, SlotsSharing));
        await queues[0].FillAsync(jobs);
        var clock = Stopwatch.StartNew();
        foreach (var queue in queues) queue.Work(FixedCost);
        await tally.All;
        var elapsed = clock.Elapsed;
        foreach (var queue in queues) await queue.DisposeAsync();
        return jobs / elapsed.TotalSeconds;
    }

    public static async Task<List<double>> MeasureFairnessAsync(PostgresRoom room, Broker broker, int backlog, IEnumerable<KeyValuePair<string, string?>> ledger)
    {
        await using var queue = await StartAsync(room, broker, new Tally(int.MaxValue), slots: 1, ledger);
        await Parallel.ForEachAsync(Enumerable.Range(0, backlog), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) => await queue.AcceptAsync(OfTheBacklog, queue.owners[0]));
        queue.Work(FairCost);
        var chance = new Random(1);
        // One before is not counted: the program is being compiled.
        for (var newcomer = -2; newcomer >= -2 - Newcomers; newcomer--)
        {
            await queue.AcceptAsync(newcomer, queue.ids.New());
            while (!queue.delays.Any(delay => delay.Number == newcomer)) await Task.Delay(5);
            // At no particular moment of the job that runs.
            await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(100, 300)));
        }
        return [.. queue.delays.Where(delay => delay.Number < -2).Select(delay => delay.Milliseconds).Order()];
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

    private static async Task<Queue> StartAsync(PostgresRoom room, Broker broker, Tally tally, int slots, IEnumerable<KeyValuePair<string, string?>>? ledger = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(room.Settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Configuration.AddInMemoryCollection(broker.Settings);
        builder.Configuration.AddInMemoryCollection(ledger ?? []);
        builder.Logging.ClearProviders().AddFilter(level => level >= LogLevel.Error).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Ids>().AddSingleton<Bell>().AddSingleton(new Slots(slots));
        broker.Add(builder);
        builder.AddJobs();
        builder.AddConsumer("worker", consumer => consumer.On<VideoUploaded, Bell>((bell, _, _, _) => bell.RingAsync()), services => services.GetRequiredService<Slots>());
        var host = builder.Build();
        await host.StartAsync();
        return new Queue(host, tally);
    }

    private Task AcceptAsync(int number) => AcceptAsync(number, owners[number % Owners]);

    private async Task AcceptAsync(int number, Guid owner)
    {
        var video = ids.New();
        accepted[video] = (number, Stopwatch.GetTimestamp());
        await host.Services.GetRequiredService<VideoCatalogue>().AcceptAsync(
            new NewVideo(video, owner, "clip.mp4", 1, new string('0', 64), "mp4", BlobKeys.Source(video), "{}"), CancellationToken.None);
    }

    private Task FillAsync(int jobs) => Parallel.ForEachAsync(Enumerable.Range(0, jobs), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (job, _) => await AcceptAsync(job));

    private void Work(TimeSpan cost)
    {
        var name = $"worker-{ids.New()}";
        working.Add(Task.Run(() => ClaimAsync(name, cost)));
    }

    // As the product's worker does: one loop claims for all free slots; an event, or a job that ended, lets it look again.
    private async Task ClaimAsync(string name, TimeSpan cost)
    {
        var leases = host.Services.GetRequiredService<JobLeases>();
        var bell = host.Services.GetRequiredService<Bell>();
        var slots = host.Services.GetRequiredService<Slots>();
        while (!stop.IsCancellationRequested)
        {
            while (slots.Free is > 0 and var free && await leases.ClaimAsync(name, free, CancellationToken.None) is { Count: > 0 } claims)
            {
                foreach (var claim in claims)
                {
                    if (accepted.TryGetValue(claim.VideoId, out var job)) delays.Enqueue((job.Number, Stopwatch.GetElapsedTime(job.At).TotalMilliseconds));
                    slots.Take();
                    working.Add(Task.Run(() => RunAsync(leases, claim, slots, bell, cost)));
                }
            }
            await ((Task)bell.Rung.WaitAsync(LookInterval, stop.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(JobLeases leases, ClaimedJob claim, Slots slots, Bell bell, TimeSpan cost)
    {
        if (cost > TimeSpan.Zero) await Task.Delay(cost);
        await leases.CompleteAsync(claim, new JobResult(claim.ResultPrefix, 1, 1, 1, 1, 1, 1, "[]"), 0, CancellationToken.None);
        slots.Return();
        await bell.RingAsync();
        tally.Count();
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

/// <summary>Says that there may be work.</summary>
internal sealed class Bell
{
    public Signal Rung { get; } = new(TimeProvider.System);

    public Task RingAsync()
    {
        Rung.Set();
        return Task.CompletedTask;
    }
}

/// <summary>The least that a queue on a database can be: take the oldest row that nobody has, and mark it as done.</summary>
internal static class PlainLoop
{
    private const string Take = "UPDATE plain SET state = 1 WHERE id = (SELECT id FROM plain WHERE state = 0 ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id";

    public static async Task<double> MeasureAsync(PostgresPeer server, int jobs, int workers)
    {
        await server.ExecuteAsync("DROP TABLE IF EXISTS plain");
        await server.ExecuteAsync("CREATE TABLE plain (id bigserial PRIMARY KEY, state int NOT NULL, payload text NOT NULL)");
        await server.ExecuteAsync("CREATE INDEX ON plain (id) WHERE state = 0");
        await server.ExecuteAsync($"INSERT INTO plain (state, payload) SELECT 0, repeat('x', 300) FROM generate_series(1, {jobs})");
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(server))));
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
