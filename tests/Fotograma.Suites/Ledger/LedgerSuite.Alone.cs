using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;

namespace Fotograma.Suites.Ledger;

/// <summary>Jobs that lost several workers.</summary>
public abstract partial class LedgerSuite
{
    private static readonly Guid Cid = Some.Owner(3);
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_job_that_lost_several_workers_is_passed_over_by_who_has_something_in_hand()
    {
        await using var ledger = await MakeAsync();
        var suspect = await ledger.AcceptAsync(Ann);
        await ledger.LoseWorkersAsync(TestLedger.LossesAlone - 1);
        (await KeepAsync(ledger, "w1")).ShouldBeFalse();
        (await InCompanyAsync(ledger)).ShouldHaveSingleItem().RunsAlone.ShouldBeFalse();
        (await ledger.Rescue.RescueOrphansOfAsync("w1", Some.Cancellation)).ShouldBe(1);
        await ledger.TickAsync();
        (await InCompanyAsync(ledger)).ShouldBeEmpty();
        var sound = await ledger.AcceptAsync(Ann);
        (await InCompanyAsync(ledger)).ShouldHaveSingleItem().Id.ShouldBe(sound.Job.Id);
        (await KeepAsync(ledger, "w1")).ShouldBeTrue();
        var alone = (await ledger.Leases.ClaimAsync("w2", 4, JobChoice.Any, Some.Cancellation)).ShouldHaveSingleItem();
        (alone.Id, alone.Losses, alone.RunsAlone).ShouldBe((suspect.Job.Id, TestLedger.LossesAlone, true));
        (await KeepAsync(ledger, "w1")).ShouldBeFalse("Another was free before, and has it.");
        // It stays so when it is given back for another reason.
        (await ledger.Leases.ReleaseAsync(alone, Some.Cancellation)).ShouldBeTrue();
        await ledger.TickAsync();
        (await InCompanyAsync(ledger)).ShouldBeEmpty();
        (await ledger.JobAsync(suspect.Job.Id)).State.ShouldBe(JobState.Pending);
    }

    [Fact]
    public async Task Nothing_is_given_together_with_a_job_that_must_run_alone()
    {
        await using var ledger = await MakeAsync();
        var suspect = await ledger.AcceptAsync(Ann);
        await ledger.LoseWorkersAsync(TestLedger.LossesAlone);
        foreach (var owner in (Guid[])[Bob, Cid])
        {
            // Served after her, and so next after her.
            var served = (await InCompanyAsync(ledger, await ledger.AcceptAsync(owner))).ShouldHaveSingleItem();
            (await ledger.Leases.CompleteAsync(served, Some.ResultOf(served), 0, Some.Cancellation)).ShouldBeTrue();
            await ledger.TickAsync();
        }
        Guid[] sound = [(await ledger.AcceptAsync(Bob)).Job.Id, (await ledger.AcceptAsync(Cid)).Job.Id];
        var given = new List<IReadOnlyList<ClaimedJob>>();
        while (await ledger.Leases.ClaimAsync("w1", 4, JobChoice.Any, Some.Cancellation) is { Count: > 0 } claims) given.Add(claims);
        given[0].ShouldHaveSingleItem().Id.ShouldBe(suspect.Job.Id);
        given.Skip(1).SelectMany(claims => claims).Select(claim => claim.Id).ShouldBe(sound, ignoreOrder: true);
    }

