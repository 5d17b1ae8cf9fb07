using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;

namespace Fotograma.Suites.Ledger;

/// <summary>Jobs that lost several workers.</summary>
public abstract partial class LedgerSuite
{
    private static readonly Guid Cid = Some.Owner(3);

    [Fact]
    public async Task A_job_that_lost_several_workers_is_passed_over_by_who_has_something_in_hand()
    {
        await using var ledger = await MakeAsync();
        var suspect = await ledger.AcceptAsync(Ann);
        await ledger.LoseWorkersAsync(TestLedger.LossesAlone - 1);
        (await ledger.Leases.AnyAloneAsync(Some.Cancellation)).ShouldBeFalse();
        (await InCompanyAsync(ledger)).ShouldHaveSingleItem().RunsAlone.ShouldBeFalse();
        (await ledger.Rescue.RescueOrphansOfAsync("w1", Some.Cancellation)).ShouldBe(1);
        await ledger.TickAsync();
        (await InCompanyAsync(ledger)).ShouldBeEmpty();
        var sound = await ledger.AcceptAsync(Ann);
        (await InCompanyAsync(ledger)).ShouldHaveSingleItem().Id.ShouldBe(sound.Job.Id);
        (await ledger.Leases.AnyAloneAsync(Some.Cancellation)).ShouldBeTrue();
        var alone = (await ledger.Leases.ClaimAsync("w2", 4, JobChoice.Any, Some.Cancellation)).ShouldHaveSingleItem();
        (alone.Id, alone.Losses, alone.RunsAlone).ShouldBe((suspect.Job.Id, TestLedger.LossesAlone, true));
        (await ledger.Leases.AnyAloneAsync(Some.Cancellation)).ShouldBeFalse();
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

    private static Task<IReadOnlyList<ClaimedJob>> InCompanyAsync(TestLedger ledger) => ledger.Leases.ClaimAsync("w1", 4, JobChoice.InCompany, Some.Cancellation);

    private static async Task<IReadOnlyList<ClaimedJob>> InCompanyAsync(TestLedger ledger, Jobs.Catalogue.VideoView accepted)
    {
        var claims = await InCompanyAsync(ledger);
        claims.ShouldContain(claim => claim.Id == accepted.Job.Id);
        await ledger.TickAsync();
        return claims;
    }
}
