using System.Globalization;
using Fotograma.Data.DynamoDb;
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

    /// <summary>The write of an event, to be made a part of a transaction.</summary>
    public ItemWrite Put(CloudEvent happened)
    {
        var count = Interlocked.Increment(ref written);
        var order = string.Create(CultureInfo.InvariantCulture, $"{happened.Time.ToUnixTimeMilliseconds():D16}#{count:D12}#{happened.Id}");
        return ItemWrite.Put(LedgerTables.Outbox, KeyOf(order).With("event", happened.ToJson()));
    }

    public async Task<int> MoveAsync(int limit, Func<IReadOnlyList<CloudEvent>, CancellationToken, Task> publish, CancellationToken cancellation)
    {
        var waiting = await WaitingAsync(limit, cancellation);
        if (waiting.Count == 0) return 0;
        await publish([.. waiting.Select(EventIn)], cancellation);
        await store.DeleteAsync(LedgerTables.Outbox, waiting.Select(item => KeyOf(item.Text("order"))), cancellation);
        return waiting.Count;
    }

    /// <summary>The oldest events that wait.</summary>
    internal async Task<IReadOnlyList<CloudEvent>> ReadAsync(int limit, CancellationToken cancellation) => [.. (await WaitingAsync(limit, cancellation)).Select(EventIn)];

    private Task<IReadOnlyList<Item>> WaitingAsync(int limit, CancellationToken cancellation) =>
        store.QueryAsync(new ItemQuery(LedgerTables.Outbox, ("module", module)), limit, cancellation);

    private static CloudEvent EventIn(Item item) => CloudEvent.FromJson(item.Bytes("event"));

    private Item KeyOf(string order) => new Item().With("module", module).With("order", order);
}