    [Fact]
    public async Task Who_made_itself_free_for_a_job_that_must_run_alone_gets_it_before_all_others()
    {
        await using var ledger = await MakeAsync();
        var suspect = await ledger.AcceptAsync(Bob);
        await ledger.LoseWorkersAsync(TestLedger.LossesAlone);
        await ledger.AcceptAsync(Ann);
        (await ledger.Leases.ClaimAsync("w1", 1, JobChoice.Alone, Some.Cancellation)).ShouldHaveSingleItem().Id.ShouldBe(suspect.Job.Id);
        (await ledger.Leases.ClaimAsync("w1", 1, JobChoice.Alone, Some.Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Many_jobs_that_must_run_alone_hide_no_others()
    {
        await using var ledger = await MakeAsync(new() { ["Jobs:LossesMax"] = "2" });
        for (var i = 0; i < 20; i++) await ledger.AcceptAsync(Ann);
        await ledger.LoseWorkersAsync(1);
        var failed = (await InCompanyAsync(ledger, await ledger.AcceptAsync(Bob))).ShouldHaveSingleItem();
        (await ledger.Leases.FailAsync(failed, Some.Transient, Some.Cancellation)).ShouldBeTrue();
        await ledger.PassAsync(TimeSpan.FromSeconds(TestLedger.RetryDelaySeconds));
        var again = (await InCompanyAsync(ledger)).ShouldHaveSingleItem();
        (again.Id, again.Attempt).ShouldBe((failed.Id, 2));
    }

    [Fact]
    public async Task Of_all_workers_one_makes_itself_free_for_jobs_that_must_run_alone()
    {
        await using var ledger = await MakeAsync();
        var first = await ledger.AcceptAsync(Ann);
        await ledger.AcceptAsync(Bob);
        await ledger.LoseWorkersAsync(TestLedger.LossesAlone);
        (await KeepAsync(ledger, "w1", waited: TimeSpan.FromMinutes(1))).ShouldBeFalse("One may be free by itself.");
        await ledger.PassAsync(TimeSpan.FromMinutes(1));
        (await Task.WhenAll(Enumerable.Range(1, 4).Select(worker => Task.Run(() => KeepAsync(ledger, $"w{worker}", TimeSpan.FromMinutes(1)))))).Count(kept => kept).ShouldBe(1);
        var keeper = (await ledger.JobsAsync()).Single(job => job.LeaseOwner is not null).LeaseOwner!;
        var another = keeper == "w1" ? "w2" : "w1";
        await ledger.PassAsync(KeptFor - TimeSpan.FromMilliseconds(1));
        (await KeepAsync(ledger, keeper)).ShouldBeTrue("It still is.");
        (await KeepAsync(ledger, another)).ShouldBeFalse();
        await ledger.PassAsync(TimeSpan.FromMilliseconds(2));
        (await KeepAsync(ledger, another)).ShouldBeTrue("It took too long.");
        (await KeepAsync(ledger, keeper)).ShouldBeFalse();
        (await ledger.JobAsync(first.Job.Id)).State.ShouldBe(JobState.Pending);
        // Nothing else is meant by it: whoever is free claims it, and it is that worker's.
        (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(0);
        (await ledger.Rescue.RescueOrphansOfAsync(another, Some.Cancellation)).ShouldBe(0);
        var claim = await ledger.ClaimAsync("w9");
        (claim.RunsAlone, (await ledger.JobAsync(claim.Id)).LeaseOwner).ShouldBe((true, "w9"));
        (await ledger.Leases.ReleaseAsync(claim, Some.Cancellation)).ShouldBeTrue();
        (await ledger.JobAsync(claim.Id)).LeaseOwner.ShouldBeNull();
    }

    private static Task<bool> KeepAsync(TestLedger ledger, string worker, TimeSpan waited = default) => ledger.Leases.KeepAloneAsync(worker, waited, KeptFor, Some.Cancellation);

    private static Task<IReadOnlyList<ClaimedJob>> InCompanyAsync(TestLedger ledger) => ledger.Leases.ClaimAsync("w1", 4, JobChoice.InCompany, Some.Cancellation);

    private static async Task<IReadOnlyList<ClaimedJob>> InCompanyAsync(TestLedger ledger, Jobs.Catalogue.VideoView accepted)
    {
        var claims = await InCompanyAsync(ledger);
        claims.ShouldContain(claim => claim.Id == accepted.Job.Id);
        await ledger.TickAsync();
        return claims;
    }
}
