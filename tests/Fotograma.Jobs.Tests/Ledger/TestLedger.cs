using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Live;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Transport;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Jobs.Tests.Ledger;

/// <summary>
/// The ledger as the server builds it, over a SQLite file of its own. Hosted services are not started: events stay in the outbox, where a test can
/// read them.
/// </summary>
internal sealed class TestLedger : IAsyncDisposable
{
    public const int LeaseSeconds = 30;
    public const int AttemptsMax = 3;
    public const double RetryDelaySeconds = 4;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ledger-");
    private readonly IHost host;
    private readonly IDbContextFactory<LedgerDb> databases;

    private TestLedger(Dictionary<string, string?> settings, Random? chance)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.Configuration["Data:Folder"] = folder.FullName;
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton<Ids>();
        builder.Services.AddSingleton<LiveFeed>();
        builder.Services.AddSingleton<ITransport, NoTransport>();
        if (chance is not null) builder.Services.AddSingleton(chance);
        builder.AddJobs();
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
        host = builder.Build();
        databases = host.Services.GetRequiredService<IDbContextFactory<LedgerDb>>();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public VideoCatalogue Catalogue => host.Services.GetRequiredService<VideoCatalogue>();

    public JobLeases Leases => host.Services.GetRequiredService<JobLeases>();

    public JobRescue Rescue => host.Services.GetRequiredService<JobRescue>();

    public BlobTrash Trash => host.Services.GetRequiredService<BlobTrash>();

    public JobSignals Signals => host.Services.GetRequiredService<JobSignals>();

    public Ids Ids => host.Services.GetRequiredService<Ids>();

    public Random Chance => host.Services.GetRequiredService<Random>();

    public string File => Path.Combine(folder.FullName, "video.db");

    /// <summary>Makes an empty ledger. Settings are configuration keys; <paramref name="chance"/> replaces the source of jitter.</summary>
    public static async Task<TestLedger> MakeAsync(Dictionary<string, string?>? settings = null, Random? chance = null)
    {
        var all = new Dictionary<string, string?>
        {
            ["Jobs:LeaseSeconds"] = $"{LeaseSeconds}",
            ["Jobs:AttemptsMax"] = $"{AttemptsMax}",
            ["Jobs:RetryDelaySeconds"] = $"{RetryDelaySeconds}",
            ["Sqlite:SurvivePowerLoss"] = "false",
        };
        foreach (var (key, value) in settings ?? []) all[key] = value;
        var ledger = new TestLedger(all, chance);
        await using var db = await ledger.OpenAsync();
        await db.Database.MigrateAsync(TestContext.Current.CancellationToken);
        return ledger;
    }

    public Task<LedgerDb> OpenAsync() => databases.CreateDbContextAsync(TestContext.Current.CancellationToken);

    /// <summary>A video about to be accepted, with an id of this moment.</summary>
    public NewVideo NewVideo(Guid owner, string name = "a.mp4")
    {
        var id = Ids.New();
        return new NewVideo(id, owner, name, 1234, new string('a', 64), "mp4", BlobKeys.Source(id), "{}");
    }

    /// <summary>Accepts a video and lets a millisecond pass, so that ids sort in the order of the calls.</summary>
    public async Task<VideoView> AcceptAsync(Guid owner, string name = "a.mp4")
    {
        var view = await Catalogue.AcceptAsync(NewVideo(owner, name), TestContext.Current.CancellationToken);
        Tick();
        return view;
    }

    /// <summary>Claims a job, which must be there, and lets a millisecond pass.</summary>
    public async Task<ClaimedJob> ClaimAsync(string worker = "w1")
    {
        var claim = await Leases.ClaimAsync(worker, TestContext.Current.CancellationToken);
        Tick();
        return claim.ShouldNotBeNull();
    }

    /// <summary>Accepts a video and claims its job.</summary>
    public async Task<ClaimedJob> AcceptAndClaimAsync(Guid owner, string worker = "w1")
    {
        var video = await AcceptAsync(owner);
        var claim = await ClaimAsync(worker);
        claim.Id.ShouldBe(video.Job.Id);
        return claim;
    }

    public void Tick() => Clock.Advance(TimeSpan.FromMilliseconds(1));

    public void PassLease() => Clock.Advance(TimeSpan.FromSeconds(LeaseSeconds + 1));

    public async Task<JobRow> JobAsync(Guid job)
    {
        await using var db = await OpenAsync();
        return await db.Jobs.AsNoTracking().SingleAsync(row => row.Id == job, TestContext.Current.CancellationToken);
    }

    /// <summary>Every event written so far, in order.</summary>
    public async Task<List<CloudEvent>> EventsAsync()
    {
        await using var db = await OpenAsync();
        var bodies = await db.Set<OutboxRow>().AsNoTracking().OrderBy(row => row.Sequence).Select(row => row.Body)
            .ToListAsync(TestContext.Current.CancellationToken);
        return [.. bodies.Select(body => CloudEvent.FromJson(body))];
    }

    /// <summary>The types of the events about one job, in order, without the first one (<c>video.uploaded</c>).</summary>
    public async Task<List<string>> EndingsAsync(Guid job) =>
        [.. (await EventsAsync()).Where(happened => happened.Subject == job.ToString() && happened.Type != VideoUploaded.Type).Select(happened => happened.Type)];

    public async ValueTask DisposeAsync()
    {
        await using (var db = await databases.CreateDbContextAsync(CancellationToken.None))
            SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection());
        host.Dispose();
        folder.Delete(recursive: true);
    }

    private sealed class NoTransport : ITransport
    {
        public TransportCapabilities Capabilities => new("none", false, false, false, false);

        public Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation) => throw NotStarted();

        public Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation) => throw NotStarted();

        public Task ConsumeAsync(
            Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation) => throw NotStarted();

        public Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) => throw NotStarted();

        public Task PingAsync(CancellationToken cancellation) => throw NotStarted();

        private static InvalidOperationException NotStarted() => new("Hosted services are not started in these tests.");
    }
}

/// <summary>What tests say again and again.</summary>
internal static class Some
{
    public static readonly JobProgress Progress = new(50, 5, 10, 2, 3);

    public static readonly JobFailure Transient = new("storage_unavailable", "Try again later.", Transient: true);

    public static readonly JobFailure Permanent = new("not_a_video", "Upload a video.", Transient: false);

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static JobResult ResultOf(ClaimedJob claim) => new(claim.ResultPrefix, 10, 4096, 640, 360, 10.5, 3, "[]");

    /// <summary>An owner whose id sorts by <paramref name="number"/>; never the empty id.</summary>
    public static Guid Owner(int number) => new(number + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
