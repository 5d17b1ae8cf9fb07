using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Data.DynamoDb.Tests;

/// <summary>Leases that run out by having been watched.</summary>
public sealed class LeaseWatchTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private readonly FakeTimeProvider clock = new();
    private readonly LeaseWatch<string> watch;

    public LeaseWatchTests() => watch = new LeaseWatch<string>(clock);

    [Fact]
    public void A_lease_that_is_renewed_however_late_is_watched_anew()
    {
        RanOut("job, first").ShouldBeEmpty();
        clock.Advance(Lease - Moment);
        RanOut("job, renewed").ShouldBeEmpty();
        clock.Advance(Lease - Moment);
        RanOut("job, renewed").ShouldBeEmpty();
        clock.Advance(Moment);
        RanOut("job, renewed").ShouldBe(["job, renewed"]);
    }

    [Fact]
    public void What_was_gone_in_between_is_watched_anew()
    {
        RanOut("job").ShouldBeEmpty();
        clock.Advance(Lease);
        RanOut().ShouldBeEmpty();
        RanOut("job").ShouldBeEmpty();
    }

    [Fact]
    public void The_longest_silence_comes_first()
    {
        watch.Look(["late"]);
        clock.Advance(Moment);
        watch.Look(["later", "late"]).ShouldBe([("late", Moment), ("later", TimeSpan.Zero)]);
    }

    [Fact]
    public void What_this_process_holds_itself_is_watched_from_when_it_took_it()
    {
        var taken = clock.GetTimestamp();
        clock.Advance(Lease);
        watch.Left("mine", taken);
        RanOut("mine", "another's").ShouldBe(["mine"]);
    }

    private IEnumerable<string> RanOut(params IReadOnlyCollection<string> present) => watch.Look(present).Where(seen => seen.Still >= Lease).Select(seen => seen.Mark);
}
