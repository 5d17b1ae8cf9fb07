using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Trash;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Suites.Ledger;

/// <summary>By what a ledger is known.</summary>
public abstract partial class LedgerSuite
{
    [Fact]
    public async Task A_ledger_has_an_id_from_its_beginning_and_keeps_it()
    {
        await using var ledger = await MakeAsync();
        var identity = await ledger.Trash.LedgerAsync(Some.Cancellation);
        identity.Id.ShouldNotBe(Guid.Empty);
        await ledger.AcceptAndClaimAsync(Ann);
        (await ledger.Trash.LedgerAsync(Some.Cancellation)).ShouldBe(identity);
    }

    [Fact]
    public async Task A_ledger_grows_older_with_every_sweep()
    {
        await using var ledger = await MakeAsync();
        var identity = await ledger.Trash.LedgerAsync(Some.Cancellation);
        identity.Sweeps.ShouldBe(0);
        var counted = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => ledger.Trash.CountSweepAsync(Some.Cancellation))));
        counted.ShouldBe([1, 2, 3, 4, 5], ignoreOrder: true);
        (await ledger.Trash.LedgerAsync(Some.Cancellation)).ShouldBe(identity with { Sweeps = 5 });
    }

    [Fact]
    public async Task One_sweeps_at_a_time_and_another_once_that_one_is_silent_for_a_lease()
    {
        await using var ledger = await MakeAsync();
        var (one, other) = (TurnOf(ledger), TurnOf(ledger));
        (await BeginsAsync(ledger, one)).ShouldBeTrue();
        (await BeginsAsync(ledger, other)).ShouldBeFalse();
        await ledger.PassAsync(one.Lease - Moment);
        (await ledger.Trash.RenewSweepAsync(one, Some.Cancellation)).ShouldBeTrue();
        await ledger.PassAsync(one.Lease - Moment);
        (await BeginsAsync(ledger, other)).ShouldBeFalse();
        await ledger.PassAsync(2 * Moment);
        (await BeginsAsync(ledger, other)).ShouldBeTrue();
        (await ledger.Trash.RenewSweepAsync(one, Some.Cancellation)).ShouldBeFalse("it is another's by now");
        await ledger.Trash.EndSweepAsync(one, swept: true, Some.Cancellation);
        (await ledger.Trash.RenewSweepAsync(other, Some.Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_swept_last_sweeps_again_and_others_when_it_does_not_come()
    {
        await using var ledger = await MakeAsync();
        var (one, other) = (TurnOf(ledger), TurnOf(ledger));
        (await BeginsAsync(ledger, one)).ShouldBeTrue();
        await ledger.Trash.EndSweepAsync(one, swept: true, Some.Cancellation);
        (await BeginsAsync(ledger, one)).ShouldBeFalse();
        await ledger.PassAsync(one.Every + Moment);
        (await BeginsAsync(ledger, other)).ShouldBeFalse("the other one comes first");
        (await BeginsAsync(ledger, one)).ShouldBeTrue();
        await ledger.Trash.EndSweepAsync(one, swept: true, Some.Cancellation);
        await ledger.PassAsync(one.Every + one.Lease + Moment);
        (await BeginsAsync(ledger, other)).ShouldBeTrue();
        await ledger.Trash.EndSweepAsync(other, swept: false, Some.Cancellation);
        (await BeginsAsync(ledger, one)).ShouldBeTrue("nothing was swept");
    }

    [Fact]
    public async Task Of_many_that_want_to_sweep_one_may()
    {
        await using var ledger = await MakeAsync();
        var begun = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => BeginsAsync(ledger, TurnOf(ledger)))));
        begun.Count(mine => mine).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_that_ask_a_new_ledger_for_its_id_all_get_the_same()
    {
        await using var ledger = await MakeAsync();
        var store = ledger.Services.GetRequiredService<ILedgerStore>();
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.InstallationAsync(ledger.Ids.New(), Some.Cancellation))));
        ids.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Two_ledgers_have_two_ids()
    {
        await using var one = await MakeAsync();
        await using var other = await MakeAsync();
        (await one.Trash.LedgerAsync(Some.Cancellation)).Id.ShouldNotBe((await other.Trash.LedgerAsync(Some.Cancellation)).Id);
    }

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private static SweepTurn TurnOf(TestLedger ledger) => new(ledger.Ids.New(), TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));

    private static Task<bool> BeginsAsync(TestLedger ledger, SweepTurn turn) => ledger.Trash.TryBeginSweepAsync(turn, Some.Cancellation);
}
