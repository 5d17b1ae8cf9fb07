using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Tests.Plan;

public sealed class MomentGridTests
{
    private static readonly NativeRational Milliseconds = new(1, 1000);

    [Fact]
    public void Tick_of_a_moment_is_the_last_one_not_after_it()
    {
        var grid = Grid(new Rational(1, 3), Milliseconds);
        Enumerable.Range(-2, 6).Select(number => grid.TickOf(number)).ShouldBe([-667L, -334, 0, 333, 666, 1000]);
    }

    [Fact]
    public void First_moment_from_a_tick_is_the_smallest_number_whose_moment_is_not_before_it()
    {
        var random = new Random(20260101);
        for (var round = 0; round < 2000; round++)
        {
            var unit = new NativeRational(random.Next(1, 50), random.Next(1, 100_000));
            var grid = Grid(new Rational(random.Next(1, 5000), random.Next(1, 5000)), unit, new Rational(random.Next(-100, 100), random.Next(1, 100)));
            var tick = random.NextInt64(-1_000_000, 1_000_000);
            var first = grid.FirstFrom(tick);
            // A moment lies at or after a tick exactly when its own tick does.
            grid.TickOf(first).ShouldBeGreaterThanOrEqualTo(tick);
            grid.TickOf(first - 1).ShouldBeLessThan(tick);
        }
    }

    [Fact]
    public void Numbers_beyond_every_timestamp_are_cut_off_and_do_not_overflow()
    {
        var grid = Grid(new Rational(86_400, 1), new NativeRational(1, int.MaxValue));
        grid.TickOf(long.MaxValue).ShouldBe(long.MaxValue);
        grid.TickOf(long.MinValue).ShouldBe(long.MinValue + 1);
        grid.FirstFrom(long.MaxValue).ShouldBePositive();
    }

    [Theory]
    [InlineData("0", "3", new long[] { 0, 1000, 2000 })]
    [InlineData("0.5", "3", new long[] { 500, 1500, 2500 })]
    [InlineData("0.5", "3.5", new long[] { 500, 1500, 2500 })]
    [InlineData("2", "2.001", new long[] { 2000 })]
    public void Range_starts_a_row_and_excludes_its_end(string from, string to, long[] ticks)
    {
        Rational.TryParse(from, out var start).ShouldBeTrue();
        Rational.TryParse(to, out var end).ShouldBeTrue();
        var options = new ExtractionOptions { Sampling = new Sampling.Rate(new Rational(1, 1)), Ranges = [new TimeRange(start, end)] };
        Moments(SamplingPlan.Make(options, Milliseconds, default)).ShouldBe(ticks);
    }

    [Fact]
    public void Count_takes_the_middles_of_equal_parts()
    {
        var options = new ExtractionOptions { Sampling = new Sampling.Count(4) };
        Moments(SamplingPlan.Make(options, Milliseconds, new Extent(0, 10_000))).ShouldBe([1250L, 3750, 6250, 8750]);
    }

    [Fact]
    public void Count_takes_the_middles_of_equal_parts_of_all_ranges_together()
    {
        var options = new ExtractionOptions { Sampling = new Sampling.Count(4), Ranges = [Between(1, 3, 7, 3), Between(3, 1, 5, 1), Between(17, 2, 19, 2)] };
        // Five seconds together, of which the middles of the quarters lie at 0.625, 1.875, 3.125 and 4.375.
        Moments(SamplingPlan.Make(options, Milliseconds, new Extent(0, 10_000))).ShouldBe([958L, 2208, 4125, 8875]);
    }

    /// <summary>A thousand ranges, none of whose ends have a common denominator: a sum of them that is not brought to one denominator beforehand takes gigabytes.</summary>
    [Fact]
    public void Count_of_a_thousand_odd_ranges_is_planned_like_that_of_a_few()
    {
        // From i + 1/n to half a second later, with another n each.
        var ranges = from i in Enumerable.Range(0, 1000) let under = 1_000_001L + (2 * i) let start = (i * under) + 1 select Between(start, under, (2 * start) + under, 2 * under);
        var options = new ExtractionOptions { Sampling = new Sampling.Count(1000), Ranges = [.. ranges] };
        var before = GC.GetAllocatedBytesForCurrentThread();
        var choice = SamplingPlan.Make(options, new NativeRational(1, 1_000_000), new Extent(0, 10_000_000_000));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200 << 20);
        choice.Take(new FrameFacts(0, 0, IsKey: true), 10_000_000_000).ShouldBe(1000);
    }

    [Theory]
    [InlineData(1, 3, 90_000, 30_000)]
    [InlineData(1, 2, 1, 1)]
    [InlineData(-1, 2, 1, -1)]
    [InlineData(1, 3, 1, 0)]
    public void Rescaling_rounds_to_the_nearest_and_halves_away_from_zero(long ticks, int from, int to, long expected) =>
        Ticks.Rescale(ticks, new NativeRational(1, from), new NativeRational(1, to)).ShouldBe(expected);

    /// <summary>What is chosen of ten seconds with a frame at every tick.</summary>
    private static IEnumerable<long> Moments(FrameChoice choice)
    {
        for (var tick = 0L; tick < 10_000; tick++)
            for (var copies = choice.Take(new FrameFacts(tick, tick, IsKey: false), tick + 1); copies > 0; copies--) yield return tick;
    }

    private static TimeRange Between(long fromOver, long fromUnder, long toOver, long toUnder) => new(new Rational(fromOver, fromUnder), new Rational(toOver, toUnder));

    private static MomentGrid Grid(Rational step, NativeRational unit, Rational? anchor = null) =>
        new(anchor is { } start ? Fraction.Of(start) : Fraction.Zero, Fraction.Of(step), unit, long.MinValue, long.MaxValue);
}
