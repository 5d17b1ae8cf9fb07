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
internal sealed partial class DynamoLedger(DynamoStore store, DynamoOutbox outbox, LeaseWatch leases, TurnBook turns, Ids ids, TimeProvider clock) : ILedgerStore
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

    public async Task<Guid> InstallationAsync(Guid fresh, CancellationToken cancellation)
    {
        var key = new Item().With("user_id", LedgerTables.Installation);
        if (await store.FindAsync(LedgerTables.Turns, key, cancellation) is { } known) return known.Id("ledger");
        var item = new Item().With("user_id", LedgerTables.Installation).With("ledger", fresh);
        await store.WriteAsync(ItemWrite.Put(LedgerTables.Turns, item).IfMissing("user_id"), cancellation);
        // Whoever was first, and whether or not the answer to this write got lost.
        return (await store.FindAsync(LedgerTables.Turns, key, cancellation) ?? throw new IOException("The ledger's id could not be written down.")).Id("ledger");
    }

    private ItemWrite Trash(string prefix, DateTimeOffset notBefore) => ItemWrite.Put(LedgerTables.Trash, new Item()
        .With("partition", LedgerTables.TrashPartition).With("order", LedgerItems.OrderOf(notBefore.ToUnixTimeMilliseconds(), ids.New())).With("prefix", prefix));

    private async Task<Item?> VideoItemAsync(Guid id, CancellationToken cancellation) => await store.FindAsync(LedgerTables.Videos, LedgerItems.KeyOf(id), cancellation);

    private async Task<Item?> JobItemAsync(Guid id, CancellationToken cancellation) => await store.FindAsync(LedgerTables.Jobs, LedgerItems.KeyOf(id), cancellation);
}
