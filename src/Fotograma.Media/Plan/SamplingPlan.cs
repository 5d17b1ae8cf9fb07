using System.Numerics;
using Fotograma.Media.Faults;
using Fotograma.Media.Native;
using Fotograma.Media.Options;

namespace Fotograma.Media.Plan;

/// <summary>Turns what was asked for into a choice of frames on a stream's timeline, whose zero is the container's start.</summary>
internal static class SamplingPlan
{
    private static readonly Rational Zero = new(0, 1);
    private static readonly ValueList<TimeRange> Everything = [new TimeRange(null, null)];

    /// <summary>Whether the plan needs to know where the video begins and ends before anything is decoded.</summary>
    public static bool NeedsExtent(ExtractionOptions options) => options.Sampling is Sampling.Count;

    /// <summary>Whether the choice may be over long before the video, so that it is worth looking out for that while packets are read.</summary>
    public static bool MayEndEarly(ExtractionOptions options) => !NeedsExtent(options)
        && (options.MaxFrames is not null || options.Sampling is Sampling.Timestamps or Sampling.Numbered || options.Ranges is [.., { To: not null }]);

    /// <summary>
    /// The choice. Regular moments without a range start with the video and run to its end; every range starts a row of its own at its
    /// beginning.
    /// </summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="unit">The stream's unit of time.</param>
    /// <param name="extent">Where the video begins and ends; only used when <see cref="NeedsExtent"/>.</param>
    /// <exception cref="MediaException">The ranges hold no moment.</exception>
    public static FrameChoice Make(ExtractionOptions options, NativeRational unit, Extent extent)
    {
        var ranges = options.Ranges.Count > 0 ? options.Ranges : Everything;
        return options.Sampling switch
        {
            Sampling.Rate rate => Rows(ranges, rate.FramesPerSecond.Inverse(), unit),
            Sampling.Every every => Rows(ranges, every.Seconds, unit),
            Sampling.Count count => new MomentChoice(Spread(ranges, count.Frames, unit, extent)),
            Sampling.Timestamps moments => Named(moments.Seconds, ranges, unit),
            Sampling.Numbered frames => new NumberChoice(frames.Numbers, Joined(options.Ranges, unit)),
            _ => new KindChoice(options.Sampling, Joined(options.Ranges, unit)),
        };
    }

    /// <summary>The ranges in ticks. Those that touch are one: no scene begins where somebody let one end and the next begin.</summary>
    public static IReadOnlyList<(long From, long Until)> Joined(ValueList<TimeRange> ranges, NativeRational unit) =>
        Joined(ranges.Select(range => Ticks(range, unit)));

    /// <summary>Ascending parts, of which those that touch or overlap have become one.</summary>
    public static IReadOnlyList<(long From, long Until)> Joined(IEnumerable<(long From, long Until)> parts)
    {
        var joined = new List<(long From, long Until)>();
        foreach (var part in parts)
        {
            if (joined.Count > 0 && part.From <= joined[^1].Until) joined[^1] = (joined[^1].From, Math.Max(joined[^1].Until, part.Until));
            else joined.Add(part);
        }

        return joined;
    }

    /// <summary>How many images a plan of moments makes of a video of the given extent, when that can be said before reading it.</summary>
    public static long? Expected(ExtractionOptions options) => options.Sampling switch
    {
        Sampling.Count count => count.Frames,
        Sampling.Timestamps moments => moments.Seconds.Count,
        Sampling.Numbered frames => frames.Numbers.Sum(range => range.Last - range.First + 1),
        _ => null,
    };

    private static MomentChoice Named(ValueList<Rational> moments, ValueList<TimeRange> ranges, NativeRational unit)
    {
        var byPlace = moments.ToLookup(moment => ranges.Any(range => (range.From is not { } from || moment >= from) && (range.To is not { } to || moment < to)));
        return MomentChoice.Named(byPlace[true], [.. byPlace[false]], unit);
    }

