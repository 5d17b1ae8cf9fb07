using Fotograma.Suites.Ledger;

namespace Fotograma.Jobs.Tests.Ledger;

public sealed class SqliteLedgerTests : LedgerSuite
{
    internal override Task<LedgerPlace> PlaceAsync(CancellationToken cancellation) => Task.FromResult<LedgerPlace>(new SqlitePlace());
}
