using Fotograma.Media.Faults;
using Fotograma.Media.Native;
using Fotograma.Media.Options;

namespace Fotograma.Media.Plan;

/// <summary>Turns what was asked for into moments on a stream's timeline, whose zero is the container's start.</summary>
internal static class SamplingPlan
{
    /// <summary>Whether the plan needs to know where the video begins and ends before anything is decoded.</summary>
    public static bool NeedsExtent(ExtractionOptions options) => options.Sampling is Sampling.Count;

    /// <summary>
    /// The moments. Without a range they start with the video and run to its end; a range starts its own row at
    /// <see cref="ExtractionOptions.From"/>.
    /// </summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="unit">The stream's unit of time.</param>
    /// <param name="extent">Where the video begins and ends; only used when <see cref="NeedsExtent"/>.</param>
    /// <exception cref="MediaException">The range holds no moment.</exception>
    public static MomentGrid Make(ExtractionOptions options, NativeRational unit, Extent extent) => options.Sampling switch
    {
        Sampling.Rate rate => Row(options, rate.FramesPerSecond.Inverse(), unit),
        Sampling.Every every => Row(options, every.Seconds, unit),
        Sampling.Count count => Spread(options, count.Frames, unit, extent),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };

    private static MomentGrid Row(ExtractionOptions options, Rational step, NativeRational unit)
    {
        var anchor = options.From is { } from ? Fraction.Of(from) : Fraction.Zero;
        // A picture before the container's start still belongs to the video, so an open row reaches back without end.
        var first = options.From is null ? long.MinValue : 0;
        var last = options.To is { } to ? Ticks.Clamp((Fraction.Of(to) - anchor).CeilingOver(Fraction.Of(step)) - 1) : long.MaxValue;
        if (last < first) throw new MediaException(MediaFault.NothingSelected, "The range holds no moment.");
        return new MomentGrid(anchor, Fraction.Of(step), unit, first, last);
    }

    private static MomentGrid Spread(ExtractionOptions options, int frames, NativeRational unit, Extent extent)
    {
        var from = options.From is { } start ? Fraction.Of(start) : Fraction.OfTicks(Math.Max(extent.Start, 0), unit);
        var to = Fraction.OfTicks(extent.End, unit);
        if (options.To is { } end && Fraction.Of(end).CompareTo(to) < 0) to = Fraction.Of(end);
        if (to.CompareTo(from) <= 0) throw new MediaException(MediaFault.NothingSelected, "The range is not inside the video.");
        // The middles of as many equal parts: from + (to - from) × (2k + 1) / (2 × frames).
        var half = (to - from).Over(2L * frames);
        return new MomentGrid(from + half, half + half, unit, 0, frames - 1);
    }
}

/// <summary>Where the pictures of a stream begin and end, in ticks from the container's start.</summary>
internal readonly record struct Extent(long Start, long End);
