using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Kernel.Errors;
using Fotograma.Suites.Ledger;
using Fotograma.Worker.Claiming;
using Fotograma.Worker.Tests.Ledger;

namespace Fotograma.Worker.Tests.Claiming;

/// <summary>Jobs that lost several workers run alone.</summary>
public sealed class CompanyTests
{
    private const int Slots = 2;
    private static readonly Guid Ann = Some.Owner(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_jobs_of_one_owner_only_the_one_that_ends_its_workers_fails()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var culprit = (await worker.Ledger.AcceptAsync(Ann)).Job.Id;
        var sound = (await worker.Ledger.AcceptAsync(Ann)).Job.Id;
        for (var lives = 0; lives < 2 * TestLedger.LossesMax; lives++)
        {
            var inHand = await FillAsync(worker.Begin());
            // It ends the worker before anything else in its hands is done.
            if (inHand.Exists(job => job.Id == culprit)) (await worker.Ledger.Rescue.RescueOrphansOfAsync(worker.Identity.Name, Cancellation)).ShouldBe(inHand.Count);
            else foreach (var job in inHand) (await worker.Ledger.Leases.CompleteAsync(job, Some.ResultOf(job), 0, Cancellation)).ShouldBeTrue();
            await worker.Ledger.TickAsync();
        }
        (await worker.JobAsync(sound)).State.ShouldBe(JobState.Completed);
        var failed = await worker.JobAsync(culprit);
        (failed.State, failed.ErrorCode).ShouldBe((JobState.Failed, ErrorCatalogue.AttemptsExhausted.Code));
    }

