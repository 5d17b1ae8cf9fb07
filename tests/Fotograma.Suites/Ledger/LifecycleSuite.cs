using System.Collections.Concurrent;
using System.Globalization;
using CsCheck;
using Fotograma.Suites.Ledger.Lifecycle;

namespace Fotograma.Suites.Ledger;

/// <summary>Random lives, in the ledger and in the model.</summary>
public abstract class LifecycleSuite
{
    private const int StepsInALife = 200;

    private static readonly Gen<Step[]> Lives = Gen.OneOf(
        LivesOf(
            Deed.Accept, Deed.Accept, Deed.Claim, Deed.Claim, Deed.Claim, Deed.Claim, Deed.Renew, Deed.Renew, Deed.Complete, Deed.FailTransiently, Deed.FailForGood,
            Deed.Release, Deed.Postpone, Deed.Cancel, Deed.Delete, Deed.Delete, Deed.RunAgain, Deed.PassTime, Deed.PassTime, Deed.PassTime, Deed.Rescue, Deed.Rescue, Deed.RescueOrphans),
        // Few jobs and workers that die: without such lives a job seldom lives long enough to be lost as often as it may be.
        LivesOf(
            Deed.Accept, Deed.Claim, Deed.Claim, Deed.Claim, Deed.Claim, Deed.Claim, Deed.Claim, Deed.Claim, Deed.PassTime, Deed.PassTime, Deed.PassTime, Deed.Rescue, Deed.Rescue,
            Deed.RescueOrphans, Deed.RescueOrphans));

    /// <summary>A place for one ledger.</summary>
    internal abstract Task<LedgerPlace> PlaceAsync(CancellationToken cancellation);

    /// <summary>What is true of this driver.</summary>
    internal virtual LedgerTraits Traits { get; } = new();

    /// <summary>How many steps the lives have together: 2,000 unless <c>FOTOGRAMA_STORE_STEPS</c> says otherwise.</summary>
    protected virtual int LifecycleSteps => Environment.GetEnvironmentVariable("FOTOGRAMA_STORE_STEPS") is { Length: > 0 } set ? int.Parse(set, CultureInfo.InvariantCulture) : 2_000;

    /// <summary>How many lives are lived at the same time.</summary>
    protected virtual int LivesAtOnce => -1;

    [Fact]
    public async Task The_ledger_does_what_the_model_says_whatever_happens_in_whatever_order()
    {
        var seen = new ConcurrentDictionary<Arrow, bool>();
        await Lives.SampleAsync(async life => await LiveAsync(life, seen), iter: Math.Max(1, LifecycleSteps / StepsInALife), threads: LivesAtOnce);
        seen.Keys.Except(Arrow.Allowed).ShouldBeEmpty();
        if (LifecycleSteps >= 10_000) seen.Keys.ShouldBe(Arrow.Allowed, ignoreOrder: true, "every arrow was walked, or the model is too timid");
    }

    private static Gen<Step[]> LivesOf(params Deed[] deeds) =>
        Gen.Select(Gen.OneOf<Deed>(deeds), Gen.Int[0, 10_000], (deed, pick) => new Step(deed, pick)).Array[StepsInALife];

    private async Task LiveAsync(Step[] life, ConcurrentDictionary<Arrow, bool> seen)
    {
        await using var ledger = await TestLedger.MakeAsync(await PlaceAsync(Some.Cancellation), chance: new MiddlingChance());
        var run = new LifecycleRun(ledger, Traits);
        foreach (var step in life) await run.DoAsync(step);
        foreach (var arrow in run.Model.Seen) seen[arrow] = true;
    }

    private sealed class MiddlingChance : Random
    {
        public override double NextDouble() => 0.5;
    }
}
