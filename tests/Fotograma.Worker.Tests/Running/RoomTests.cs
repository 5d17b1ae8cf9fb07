using Fotograma.Blobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Ledger;
using Fotograma.Kernel.Errors;
using Fotograma.Media.Faults;
using Fotograma.Suites.Ledger;
using Fotograma.Worker.Tests.Ledger;

namespace Fotograma.Worker.Tests.Running;

/// <summary>Jobs for which there is no room, on a worker of one slot. Others end by failing at once: their uploads are gone, and there is no decoder here.</summary>
public sealed class RoomTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly Guid Ann = Some.Owner(1);

    public static IEnumerable<TheoryDataRow<string, Func<BlobException>, string, double>> Lacks =>
    [
        new("no room", () => new BlobNoSpaceException("full"), ErrorCatalogue.StorageFailed.Code, 10.9),
        new("more than may be copied", () => new BlobTooLargeException("videos/x", 2, 1), MediaFault.InputTooLarge.Code, 0),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_job_for_which_there_is_no_room_holds_nobody_up()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var large = await LargeAsync(worker, () => new BlobNoSpaceException("full"));
        var small = new List<Guid>();
        for (var i = 0; i < 10; i++) small.Add((await worker.Ledger.AcceptAsync(i % 2 == 0 ? Ann : Some.Owner(2))).Job.Id);
        (await WorkAsync(worker)).ShouldBe(11);
        foreach (var id in small) (await worker.JobAsync(id)).ErrorCode.ShouldBe(ErrorCatalogue.SourceMissing.Code);
        var waits = await worker.JobAsync(large.Job.Id);
        (waits.State, waits.Attempt, waits.Shortages).ShouldBe((JobState.Pending, 0, 1));
        // And once there is room it is worked on.
        worker.Cramped.Lacks = _ => null;
        await worker.Ledger.PassAsync(TimeSpan.FromSeconds(5));
        (await WorkAsync(worker)).ShouldBe(1);
        (await worker.JobAsync(large.Job.Id)).ErrorCode.ShouldBe(ErrorCatalogue.SourceMissing.Code);
    }

    [Theory, MemberData(nameof(Lacks))]
    public async Task A_job_for_which_there_is_never_room_fails_within_half_a_day(string what, Func<BlobException> lack, string code, double hours)
    {
        await using var worker = await MoodyWorker.StartAsync();
        var large = await LargeAsync(worker, lack);
        var since = worker.Ledger.Clock.GetUtcNow();
        JobRow failed;
        while ((failed = await worker.JobAsync(large.Job.Id)).State == JobState.Pending)
        {
            if (failed.NextRunAt > worker.Ledger.Clock.GetUtcNow()) await worker.Ledger.PassAsync(failed.NextRunAt - worker.Ledger.Clock.GetUtcNow());
            await WorkAsync(worker);
        }
        (failed.State, failed.ErrorCode, failed.Attempt).ShouldBe((JobState.Failed, code, 1));
        (failed.FinishedAt!.Value - since).ShouldBeInRange(TimeSpan.FromHours(hours), TimeSpan.FromHours(hours + 0.3), what);
        (await worker.Ledger.EndingsAsync(large.Job.Id)).ShouldBe([Messages.VideoFailed.Type]);
    }

    [Fact]
    public async Task A_job_that_was_given_back_for_other_reasons_waits_for_room_as_long_as_any()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var large = await LargeAsync(worker, () => new BlobNoSpaceException("full"));
        for (var i = 0; i < 70; i++) (await worker.Ledger.Leases.ReleaseAsync(await worker.Ledger.ClaimAsync(), Cancellation)).ShouldBeTrue();
        await WorkAsync(worker);
        var waits = await worker.JobAsync(large.Job.Id);
        (waits.State, waits.Shortages).ShouldBe((JobState.Pending, 1));
        (waits.NextRunAt - worker.Ledger.Clock.GetUtcNow()).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Where_there_is_no_room_at_all_nothing_is_claimed()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var first = await LargeAsync(worker, () => new BlobNoSpaceException("full"));
        var second = await worker.Ledger.AcceptAsync(Ann);
        worker.Cramped.IsFull = true;
        (await WorkAsync(worker)).ShouldBe(1);
        (await worker.JobAsync(second.Job.Id)).Epoch.ShouldBe(0);
        await worker.Ledger.PassAsync(2 * Hour);
        (await WorkAsync(worker)).ShouldBe(0, "However long it takes.");
        worker.Cramped.IsFull = false;
        worker.Cramped.Lacks = _ => null;
        (await WorkAsync(worker)).ShouldBe(2);
        (await worker.JobAsync(first.Job.Id)).Shortages.ShouldBe(1);
    }

    [Fact]
    public async Task Where_the_store_is_away_nothing_is_claimed_for_as_long_as_it_is()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var first = await worker.Ledger.AcceptAsync(Ann);
        var second = await worker.Ledger.AcceptAsync(Ann);
        worker.Cramped.IsAway = true;
        (await WorkAsync(worker)).ShouldBe(1);
        await worker.Ledger.PassAsync(100 * Hour);
        (await WorkAsync(worker)).ShouldBe(0, "However long it takes.");
        (await worker.JobAsync(first.Job.Id)).State.ShouldBe(JobState.Pending);
        (await worker.JobAsync(second.Job.Id)).Epoch.ShouldBe(0);
        worker.Cramped.IsAway = false;
        (await WorkAsync(worker)).ShouldBe(2);
    }

    private static async Task<VideoView> LargeAsync(MoodyWorker worker, Func<BlobException> lack)
    {
        var large = await worker.Ledger.AcceptAsync(Ann, "large.mp4");
        worker.Cramped.Lacks = key => key == Jobs.BlobKeys.Source(large.Id) ? lack() : null;
        return large;
    }

    // As the claim loop does, with one slot, until nothing is due.
    private static async Task<int> WorkAsync(MoodyWorker worker)
    {
        var company = worker.Begin();
        for (var done = 0; ; done++)
        {
            if (!await worker.Room.SufficesAsync(Cancellation) || await company.ClaimAsync(1, [], Cancellation) is not [var claim]) return done;
            await worker.Runner.RunAsync(claim, CancellationToken.None);
            await worker.Ledger.TickAsync();
        }
    }
}
