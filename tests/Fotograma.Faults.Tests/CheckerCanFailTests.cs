using Fotograma.Faults.Checking;

namespace Fotograma.Faults.Tests;

/// <summary>A checker that cannot complain proves nothing.</summary>
public sealed class CheckerCanFailTests
{
    [Fact]
    public void A_verdict_without_faults_holds() => new Verdict { Attempted = 3, Accepted = 2, Completed = 2, Recovered = 1, Fenced = 1 }.Holds.ShouldBeTrue();

    public static TheoryData<Verdict> Broken =>
    [
        new Verdict { Lost = 1 }, new Verdict { Duplicated = 1 }, new Verdict { DuplicateNotices = 1 }, new Verdict { MissingNotices = 1 }, new Verdict { BadResults = 1 },
        new Verdict { Orphans = 1 }, new Verdict { Strays = 1 }, new Verdict { Complaints = ["something"] },
    ];

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    internal void A_verdict_with_a_fault_does_not(Verdict verdict) => verdict.Holds.ShouldBeFalse(verdict.ToString());
}
