using Fotograma.Data.DynamoDb;
using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>
/// The ledger in DynamoDB. Whatever changes is written under a condition on the item itself; indexes, which lag behind, only say where to look. A state and its event
/// are one transaction. There is no clock of the store: times of day are the process's and decide nothing but when a repeated attempt is due, and a lease runs
/// out by having been watched.
/// </summary>
internal sealed partial class DynamoLedger(DynamoStore store, DynamoOutbox outbox, LeaseWatch<Hold> leases, TurnBook turns, Ids ids, TimeProvider clock) : ILedgerStore
{
    public async Task<IReadOnlyList<TrashedPrefix>> TrashDueAsync(int limit, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var due = await store.QueryAsync(
            new ItemQuery(LedgerTables.Trash, ("partition", LedgerTables.TrashPartition)) { Below = ("order", LedgerItems.OrderBefore(now + 1)) }, limit, cancellation);
        return [.. due.Select(item => new TrashedPrefix(item.Text("order"), item.Text("prefix")))];
    }

    public Task ForgetTrashAsync(TrashedPrefix trashed, CancellationToken cancellation) =>
        store.WriteAsync(ItemWrite.Delete(LedgerTables.Trash, new Item().With("partition", LedgerTables.TrashPartition).With("order", trashed.Id)), cancellation);

    public async Task<LedgerIdentity> InstallationAsync(Guid fresh, CancellationToken cancellation)
    {
        if (await store.FindAsync(LedgerTables.Turns, InstallationKey(), cancellation) is { } known) return IdentityOf(known);
        await store.WriteAsync(ItemWrite.Put(LedgerTables.Turns, InstallationKey().With("ledger", fresh).With("sweeps", 0L)).IfMissing("user_id"), cancellation);
        // Whoever was first, and whether or not the answer to this write got lost.
        return IdentityOf(await store.FindAsync(LedgerTables.Turns, InstallationKey(), cancellation) ?? throw new IOException("The ledger's id could not be written down."));
    }

    public async Task<long> CountSweepAsync(CancellationToken cancellation) =>
        (await store.WriteAsync(ItemWrite.Update(LedgerTables.Turns, InstallationKey()).Add("sweeps", 1), cancellation)).Item!.Number("sweeps");

    private static Item InstallationKey() => new Item().With("user_id", LedgerTables.Installation);

    private static LedgerIdentity IdentityOf(Item item) => new(item.Id("ledger"), item.Number("sweeps"));

    private ItemWrite Trash(string prefix, DateTimeOffset notBefore) => ItemWrite.Put(LedgerTables.Trash, new Item()
        .With("partition", LedgerTables.TrashPartition).With("order", LedgerItems.OrderOf(notBefore.ToUnixTimeMilliseconds(), ids.New())).With("prefix", prefix));

    private async Task<Item?> VideoItemAsync(Guid id, CancellationToken cancellation) => await store.FindAsync(LedgerTables.Videos, LedgerItems.KeyOf(id), cancellation);

    private async Task<Item?> JobItemAsync(Guid id, CancellationToken cancellation) => await store.FindAsync(LedgerTables.Jobs, LedgerItems.KeyOf(id), cancellation);
}
