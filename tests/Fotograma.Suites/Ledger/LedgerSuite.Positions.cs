using CsCheck;

namespace Fotograma.Suites.Ledger;

/// <summary>Places in the queue.</summary>
public abstract partial class LedgerSuite
{
    private static readonly Gen<(int[] Served, int[] Waiting, bool Ends)> Queues =
        Gen.Select(Gen.Int[0, 3].Array[0, 5], Gen.Int[0, 3].Array[1, 14], Gen.Bool);

    [Fact]
    public async Task Jobs_are_claimed_in_the_order_that_was_foretold() =>
        await Queues.SampleAsync(async queue => await CheckAsync(queue.Served, queue.Waiting, queue.Ends), iter: 40);

    [Fact]
    public async Task Owners_who_were_never_served_do_not_both_come_first()
    {
        await using var ledger = await MakeAsync();
        var bobs = await ledger.AcceptAsync(Bob);
        var anns = await ledger.AcceptAsync(Ann);
        var annsPlace = (await ledger.Catalogue.FindJobAsync(Ann, anns.Job.Id, Some.Cancellation))!.QueuePosition;
        var bobsPlace = (await ledger.Catalogue.FindJobAsync(Bob, bobs.Job.Id, Some.Cancellation))!.QueuePosition;
        (annsPlace, bobsPlace).ShouldBe(Traits.CountsRunning ? (1, 2) : (2, 1));
    }

    [Fact]
    public async Task A_job_that_waits_for_its_next_attempt_comes_after_those_that_are_due()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Some.Owner(1));
        var newer = await ledger.AcceptAsync(Some.Owner(1));
        await ledger.Leases.FailAsync(claim, Some.Transient, Some.Cancellation);
        (await ledger.Catalogue.FindJobAsync(Some.Owner(1), newer.Job.Id, Some.Cancellation))!.QueuePosition.ShouldBe(1);
        (await ledger.Catalogue.FindJobAsync(Some.Owner(1), claim.Id, Some.Cancellation))!.QueuePosition.ShouldBe(2);
        (await ledger.ClaimAsync()).Id.ShouldBe(newer.Job.Id);
    }

    [Fact]
    public async Task Only_waiting_jobs_have_a_position()
    {
        await using var ledger = await MakeAsync();
        var claim = await ledger.AcceptAndClaimAsync(Some.Owner(1));
        (await ledger.Catalogue.FindJobAsync(Some.Owner(1), claim.Id, Some.Cancellation))!.QueuePosition.ShouldBeNull();
        await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation);
        (await ledger.Catalogue.FindVideoAsync(Some.Owner(1), claim.VideoId, Some.Cancellation))!.Job.QueuePosition.ShouldBeNull();
    }

    // Served: who was given a worker before, in this order. Ends: whether each job ends before the next one is claimed, or none does.
    private async Task CheckAsync(int[] served, int[] waiting, bool ends)
    {
        await using var ledger = await MakeAsync();
        foreach (var owner in served)
        {
            var claim = await ledger.AcceptAndClaimAsync(Some.Owner(owner));
            await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation);
        }
        var jobs = new List<(Guid Owner, Guid Job)>();
        foreach (var owner in waiting) jobs.Add((Some.Owner(owner), (await ledger.AcceptAsync(Some.Owner(owner))).Job.Id));
        var foretold = new SortedDictionary<int, Guid>();
        foreach (var (owner, job) in jobs) foretold.Add((await ledger.Catalogue.FindJobAsync(owner, job, Some.Cancellation))!.QueuePosition!.Value, job);
        var claimed = new List<Guid>();
        foreach (var _ in jobs)
        {
            var claim = await ledger.ClaimAsync();
            claimed.Add(claim.Id);
            if (ends) await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation);
        }
        foretold.Keys.ShouldBe(Enumerable.Range(1, jobs.Count));
        claimed.ShouldBe(foretold.Values);
    }
}
