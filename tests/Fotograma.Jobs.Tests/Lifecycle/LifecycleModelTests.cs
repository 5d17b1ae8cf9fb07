using System.Collections.Concurrent;
using System.Globalization;
using CsCheck;
using Fotograma.Jobs.Tests.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Tests.Lifecycle;

/// <summary>Random lives, in the ledger and in the model. <c>FOTOGRAMA_LIFECYCLE_STEPS</c> sets how many steps, 20,000 unless set.</summary>
public sealed class LifecycleModelTests
{
    private const int StepsInAll = 20_000;
    private const int StepsInALife = 200;

    private static readonly Gen<Step[]> Lives = Gen.Select(
        Gen.OneOf<Deed>(
            Deed.Accept, Deed.Accept, Deed.Claim, Deed.Claim, Deed.Claim, Deed.Claim, Deed.Renew, Deed.Renew, Deed.Complete, Deed.FailTransiently, Deed.FailForGood,
            Deed.Release, Deed.Cancel, Deed.Delete, Deed.Delete, Deed.RunAgain, Deed.PassTime, Deed.PassTime, Deed.PassTime, Deed.Rescue, Deed.Rescue, Deed.RescueOrphans),
        Gen.Int[0, 10_000],
        (deed, pick) => new Step(deed, pick)).Array[StepsInALife];

    [Fact]
    public async Task The_ledger_does_what_the_model_says_whatever_happens_in_whatever_order()
    {
        var steps = Environment.GetEnvironmentVariable("FOTOGRAMA_LIFECYCLE_STEPS") is { Length: > 0 } set ? int.Parse(set, CultureInfo.InvariantCulture) : StepsInAll;
        var seen = new ConcurrentDictionary<Arrow, bool>();
        await Lives.SampleAsync(async life => await LiveAsync(life, seen), iter: Math.Max(1, steps / StepsInALife));
        seen.Keys.ShouldBe(Arrow.Allowed, ignoreOrder: true, "every arrow was walked, or the model is too timid");
    }

    private static async Task LiveAsync(Step[] life, ConcurrentDictionary<Arrow, bool> seen)
    {
        await using var ledger = await TestLedger.MakeAsync(chance: new MiddlingChance());
        await using var look = await ledger.OpenAsync();
        await look.Database.OpenConnectionAsync(Some.Cancellation);
        var run = new LifecycleRun(ledger, look);
        foreach (var step in life) await run.DoAsync(step);
        foreach (var arrow in run.Model.Seen) seen[arrow] = true;
    }

    private sealed class MiddlingChance : Random
    {
        public override double NextDouble() => 0.5;
    }
}
