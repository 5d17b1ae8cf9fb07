using Fotograma.Suites.Ledger;

namespace Fotograma.Jobs.Tests.Postgres;

public sealed class PostgresLedgerTests : LedgerSuite
{
    internal override async Task<LedgerPlace> PlaceAsync(CancellationToken cancellation) => await PostgresPlace.TakeAsync();
}
