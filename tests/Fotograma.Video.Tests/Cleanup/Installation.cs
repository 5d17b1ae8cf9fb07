using Fotograma.Blobs;
using Fotograma.Data.Schema;
using Fotograma.Jobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Live;
using Fotograma.Video.Cleanup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Video.Tests.Cleanup;

/// <summary>A ledger and a bucket, each in a folder, as a process of the module sees them. Several can share a ledger, a bucket or both. The time is the test's.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly IHost host;
    private readonly SaidLog log = new();
    private readonly CleanupOptions options;

    private Installation(string data, string blobs, FakeTimeProvider clock, CleanupOptions options)
    {
        (Clock, this.options) = (clock, options);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["Data:Folder"] = data;
        builder.Configuration["Blobs:Folder"] = blobs;
        builder.Configuration["Blobs:FreeBytesMin"] = "0";
        builder.Configuration["Sqlite:SurvivePowerLoss"] = "false";
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<Ids>();
        builder.Services.AddSingleton<LiveFeed>();
        builder.AddBlobs();
        builder.AddJobs();
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
        host = builder.Build();
        Marker = new BucketMarker(Bucket);
        Watch = new CleanupWatch(log);
        Sweep = new OrphanSweep(Bucket, Trash, Marker, Watch, options, clock, new LoggerFactory().CreateLogger<OrphanSweep>());
        SoleSweep = new SoleSweep(Trash, Sweep, options, host.Services.GetRequiredService<Ids>(), clock);
    }

    public FakeTimeProvider Clock { get; }

    public Bucket Bucket => host.Services.GetRequiredService<Bucket>();

    public BlobTrash Trash => host.Services.GetRequiredService<BlobTrash>();

    public VideoCatalogue Catalogue => host.Services.GetRequiredService<VideoCatalogue>();

    public JobLeases Leases => host.Services.GetRequiredService<JobLeases>();

    public BucketMarker Marker { get; }

    public CleanupWatch Watch { get; }

    public OrphanSweep Sweep { get; }

    public SoleSweep SoleSweep { get; }

    /// <summary>The errors that were logged.</summary>
    public IReadOnlyList<string> Errors => log.Errors;

    public static async Task<Installation> StartAsync(string data, string blobs, FakeTimeProvider clock, CleanupOptions? options = null)
    {
        var made = new Installation(data, blobs, clock, options ?? new CleanupOptions());
        await made.host.Services.GetServices<ModuleSchema>().Single(schema => schema.Module == "video").MigrateAsync(TestContext.Current.CancellationToken);
        return made;
    }

    public Task<string> AdoptAsync(bool confirmed = true) =>
        new Adoption(Bucket, Trash, Marker, options, Clock).RunAsync(confirmed, TestContext.Current.CancellationToken);

    /// <summary>Stores an upload that no row knows.</summary>
    public async Task<Guid> StoreAsync()
    {
        var id = host.Services.GetRequiredService<Ids>().New();
        await WriteAsync(BlobKeys.Source(id));
        return id;
    }

    /// <summary>Stores an upload and accepts it.</summary>
    public async Task<VideoView> AcceptAsync()
    {
        var id = await StoreAsync();
        return await AcceptAsync(id);
    }

    /// <summary>Accepts an upload that is stored.</summary>
    public Task<VideoView> AcceptAsync(Guid id) => Catalogue.AcceptAsync(
        new NewVideo(id, new Guid(1, 0, 0, new byte[8]), "a.mp4", 3, new string('a', 64), "mp4", BlobKeys.Source(id), "{}"), TestContext.Current.CancellationToken);

    public async Task WriteAsync(string key)
    {
        await using var writer = await Bucket.CreateAsync(key, TestContext.Current.CancellationToken);
        await writer.WriteAsync(new byte[3], TestContext.Current.CancellationToken);
        await writer.CommitAsync(TestContext.Current.CancellationToken);
    }

    public async Task<bool> HasAsync(Guid video) => await Bucket.FindAsync(BlobKeys.Source(video), TestContext.Current.CancellationToken) is not null;

    public async Task<int> CountAsync(IEnumerable<Guid> videos)
    {
        var there = 0;
        foreach (var video in videos) there += await HasAsync(video) ? 1 : 0;
        return there;
    }

    public Task<bool> SweepAsync() => Sweep.RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Sweeps, and again when it may delete what it found.</summary>
    public async Task SweepTwiceAsync()
    {
        await SweepAsync();
        PassOrphanAge();
        await SweepAsync();
    }

    public void PassOrphanAge() => Clock.Advance(TimeSpan.FromSeconds(options.OrphanSeconds + 1));

    public async Task<HealthCheckResult> HealthAsync() => await Watch.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }

    private sealed class SaidLog : ILogger<CleanupWatch>
    {
        private readonly List<string> errors = [];

        public IReadOnlyList<string> Errors => errors;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error) errors.Add(formatter(state, exception));
        }
    }
}
