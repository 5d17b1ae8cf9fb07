using Fotograma.Jobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Live;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Suites.Ledger;

/// <summary>
/// The ledger as the server builds it, over a place of its own. Hosted services are not started: events stay in the outbox, where a test can
/// read them.
/// </summary>
internal sealed class TestLedger : IAsyncDisposable
{
    public const int LeaseSeconds = 30;
    public const int AttemptsMax = 3;
    public const int LossesMax = 4;
    public const int LossesAlone = 3;
    public const double RetryDelaySeconds = 4;

    private readonly LedgerPlace place;
    private readonly IHost host;

    private TestLedger(LedgerPlace place, IReadOnlyDictionary<string, string?> settings, Random? chance)
    {
        this.place = place;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton<Ids>();
        builder.Services.AddSingleton<LiveFeed>();
        builder.Services.AddSingleton<ITransport>(new Broker(Published));
        if (chance is not null) builder.Services.AddSingleton(chance);
        builder.AddJobs();
        place.Register(builder.Services);
        builder.Services.ConfigurationFaults().ShouldBeEmpty();
        host = builder.Build();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public IServiceProvider Services => host.Services;

    public VideoCatalogue Catalogue => host.Services.GetRequiredService<VideoCatalogue>();

    public JobLeases Leases => host.Services.GetRequiredService<JobLeases>();

    public JobRescue Rescue => host.Services.GetRequiredService<JobRescue>();

    public BlobTrash Trash => host.Services.GetRequiredService<BlobTrash>();

    public ILedgerStore Store => host.Services.GetRequiredService<ILedgerStore>();

    public JobNews News => host.Services.GetRequiredService<JobNews>();

    /// <summary>What was published past the outbox.</summary>
    public List<CloudEvent> Published { get; } = [];

    public JobSignals Signals => host.Services.GetRequiredService<JobSignals>();

    public Ids Ids => host.Services.GetRequiredService<Ids>();

    public Random Chance => host.Services.GetRequiredService<Random>();

    /// <summary>Makes an empty ledger. Settings are configuration keys; <paramref name="chance"/> replaces the source of jitter.</summary>
    public static async Task<TestLedger> MakeAsync(LedgerPlace place, Dictionary<string, string?>? settings = null, Random? chance = null)
    {
        var all = new Dictionary<string, string?>
        {
            ["Jobs:LeaseSeconds"] = $"{LeaseSeconds}",
            ["Jobs:AttemptsMax"] = $"{AttemptsMax}",
            ["Jobs:LossesMax"] = $"{LossesMax}",
            ["Jobs:RetryDelaySeconds"] = $"{RetryDelaySeconds}",
        };
        foreach (var (key, value) in place.Settings.Concat(settings ?? [])) all[key] = value;
        var ledger = new TestLedger(place, all, chance);
        await place.PrepareAsync(ledger.Services, ledger.Clock, Some.Cancellation);
        await place.TimePassedAsync(ledger.Clock.GetUtcNow(), Some.Cancellation);
        return ledger;
    }

    /// <summary>A video about to be accepted, with an id of this moment.</summary>
    public NewVideo NewVideo(Guid owner, string name = "a.mp4")
    {
        var id = Ids.New();
        return new NewVideo(id, owner, name, 1234, new string('a', 64), "mp4", BlobKeys.Source(id), "{}");
    }

    /// <summary>Accepts a video and lets a millisecond pass, so that ids sort in the order of the calls.</summary>
    public async Task<VideoView> AcceptAsync(Guid owner, string name = "a.mp4")
    {
        var view = await Catalogue.AcceptAsync(NewVideo(owner, name), Some.Cancellation);
        await TickAsync();
        return view;
    }

    /// <summary>Claims a job, which must be there, and lets a millisecond pass.</summary>
    public async Task<ClaimedJob> ClaimAsync(string worker = "w1")
    {
        var claim = await Leases.ClaimAsync(worker, Some.Cancellation);
        await TickAsync();
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

    /// <summary>Lets so many workers die one after the other, each with everything in hand that is due.</summary>
    public async Task LoseWorkersAsync(int count)
    {
        for (var lost = 0; lost < count; lost++)
        {
            while (await Leases.ClaimAsync("lost", Some.Cancellation) is not null) await TickAsync();
            (await Rescue.RescueOrphansOfAsync("lost", Some.Cancellation)).ShouldBeGreaterThan(0);
            await TickAsync();
        }
    }

    public Task TickAsync() => PassAsync(TimeSpan.FromMilliseconds(1));

    public Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        return place.TimePassedAsync(Clock.GetUtcNow(), Some.Cancellation);
    }

    /// <summary>Lets every lease run out that is not renewed meanwhile.</summary>
    public async Task PassLeaseAsync()
    {
        // A rescuer that goes by what it watched must have seen the leases as they are.
        await Rescue.RescueExpiredAsync(Some.Cancellation);
        await PassAsync(TimeSpan.FromSeconds(LeaseSeconds + 1));
    }

    public Task<IReadOnlyList<JobRow>> JobsAsync() => place.JobsAsync(Services, Some.Cancellation);

    public async Task<JobRow> JobAsync(Guid job) => (await JobsAsync()).Single(row => row.Id == job);

    /// <summary>Every event about a job written so far, in order.</summary>
    public async Task<List<CloudEvent>> EventsAsync() => [.. (await AllEventsAsync()).Where(happened => happened.Type != VideoCreated.Type)];

    /// <summary>Every event written so far, in order, without the first so many.</summary>
    public Task<IReadOnlyList<CloudEvent>> AllEventsAsync(int without = 0) => place.EventsAsync(Services, without, Some.Cancellation);

    /// <summary>The types of the events about one job, in order, without the first one (<c>video.uploaded</c>).</summary>
    public async Task<List<string>> EndingsAsync(Guid job) =>
        [.. (await EventsAsync()).Where(happened => happened.Subject == job.ToString() && happened.Type != VideoUploaded.Type).Select(happened => happened.Type)];

    public async ValueTask DisposeAsync()
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
        await place.DisposeAsync();
    }

    private sealed class Broker(List<CloudEvent> published) : ITransport
    {
        public TransportCapabilities Capabilities => new("none", false, false, false, false);

        public Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation) => Task.CompletedTask;

        public Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
        {
            published.AddRange(events);
            return Task.CompletedTask;
        }

        public Task ConsumeAsync(
            Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation) => throw NotStarted();

        public Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) => throw NotStarted();

        public Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation) => throw NotStarted();

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

    public static JobResult ResultOf(ClaimedJob claim) => new(claim.ResultPrefix, 10, 4096, 640, 360, 10.5, 3, "[]", 7);

    /// <summary>An owner whose id sorts by <paramref name="number"/>; never the empty id.</summary>
    public static Guid Owner(int number) => new(number + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