    [Fact]
    public async Task Nothing_is_claimed_beside_a_job_that_runs_alone()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var suspect = await SuspectAsync(worker);
        var company = worker.Begin();
        var alone = (await company.ClaimAsync(Slots, [], Cancellation)).ShouldHaveSingleItem();
        (alone.Id, alone.RunsAlone, company.ClaimsNothing).ShouldBe((suspect, true, false));
        var sound = await worker.Ledger.AcceptAsync(Ann);
        (await company.ClaimAsync(Slots - 1, [alone], Cancellation)).ShouldBeEmpty();
        company.ClaimsNothing.ShouldBeTrue("Hints that there is work are for others.");
        (await company.ClaimAsync(Slots, [], Cancellation)).ShouldHaveSingleItem().Id.ShouldBe(sound.Job.Id);
        company.ClaimsNothing.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_has_something_in_hand_passes_it_over_and_who_has_nothing_takes_it_at_once()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var busy = await BusyAsync(worker);
        var suspect = await SuspectAsync(worker);
        (await worker.Begin().ClaimAsync(Slots - 1, [busy], Cancellation)).ShouldBeEmpty();
        (await worker.Begin().ClaimAsync(Slots, [], Cancellation)).ShouldHaveSingleItem().Id.ShouldBe(suspect);
    }

    [Fact]
    public async Task Who_always_has_something_in_hand_makes_itself_free_when_it_has_waited_long_enough()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var busy = await BusyAsync(worker);
        var suspect = await SuspectAsync(worker);
        // Owners who were never served come first.
        for (var owner = 3; owner < 6; owner++) await worker.Ledger.AcceptAsync(Some.Owner(owner));
        var company = worker.Begin();
        (await company.ClaimAsync(1, [busy], Cancellation)).Count.ShouldBe(1);
        await worker.Ledger.PassAsync(Company.Patience - Company.LookEvery);
        (await company.ClaimAsync(1, [busy], Cancellation)).Count.ShouldBe(1);
        await worker.Ledger.PassAsync(Company.LookEvery);
        (await company.ClaimAsync(1, [busy], Cancellation)).ShouldBeEmpty();
        company.ClaimsNothing.ShouldBeTrue();
        (await company.ClaimAsync(Slots, [], Cancellation)).ShouldHaveSingleItem().Id.ShouldBe(suspect, "It comes before the others, for which there was room all the time.");
        company.ClaimsNothing.ShouldBeFalse();
    }

    [Fact]
    public async Task When_another_has_taken_it_who_made_itself_free_goes_on()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var busy = await BusyAsync(worker);
        await SuspectAsync(worker);
        await worker.Ledger.AcceptAsync(Ann);
        var company = worker.Begin();
        await company.ClaimAsync(1, [busy], Cancellation);
        await worker.Ledger.AcceptAsync(Ann);
        await worker.Ledger.PassAsync(Company.Patience);
        (await company.ClaimAsync(1, [busy], Cancellation)).ShouldBeEmpty();
        (await worker.Begin().ClaimAsync(1, [], Cancellation)).ShouldHaveSingleItem().RunsAlone.ShouldBeTrue();
        await worker.Ledger.PassAsync(Company.LookEvery);
        (await company.ClaimAsync(1, [busy], Cancellation)).Count.ShouldBe(1);
        company.ClaimsNothing.ShouldBeFalse();
    }

    [Fact]
    public async Task Of_many_workers_one_makes_itself_free_and_when_that_takes_too_long_another()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var busy = await BusyAsync(worker);
        await worker.Ledger.AcceptAsync(Some.Owner(3));
        await SuspectAsync(worker);
        Company[] companies = [worker.Begin(), worker.BeginAnother(), worker.BeginAnother(), worker.BeginAnother()];
        var freed = new Dictionary<int, int>();
        for (var since = worker.Ledger.Clock.GetUtcNow(); worker.Ledger.Clock.GetUtcNow() - since < TimeSpan.FromMinutes(30);)
        {
            await worker.Ledger.PassAsync(Company.LookEvery);
            foreach (var company in companies) await company.ClaimAsync(1, [busy], Cancellation);
            companies.Count(company => company.ClaimsNothing).ShouldBeLessThanOrEqualTo(1);
            if (Array.FindIndex(companies, company => company.ClaimsNothing) is >= 0 and var index) freed[index] = freed.GetValueOrDefault(index) + 1;
        }
        freed.Keys.ShouldBe([0, 1, 2], ignoreOrder: true, "Who gave up lets others try first.");
        freed[2].ShouldBe(30, "The first time for five minutes.");
    }

    [Fact]
    public async Task Who_gave_up_makes_itself_free_for_longer_the_next_time()
    {
        await using var worker = await MoodyWorker.StartAsync();
        var busy = await BusyAsync(worker);
        await SuspectAsync(worker);
        var company = worker.Begin();
        var spells = new List<int>();
        var before = false;
        while (spells.Count < 3)
        {
            await worker.Ledger.PassAsync(Company.LookEvery);
            await company.ClaimAsync(1, [busy], Cancellation);
            if (company.ClaimsNothing && !before) spells.Add(0);
            if (company.ClaimsNothing) spells[^1]++;
            before = company.ClaimsNothing;
        }
        spells[..2].ShouldBe([30, 60], "Five minutes, then ten.");
    }

    // As the claim loop does.
    private static async Task<List<ClaimedJob>> FillAsync(Company company)
    {
        var inHand = new List<ClaimedJob>();
        while (inHand.Count < Slots && await company.ClaimAsync(Slots - inHand.Count, inHand, Cancellation) is { Count: > 0 } claims) inHand.AddRange(claims);
        return inHand;
    }

    private static Task<ClaimedJob> BusyAsync(MoodyWorker worker) => worker.Ledger.AcceptAndClaimAsync(Some.Owner(2), worker.Identity.Name);

    private static async Task<Guid> SuspectAsync(MoodyWorker worker)
    {
        var video = await worker.Ledger.AcceptAsync(Ann);
        await worker.Ledger.LoseWorkersAsync(TestLedger.LossesAlone);
        return video.Job.Id;
    }
}