    private static (long From, long Until) Ticks(TimeRange range, NativeRational unit)
    {
        var tick = Fraction.OfTicks(1, unit);
        var from = range.From is { } start ? Plan.Ticks.Clamp(Fraction.Of(start).CeilingOver(tick)) : long.MinValue;
        return (from, range.To is { } end ? Plan.Ticks.Clamp(Fraction.Of(end).CeilingOver(tick)) : long.MaxValue);
    }

    private static MomentChoice Rows(ValueList<TimeRange> ranges, Rational step, NativeRational unit)
    {
        var rows = new List<MomentGrid>(ranges.Count);
        foreach (var range in ranges)
        {
            var anchor = Fraction.Of(range.From ?? Zero);
            // A picture before the container's start still belongs to the video, so an open row reaches back without end.
            var first = range.From is null ? long.MinValue : 0;
            var last = range.To is { } to ? Plan.Ticks.Clamp((Fraction.Of(to) - anchor).CeilingOver(Fraction.Of(step)) - 1) : long.MaxValue;
            if (last >= first) rows.Add(new MomentGrid(anchor, Fraction.Of(step), unit, first, last));
        }

        return rows.Count > 0 ? new MomentChoice(rows) : throw new MediaException(MediaFault.NothingSelected, "The range holds no moment.");
    }

    /// <summary>
    /// The middles of as many equal parts of all ranges together, as if what lies between them were cut out.
    /// </summary>
    private static List<MomentGrid> Spread(ValueList<TimeRange> ranges, int frames, NativeRational unit, Extent extent)
    {
        var parts = Inside(ranges, unit, extent);
        if (parts.Count == 0) throw new MediaException(MediaFault.NothingSelected, "The range is not inside the video.");
        // One denominator for all: that of a sum of many would be as long as all of theirs together, and twice as long after every further step.
        var denominator = parts.Aggregate(new BigInteger(2L * frames), (all, part) => Multiple(Multiple(all, 2L * frames * part.From.Denominator), 2L * frames * part.To.Denominator));
        var zero = new Fraction(0, denominator);
        var lengths = parts.Select(part => part.To.Over(denominator) - part.From.Over(denominator)).ToList();
        var total = lengths.Aggregate(zero, (sum, length) => sum + length);
        var half = total with { Numerator = total.Numerator / (2L * frames) };
        var rows = new List<MomentGrid>(parts.Count);
        var passed = zero;
        var next = 0L;
        for (var i = 0; i < parts.Count; i++)
        {
            // Moment k lies at half × (2k + 1) of the joined parts; those before the end of this part belong to it.
            var from = parts[i].From.Over(denominator) - passed;
            passed += lengths[i];
            var until = Math.Min(frames, Plan.Ticks.Clamp((passed - half).CeilingOver(half + half)));
            if (until > next) rows.Add(new MomentGrid(from + half, half + half, unit, next, until - 1));
            next = Math.Max(next, until);
        }

        return rows;
    }

    /// <summary>What of the ranges lies inside the video.</summary>
    private static List<(Fraction From, Fraction To)> Inside(ValueList<TimeRange> ranges, NativeRational unit, Extent extent)
    {
        var parts = new List<(Fraction From, Fraction To)>();
        foreach (var range in ranges)
        {
            // What lies before the first picture shows nothing, however plainly it was asked for.
            var from = Fraction.OfTicks(Math.Max(extent.Start, 0), unit);
            if (range.From is { } start && Fraction.Of(start).CompareTo(from) > 0) from = Fraction.Of(start);
            var to = Fraction.OfTicks(extent.End, unit);
            if (range.To is { } end && Fraction.Of(end).CompareTo(to) < 0) to = Fraction.Of(end);
            if (to.CompareTo(from) > 0) parts.Add((from, to));
        }

        return parts;
    }

    private static BigInteger Multiple(BigInteger first, BigInteger second) => first / BigInteger.GreatestCommonDivisor(first, second) * second;
}

/// <summary>Where the pictures of a stream begin and end, in ticks from the container's start.</summary>
internal readonly record struct Extent(long Start, long End);
