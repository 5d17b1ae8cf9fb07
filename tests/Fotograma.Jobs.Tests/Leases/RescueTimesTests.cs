using Fotograma.Jobs.Leases;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Jobs.Tests.Leases;

/// <summary>When lost jobs are looked for.</summary>
public sealed class RescueTimesTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5), Grace = TimeSpan.FromSeconds(10.0004);
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Nobody_is_taken_for_dead_until_everybody_had_the_time_to_renew_and_then_at_once()
    {
        var times = new RescueTimes(Interval, Grace, clock);

        List<double> pauses = [];
        while (!times.MayRescue) pauses.Add(Pass(times));

        pauses.ShouldBe([5, 5, 0.001]);
        Pass(times).ShouldBe(5);
    }

    [Fact]
    public void A_ledger_that_was_silent_lets_everybody_renew_again()
    {
        var times = new RescueTimes(Interval, Grace, clock);
        clock.Advance(Grace);
        times.MayRescue.ShouldBeTrue();
        times.Begin();

        times.WasSilent();

        times.MayRescue.ShouldBeFalse();
        (Pass(times) + Pass(times) + Pass(times)).ShouldBe(10.001, 0.0001);
        times.MayRescue.ShouldBeTrue();
    }

    [Fact]
    public void A_round_that_took_long_is_followed_by_the_next_one_at_once()
    {
        var times = new RescueTimes(Interval, Grace, clock);
        clock.Advance(Grace);
        times.Begin();

        clock.Advance(TimeSpan.FromSeconds(2));
        times.Pause.TotalSeconds.ShouldBe(3);
        clock.Advance(TimeSpan.FromSeconds(4));
        times.Pause.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_process_that_stood_still_lets_everybody_renew_before_it_takes_anybody_for_dead()
    {
        var times = new RescueTimes(Interval, Grace, clock);
        clock.Advance(Grace);
        times.Begin();
        times.MayRescue.ShouldBeTrue();

        clock.Advance(Interval + Grace);
        times.Begin();
        times.MayRescue.ShouldBeTrue();
        clock.Advance(Interval + Grace + TimeSpan.FromSeconds(1));
        times.Begin();
        times.MayRescue.ShouldBeFalse();
    }

    private double Pass(RescueTimes times)
    {
        times.Begin();
        var pause = times.Pause;
        clock.Advance(pause);
        return pause.TotalSeconds;
    }
}
