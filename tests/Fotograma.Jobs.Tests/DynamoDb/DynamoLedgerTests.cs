using Fotograma.Suites.Ledger;

namespace Fotograma.Jobs.Tests.DynamoDb;

public sealed class DynamoLedgerTests : LedgerSuite
{
    internal override LedgerTraits Traits { get; } = new(CountsRunning: false, WatchesLeases: true);

    internal override async Task<LedgerPlace> PlaceAsync(CancellationToken cancellation) => await DynamoPlace.TakeAsync(cancellation);
}
