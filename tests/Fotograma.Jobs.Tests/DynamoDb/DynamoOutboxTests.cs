using Fotograma.Data.DynamoDb;
using Fotograma.Jobs.DynamoDb;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Fotograma.Suites.Ledger;
using Fotograma.Suites.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Jobs.Tests.DynamoDb;

public sealed class DynamoOutboxTests : OutboxSuite
{
    private TestLedger ledger = null!;
    private DynamoOutbox outbox = null!;

    protected override async Task<IOutboxStore> MakeAsync(CancellationToken cancellation)
    {
        ledger = await TestLedger.MakeAsync(await DynamoPlace.TakeAsync(cancellation));
        return outbox = ledger.Services.GetRequiredService<DynamoOutbox>();
    }

    protected override async Task WriteAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation) =>
        (await ledger.Services.GetRequiredService<DynamoStore>().WriteAllAsync(ledger.Ids.New(), [.. events.Select(outbox.Put)], cancellation)).ShouldBeTrue();

    protected override Task WriteRawAsync(byte[] body, CancellationToken cancellation)
    {
        var key = new Item().With("module", "video").With("order", "0000000000000000#000000000000#raw");
        return ledger.Services.GetRequiredService<DynamoStore>().WriteAsync(ItemWrite.Put(LedgerTables.Outbox, key.With("event", body)), cancellation);
    }

    protected override ValueTask RemoveAsync() => ledger.DisposeAsync();
}
