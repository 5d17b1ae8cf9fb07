namespace Fotograma.Suites.Ledger;

/// <summary>
/// What every store of videos and jobs does, seen through the faces that modules use. A driver's test class derives from it and says only where its ledgers live; in what
/// drivers may differ it declares in its traits. The sentences are in the other parts.
/// </summary>
public abstract partial class LedgerSuite : LifecycleSuite
{
    private static readonly Guid Ann = Some.Owner(1);
    private static readonly Guid Bob = Some.Owner(2);

    private async Task<TestLedger> MakeAsync(Dictionary<string, string?>? settings = null, Random? chance = null) =>
        await TestLedger.MakeAsync(await PlaceAsync(Some.Cancellation), settings, chance);
}
