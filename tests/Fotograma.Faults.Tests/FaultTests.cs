using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;
using Fotograma.Faults.Trials;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Faults.Tests;

/// <summary>Two of the faults of processes, once each; <c>./dev faults</c> makes all faults happen, several times.</summary>
public sealed class ProcessFaultTests
{
    [Theory]
    [InlineData("F6")]
    [InlineData("F9")]
    public Task Every_promise_is_kept_in_spite_of(string fault) => Promise.IsKeptAsync(fault);
}

/// <summary>One of the faults of servers, once.</summary>
public sealed class ServerFaultTests
{
    [Theory]
    [InlineData("F28")]
    public Task Every_promise_is_kept_in_spite_of(string fault) => Promise.IsKeptAsync(fault);
}

/// <summary>What is known of going wrong.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public void Each_fault_is_named_once_and_most_of_the_list_are_there()
    {
        Promise.Faults.Select(mishap => mishap.Id).ShouldBeUnique();
        Promise.Faults.Select(mishap => mishap.Id.TrimEnd([.. "abcdefghijklmnopqrstuvwxyz"])).Where(id => id.StartsWith('F')).Distinct().Count().ShouldBeGreaterThanOrEqualTo(40);
    }

    [Fact]
    public void At_each_step_between_two_durable_effects_some_fault_kills_who_takes_it() =>
        Steps.All.Where(step => !Promise.Faults.Any(mishap => mishap.Happened.Any(proof => proof.What == $"killed at {step}"))).ShouldBeEmpty();

    [Fact]
    public void Each_fault_says_what_shows_that_it_happened() => Promise.Faults.Where(mishap => mishap.Happened.Count == 0).ShouldBeEmpty();
}

internal static class Promise
{
    public static IReadOnlyList<Mishap> Faults => FaultCommand.All;

    public static async Task IsKeptAsync(string fault)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var said = new List<string>();
        var seed = Environment.TickCount;
        var run = new FaultRun(Product.Program, await Clips.MakeAsync(cancellation), seed, said.Add);
        var verdict = await run.RunAsync(Faults.Single(mishap => mishap.Id == fault), 1, cancellation);
        verdict.Holds.ShouldBeTrue($"Seed {seed}: {verdict}\n{string.Join('\n', verdict.Complaints)}\n{string.Join('\n', said)}");
        verdict.Completed.ShouldBeGreaterThan(0);
    }
}
