using Fotograma.Faults.Catalogue;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Tests;

/// <summary>A few of the faults, once each; <c>./dev faults</c> makes all of them happen, several times.</summary>
public sealed class FaultTests
{
    private static readonly IReadOnlyList<Mishap> Known =
        [.. ProcessFaults.All, .. BrokerFaults.All, .. DatabaseFaults.All, .. StorageFaults.All, .. NetworkFaults.All];

    [Theory]
    [InlineData("F6")]
    [InlineData("F9")]
    [InlineData("F20")]
    [InlineData("F28")]
    public async Task Every_promise_is_kept_in_spite_of(string fault)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var said = new List<string>();
        var run = new FaultRun(Product.Program, await Clips.MakeAsync(cancellation), Environment.TickCount, said.Add);
        var verdict = await run.RunAsync(Known.Single(mishap => mishap.Id == fault), 1, cancellation);
        verdict.Holds.ShouldBeTrue($"{verdict}\n{string.Join('\n', verdict.Complaints)}\n{string.Join('\n', said)}");
        verdict.Completed.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Catalogue_names_each_fault_once_and_most_of_the_list()
    {
        Known.Select(mishap => mishap.Id).ShouldBeUnique();
        Known.Select(mishap => mishap.Id.TrimEnd('b', 'c', 'd', 'e', 'f')).Distinct().Count().ShouldBeGreaterThanOrEqualTo(35);
    }
}
