using System.Diagnostics.Metrics;
using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Kernel.Hosting;
using Fotograma.Media.Extraction;
using Fotograma.Suites.Ledger;
using Fotograma.Worker.Claiming;
using Fotograma.Worker.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Worker.Tests.Ledger;

/// <summary>The parts of a worker that speak with the ledger, over a ledger with moods and a bucket in a folder.</summary>
internal sealed class MoodyWorker : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fotograma-worker-").FullName;
    private readonly MoodyPlace place;
    private readonly TestLedger ledger;
    private readonly List<WorkerIdentity> others = [];
    private readonly ServiceProvider meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener listener = new();
    private long fenceRejections;

    private MoodyWorker(Mood mood, MoodyPlace place, TestLedger ledger, int leaseSeconds)
    {
        (Mood, this.place, this.ledger) = (mood, place, ledger);
        Cramped = new CrampedDriver(BlobRegistration.OpenFolder(Path.Combine(folder, "blobs"), 0, TimeProvider.System, ledger.Ids));
        Bucket = new Bucket(Cramped);
        Room = new StoreRoom(Bucket, NullLogger<StoreRoom>.Instance);
        var jobs = new JobOptions { LeaseSeconds = leaseSeconds };
        var counts = new JobCounts(meters.GetRequiredService<IMeterFactory>());
        Listen();
        Identity = new WorkerIdentity(new DataOptions { Folder = folder }, ledger.Ids);
        Ends = new AttemptEnd(ledger.Leases, ledger.Trash, Bucket, jobs, counts, TimeProvider.System, NullLogger<AttemptEnd>.Instance);
        Doubts = new DoubtfulClaims(ledger.Leases, ledger.Rescue, Identity, jobs, TimeProvider.System, NullLogger<DoubtfulClaims>.Instance);
        Begin = () => CompanyOf(Identity);
        Runner = new JobRunner(
            ledger.Leases, ledger.Signals, Ends, Room, Bucket, new ResultWriter(Bucket, new VideoExtractor(new VideoExtractorOptions { DecoderPath = "none" })), jobs, new WorkerOptions(), counts,
            TimeProvider.System, NullLogger<JobRunner>.Instance);
        HeartOf = claim => new Heartbeat(
            claim, ledger.Leases, ledger.Signals, new ProgressMeter(TimeProvider.System), jobs, new WorkerOptions { HeartbeatMilliseconds = 100 }, counts, TimeProvider.System,
            NullLogger.Instance);
    }

    public Mood Mood { get; }

    /// <summary>What the metric of writes that were turned away says.</summary>
    public long FenceRejections => Interlocked.Read(ref fenceRejections);

    public TestLedger Ledger => ledger;

    public Bucket Bucket { get; }

    /// <summary>What the bucket is on.</summary>
    public CrampedDriver Cramped { get; }

    public StoreRoom Room { get; }

    /// <summary>Runs claimed jobs, without a decoder.</summary>
    public JobRunner Runner { get; }

    public WorkerIdentity Identity { get; }

    public AttemptEnd Ends { get; }

    public DoubtfulClaims Doubts { get; }

    /// <summary>Begins to claim as a process does that was just started.</summary>
    public Func<Company> Begin { get; }

    public Func<ClaimedJob, Heartbeat> HeartOf { get; }

    public static async Task<MoodyWorker> StartAsync(int leaseSeconds = 30)
    {
        var mood = new Mood();
        var place = new MoodyPlace(mood);
        return new MoodyWorker(mood, place, await TestLedger.MakeAsync(place), leaseSeconds);
    }

    /// <summary>Begins to claim as another process does on the same ledger.</summary>
    public Company BeginAnother()
    {
        others.Add(new WorkerIdentity(new DataOptions { Folder = folder }, ledger.Ids));
        others[^1].Name.ShouldNotBe(Identity.Name);
        return CompanyOf(others[^1]);
    }

    /// <summary>A claimed job with something stored for it.</summary>
    public async Task<ClaimedJob> BeginAsync()
    {
        var claim = await ledger.AcceptAndClaimAsync(Some.Owner(1), Identity.Name);
        await using var blob = await Bucket.CreateAsync(BlobKeys.Archive(claim.ResultPrefix), Some.Cancellation);
        await blob.WriteAsync("frames"u8.ToArray(), Some.Cancellation);
        await blob.CommitAsync(Some.Cancellation);
        return claim;
    }

    public async Task<JobRow> JobAsync(Guid id) => (await place.JobsAsync(ledger.Services, Some.Cancellation)).Single(job => job.Id == id);

    public async Task<bool> HasResultAsync(ClaimedJob claim) => await Bucket.FindAsync(BlobKeys.Archive(claim.ResultPrefix), Some.Cancellation) is not null;

    public async ValueTask DisposeAsync()
    {
        foreach (var other in others) other.Dispose();
        listener.Dispose();
        Identity.Dispose();
        await ledger.DisposeAsync();
        await meters.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private Company CompanyOf(WorkerIdentity identity) => new(Doubts, ledger.Leases, identity, ledger.Clock, NullLogger<Company>.Instance);

    private void Listen()
    {
        var mine = meters.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Meter.Scope == mine && instrument.Name == "fotograma.jobs.fence_rejected") all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref fenceRejections, value));
        listener.Start();
    }
}
