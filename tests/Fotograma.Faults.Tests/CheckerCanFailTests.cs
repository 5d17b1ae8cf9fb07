using Fotograma.Faults.Checking;

namespace Fotograma.Faults.Tests;

/// <summary>A checker that cannot complain proves nothing.</summary>
public sealed class CheckerCanFailTests
{
    private static readonly Dictionary<string, Verdict> Broken = new()
    {
        ["lost job"] = new Verdict { Lost = 1 },
        ["second end"] = new Verdict { Duplicated = 1 },
        ["second notice"] = new Verdict { DuplicateNotices = 1 },
        ["missing notice"] = new Verdict { MissingNotices = 1 },
        ["bad result"] = new Verdict { BadResults = 1 },
        ["orphaned blob"] = new Verdict { Orphans = 1 },
        ["stray decoder"] = new Verdict { Strays = 1 },
        ["complaint"] = new Verdict { Complaints = ["something"] },
    };

    public static TheoryData<string> Faults => [.. Broken.Keys];

    [Fact]
    public void A_verdict_without_faults_holds() => new Verdict { Attempted = 3, Accepted = 2, Completed = 2, Recovered = 1, Fenced = 1 }.Holds.ShouldBeTrue();

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_verdict_does_not_hold_with_a(string fault) => Broken[fault].Holds.ShouldBeFalse();
}
