using System.Globalization;
using Fotograma.Data.DynamoDb;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>
/// The outbox as items that are written in the transaction of the change which causes the event. They sort by the time of the process that wrote them and, within it,
/// in the order of writing; events of one job are apart by whole requests. Relays do not see each other: at a bad moment two publish the same event.
/// </summary>
internal sealed class DynamoOutbox(DynamoStore store, string module) : IOutboxStore
{
    private long written;

    // Beside the events of the module, where no relay looks.
    private string Quarantine => $"{module}.quarantine";

    /// <summary>The write of an event, to be made a part of a transaction.</summary>
    public ItemWrite Put(CloudEvent happened)
    {
        var count = Interlocked.Increment(ref written);
        var order = string.Create(CultureInfo.InvariantCulture, $"{happened.Time.ToUnixTimeMilliseconds():D16}#{count:D12}#{happened.Id}");
        return ItemWrite.Put(LedgerTables.Outbox, KeyOf(order).With("event", happened.ToJson()));
    }

    public async Task<int> MoveAsync(
        int limit, Func<IReadOnlyList<WaitingEvent>, CancellationToken, Task<IReadOnlyList<EventFate>>> publish, CancellationToken cancellation)
    {
        var waiting = await WaitingAsync(limit, cancellation);
        if (waiting.Count == 0) return 0;
        var fates = await publish([.. waiting.Select(item => WaitingEvent.Of(item.Text("order"), item.Bytes("event")))], cancellation);
        var leaving = waiting.Zip(fates).Where(one => one.Second is not EventFate.Stays).ToList();
        foreach (var (item, fate) in leaving)
        {
            if (fate is not EventFate.Quarantined refused) continue;
            await store.WriteAsync(ItemWrite.Put(LedgerTables.Outbox, Quarantined(item, refused)), cancellation);
            Steps.Reached(Steps.EventQuarantined);
        }
        await store.DeleteAsync(LedgerTables.Outbox, leaving.Select(one => KeyOf(one.First.Text("order"))), cancellation);
        return leaving.Count;
    }

    public async Task<IReadOnlyList<QuarantinedEvent>> ReadQuarantineAsync(int limit, CancellationToken cancellation)
    {
        var items = await store.QueryAsync(new ItemQuery(LedgerTables.Outbox, ("module", Quarantine)), limit, cancellation);
        return [.. items.Select(item => new QuarantinedEvent(
            item.Text("order"), CloudEvent.TryFromJson(item.Bytes("event"), out _), item.Text("reason"), DateTimeOffset.FromUnixTimeMilliseconds(item.Number("at"))))];
    }

    // It waits at its old place: whatever came after it has gone.
    public async Task<bool> PutBackAsync(string key, CancellationToken cancellation)
    {
        var place = new Item().With("module", Quarantine).With("order", key);
        if (await store.FindAsync(LedgerTables.Outbox, place, cancellation) is not { } item) return false;
        await store.WriteAsync(ItemWrite.Put(LedgerTables.Outbox, KeyOf(key).With("event", item.Bytes("event"))), cancellation);
        Steps.Reached(Steps.EventRedriven);
        await store.DeleteAsync(LedgerTables.Outbox, [place], cancellation);
        return true;
    }

    /// <summary>The oldest events that wait.</summary>
    internal async Task<IReadOnlyList<CloudEvent>> ReadAsync(int limit, CancellationToken cancellation) => [.. (await WaitingAsync(limit, cancellation)).Select(EventIn)];

    private Task<IReadOnlyList<Item>> WaitingAsync(int limit, CancellationToken cancellation) =>
        store.QueryAsync(new ItemQuery(LedgerTables.Outbox, ("module", module)), limit, cancellation);

    private Item Quarantined(Item item, EventFate.Quarantined refused) => new Item().With("module", Quarantine).With("order", item.Text("order"))
        .With("event", item.Bytes("event")).With("reason", refused.Reason).With("at", refused.At.ToUnixTimeMilliseconds());

    private static CloudEvent EventIn(Item item) => CloudEvent.FromJson(item.Bytes("event"));

    private Item KeyOf(string order) => new Item().With("module", module).With("order", order);
}
