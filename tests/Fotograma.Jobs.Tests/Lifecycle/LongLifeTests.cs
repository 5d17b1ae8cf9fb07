using System.Globalization;
using Fotograma.Jobs.Tests.Ledger;
using Fotograma.Suites.Ledger;

namespace Fotograma.Jobs.Tests.Lifecycle;

/// <summary>
/// Random lives on SQLite in memory, where the model of the life cycle can be walked for very long. <c>FOTOGRAMA_LIFECYCLE_STEPS</c> sets how many steps,
/// 10,000 unless set (<c>./dev soak</c> sets 100,000).
/// </summary>
public sealed class LongLifeTests : LifecycleSuite
{
    private const int StepsInAll = 10_000;

    /// <inheritdoc/>
    protected override int LifecycleSteps =>
        Environment.GetEnvironmentVariable("FOTOGRAMA_LIFECYCLE_STEPS") is { Length: > 0 } set ? int.Parse(set, CultureInfo.InvariantCulture) : StepsInAll;

    internal override Task<LedgerPlace> PlaceAsync(CancellationToken cancellation) => Task.FromResult<LedgerPlace>(MemoryPlace.Take());
}
