using System.Diagnostics;
using System.Net;
using Fotograma.Clips;
using Fotograma.EndToEnd.Tests.Hosts;
using Fotograma.Peers.Redis;

namespace Fotograma.EndToEnd.Tests.Deployments;

/// <summary>Pages in one process, workers in others, on one data folder; signals travel by Redis.</summary>
public sealed class ProcessPairTests
{
    // Far below the heartbeat of a minute, and enough for a machine that is busy with other tests.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancelling_in_one_process_ends_the_decoder_of_another_at_once()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        // A heartbeat alone would learn of the cancellation only after a minute.
        await using var pair = await Pair.StartAsync(redis, 1, Cancellation, ("Worker__HeartbeatMilliseconds", "60000"), ("Jobs__LeaseSeconds", "600"));
        using var user = await ApiUser.RegisterAsync(pair.Pages.Address, Cancellation);
        var (_, job) = await user.UploadAsync(await LoadClips.Busy.PathAsync(Cancellation), Cancellation, ("fps", "30"));
        await user.WaitForStateAsync(job, "processing", Cancellation);
        var decoders = await DecodersAsync(pair.Workers[0]);

        using (var answer = await user.Http.PostAsync($"/api/v1/jobs/{job}/cancel", null, Cancellation)) answer.EnsureSuccessStatusCode();

        await Children.EndedAsync(decoders, AtOnce, Cancellation);
    }

    [Fact]
    public async Task Progress_written_by_another_process_is_on_the_page_within_a_second()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var pair = await Pair.StartAsync(redis, 1, Cancellation, ("Worker__HeartbeatMilliseconds", "250"));
        using var user = await ApiUser.RegisterAsync(pair.Pages.Address, Cancellation);
        var (_, job) = await user.UploadAsync(await LoadClips.Busy.PathAsync(Cancellation), Cancellation, ("fps", "15"));

        var since = new Stopwatch();
        var gaps = new List<TimeSpan>();
        await user.WaitForAsync(job, news =>
        {
            if (since.IsRunning) gaps.Add(since.Elapsed);
            since.Restart();
            return news.GetProperty("state").GetString() == "completed";
        }, Cancellation);

        // Looking alone gives news every two seconds.
        gaps.Count.ShouldBeGreaterThan(3);
        gaps.Order().ElementAt(gaps.Count / 2).ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Idle_workers_of_another_process_begin_at_once()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var pair = await Pair.StartAsync(redis, 1, Cancellation, ("Worker__PollMilliseconds", "60000"), ("Messaging__PollMilliseconds", "60000"));
        using var user = await ApiUser.RegisterAsync(pair.Pages.Address, Cancellation);
        var clip = await GoodClips.OneSecond.PathAsync(Cancellation);
        var since = Stopwatch.StartNew();
        var (_, job) = await user.UploadAsync(clip, Cancellation);
        await user.WaitForEndAsync(job, Cancellation);
        since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20), "Nobody looks before a minute is over.");
    }

    [Fact]
    public async Task Two_workers_share_a_backlog()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var pair = await Pair.StartAsync(redis, 2, Cancellation, ("Worker__ConcurrentJobsMax", "1"));
        using var user = await ApiUser.RegisterAsync(pair.Pages.Address, Cancellation);
        var clip = await GoodClips.ThreeSeconds.PathAsync(Cancellation);
        var jobs = new List<Guid>();
        for (var i = 0; i < 10; i++) jobs.Add((await user.UploadAsync(clip, Cancellation)).Job);

        foreach (var job in jobs) (await user.WaitForEndAsync(job, Cancellation)).GetProperty("state").GetString().ShouldBe("completed");

        var shares = pair.Workers.Select(worker => worker.Output.Split('\n').Count(line => line.Contains("is completed with", StringComparison.Ordinal))).ToList();
        shares.Sum().ShouldBe(jobs.Count, "No job is done twice.");
        shares.ShouldAllBe(share => share >= 2);
    }

    [Fact]
    public async Task Job_whose_only_worker_died_waits_again_though_nobody_is_left_but_the_pages()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var pair = await Pair.StartAsync(redis, 1, Cancellation, ("Jobs__LeaseSeconds", "2"), ("Jobs__RescueMilliseconds", "200"), ("Worker__HeartbeatMilliseconds", "500"));
        using var user = await ApiUser.RegisterAsync(pair.Pages.Address, Cancellation);
        var (_, job) = await user.UploadAsync(await LoadClips.Busy.PathAsync(Cancellation), Cancellation, ("fps", "30"));
        await user.WaitForStateAsync(job, "processing", Cancellation);

        await pair.Workers[0].KillAsync(Cancellation);

        await user.WaitForStateAsync(job, "pending", Cancellation);
        pair.Pages.Output.ShouldContain("1 jobs were taken back from workers that fell silent.");
    }

    [Fact]
    public async Task Redis_that_dies_costs_no_job_and_is_said_in_health()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        await using var pair = await Pair.StartAsync(redis, 1, Cancellation);
        using var user = await ApiUser.RegisterAsync(pair.Pages.Address, Cancellation);
        await redis.KillAsync();

        var (_, job) = await user.UploadAsync(await GoodClips.OneSecond.PathAsync(Cancellation), Cancellation);
        (await user.WaitForEndAsync(job, Cancellation)).GetProperty("state").GetString().ShouldBe("completed");

        await Health.BecomesAsync(pair.Pages.Address, "fleeting", "degraded", Cancellation);
        await Health.BecomesAsync(pair.Pages.Address, "signals", "degraded", Cancellation);
        using (var ready = await user.Http.GetAsync("/health/ready", Cancellation)) ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        await redis.StartAgainAsync(Cancellation);
        await Health.BecomesAsync(pair.Pages.Address, "fleeting", "healthy", Cancellation);
        await Health.BecomesAsync(pair.Pages.Address, "signals", "healthy", Cancellation);
    }

    private static async Task<IReadOnlyList<int>> DecodersAsync(FotogramaServer worker)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            if (Children.DecodersOf(worker.ProcessId) is { Count: > 0 } decoders) return decoders;
            await timer.WaitForNextTickAsync(bound.Token);
        }
    }

    private sealed class Pair : IAsyncDisposable
    {
        private Pair(FotogramaServer pages) => Pages = pages;

        public FotogramaServer Pages { get; }

        public List<FotogramaServer> Workers { get; } = [];

        public static async Task<Pair> StartAsync(RedisPeer redis, int workers, CancellationToken cancellation, params (string Name, string Value)[] settings)
        {
            (string, string)[] shared = [.. settings, ("Fleeting__Driver", "redis"), ("Redis__Endpoints", redis.Endpoint)];
            var pair = new Pair(await FotogramaServer.StartAsync(cancellation, [.. shared, ("FOTOGRAMA_MODULES", "auth,video,notify,web")]));
            for (var i = 0; i < workers; i++)
            {
                pair.Workers.Add(await FotogramaServer.StartAsync(
                    cancellation, [.. shared, ("FOTOGRAMA_MODULES", "worker"), ("FOTOGRAMA_DATA", pair.Pages.Folder)]));
            }
            return pair;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var worker in Workers) await worker.DisposeAsync();
            await Pages.DisposeAsync();
        }
    }
}
