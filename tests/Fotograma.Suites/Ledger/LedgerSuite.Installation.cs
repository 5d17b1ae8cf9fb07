using Fotograma.Jobs.Ledger;
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
}
