using Fotograma.Data.DynamoDb;
using Fotograma.Jobs.Trash;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>
/// Who compares all blobs with the ledger. Without a clock of the store, both the lease and the time between two sweeps are watched: a process that has just started waits for all of it,
/// unless nobody ever swept.
/// </summary>
internal sealed partial class DynamoLedger
{
    private const string Mark = "sweep_mark";
    private readonly LeaseWatch<string> sweeps = new(clock);

    public async Task<bool> TryBeginSweepAsync(SweepTurn turn, CancellationToken cancellation)
    {
        var item = await store.FindAsync(LedgerTables.Turns, InstallationKey(), cancellation);
        var mark = item?.TextOrNull(Mark);
        if (mark is not null && sweeps.Look([mark])[0].Still < WaitOf(turn, item!)) return false;
        var change = Marked(turn, out var fresh).Set("sweeping", 1L);
        return await DoneAsync(mark is null ? change.IfMissing(Mark) : change.If(Mark, "=", mark), fresh, cancellation);
    }

    public Task<bool> RenewSweepAsync(SweepTurn turn, CancellationToken cancellation) => DoneAsync(Held(turn, Marked(turn, out var fresh)), fresh, cancellation);

    public Task EndSweepAsync(SweepTurn turn, bool swept, CancellationToken cancellation)
    {
        if (!swept) return store.WriteAsync(Held(turn, ItemWrite.Update(LedgerTables.Turns, InstallationKey()).Remove(Mark, "sweeping")), cancellation);
        return DoneAsync(Held(turn, Marked(turn, out var fresh).Remove("sweeping")), fresh, cancellation);
    }

    private static TimeSpan WaitOf(SweepTurn turn, Item item)
    {
        if (item.Has("sweeping")) return turn.Lease;
        return item.TextOrNull("sweeper") == turn.Sweeper.ToString() ? turn.Every : turn.Every + turn.Lease;
    }

    private ItemWrite Marked(SweepTurn turn, out string fresh) =>
        ItemWrite.Update(LedgerTables.Turns, InstallationKey()).Set("sweeper", turn.Sweeper.ToString()).Set(Mark, fresh = ids.New().ToString());

    private static ItemWrite Held(SweepTurn turn, ItemWrite change) => change.If("sweeper", "=", turn.Sweeper.ToString()).If("sweeping", "=", 1L);

    private async Task<bool> DoneAsync(ItemWrite change, string fresh, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        var answer = await store.WriteAsync(change, cancellation);
        // The client sends again what got no answer; the refusal of the second may be the success of the first.
        if (!answer.Done && answer.Item?.TextOrNull(Mark) != fresh) return false;
        sweeps.Left(fresh, began);
        return true;
    }
}
