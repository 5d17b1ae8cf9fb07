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

    protected override ValueTask RemoveAsync() => ledger.DisposeAsync();
}
