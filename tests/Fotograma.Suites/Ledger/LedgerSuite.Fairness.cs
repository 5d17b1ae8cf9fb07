using Fotograma.Jobs.Leases;

namespace Fotograma.Suites.Ledger;

/// <summary>Whose turn it is.</summary>
public abstract partial class LedgerSuite
{
    [Fact]
    public async Task Who_comes_after_hundreds_of_jobs_of_another_is_next()
    {
        await using var ledger = await MakeAsync();
        for (var i = 0; i < 300; i++) await ledger.AcceptAsync(Ann);
        await ledger.ClaimAsync();
        var bobs = await ledger.AcceptAsync(Bob);
        bobs.Job.QueuePosition.ShouldBe(1);
        (await ledger.ClaimAsync()).Id.ShouldBe(bobs.Job.Id);
    }

    [Fact]
    public async Task Owners_take_turns()
    {
        await using var ledger = await MakeAsync();
        for (var i = 0; i < 6; i++) await ledger.AcceptAsync(Ann);
        for (var i = 0; i < 3; i++) await ledger.AcceptAsync(Bob);
        var served = new List<Guid>();
        for (var i = 0; i < 9; i++) served.Add((await ledger.ClaimAsync()).OwnerId);
        served.ShouldBe([Ann, Bob, Ann, Bob, Ann, Bob, Ann, Ann, Ann]);
    }

    [Fact]
    public async Task A_worker_that_wants_several_jobs_is_given_those_whose_turn_it_is()
    {
        await using var ledger = await MakeAsync();
        for (var i = 0; i < 5; i++) await ledger.AcceptAsync(Ann);
        for (var i = 0; i < 3; i++) await ledger.AcceptAsync(Bob);
        var served = new List<ClaimedJob>();
        while (await ledger.Leases.ClaimAsync("w1", 4, Some.Cancellation) is { Count: > 0 } claims)
        {
            claims.Count.ShouldBeLessThanOrEqualTo(4);
            served.AddRange(claims);
        }
        served.Select(claim => claim.OwnerId).ShouldBe([Ann, Bob, Ann, Bob, Ann, Bob, Ann, Ann]);
        served.Select(claim => claim.Id).ShouldBeUnique();
        foreach (var claim in served) (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_has_fewer_jobs_running_goes_first_although_served_later()
    {
        await using var ledger = await MakeAsync();
        await ledger.AcceptAndClaimAsync(Ann);
        var bobs = await ledger.AcceptAndClaimAsync(Bob);
        await ledger.Leases.CompleteAsync(bobs, Some.ResultOf(bobs), 0, Some.Cancellation);
        await ledger.AcceptAsync(Ann);
        await ledger.AcceptAsync(Bob);
        (await ledger.ClaimAsync()).OwnerId.ShouldBe(Traits.CountsRunning ? Bob : Ann);
    }

    [Fact]
    public async Task An_owner_whose_jobs_all_wait_for_another_attempt_does_not_hold_up_others()
    {
        await using var ledger = await MakeAsync();
        var anns = await ledger.AcceptAndClaimAsync(Ann);
        var first = await ledger.AcceptAndClaimAsync(Bob);
        var second = await ledger.AcceptAsync(Bob);
        await ledger.Leases.FailAsync(anns, Some.Transient, Some.Cancellation);
        (await ledger.ClaimAsync()).Id.ShouldBe(second.Job.Id);
        (await ledger.Leases.ClaimAsync("w1", Some.Cancellation)).ShouldBeNull();
        (await ledger.Leases.RenewAsync(first, Some.Progress, Some.Cancellation)).ShouldBeTrue();
    }
}
