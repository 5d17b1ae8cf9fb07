using Fotograma.Media.Options;

namespace Fotograma.Media.Plan;

/// <summary>Chooses frames by their numbers in presentation order.</summary>
/// <param name="numbers">The numbers, ascending.</param>
/// <param name="ranges">The parts of the video, in ticks; a frame outside them is missing like one that is not there. Empty for all of it.</param>
internal sealed class NumberChoice(ValueList<FrameRange> numbers, IReadOnlyList<(long From, long Until)> ranges) : FrameChoice
{
    private readonly RangeWalk walk = new(ranges);
    private readonly List<FrameRange> outside = [];
    private int current;
    private long seen = -1;

    /// <inheritdoc/>
    public override bool IsOver => current >= numbers.Count || walk.IsOver;

    /// <inheritdoc/>
    public override long Take(in FrameFacts frame, long until)
    {
        seen = frame.Number;
        var isInside = walk.Find(frame.Time) >= 0;
        while (current < numbers.Count && numbers[current].Last < frame.Number) current++;
        if (current >= numbers.Count || frame.Number < numbers[current].First) return 0;
        if (frame.Number == numbers[current].Last) current++;
        if (!isInside) AddTo(outside, new FrameRange(frame.Number, frame.Number));
        return isInside ? 1 : 0;
    }

    /// <inheritdoc/>
    public override IEnumerable<Missing> Missing()
    {
        List<FrameRange> missing = [.. outside];
        foreach (var range in numbers)
        {
            var first = Math.Max(range.First, seen + 1);
            if (first <= range.Last) AddTo(missing, range with { First = first });
        }

        return missing.Select(range => new Missing(range.First == range.Last ? $"{range.First}" : $"{range.First} to {range.Last}", null));
    }

    /// <summary>Adds numbers behind all others, to the last run of them where they continue it.</summary>
    private static void AddTo(List<FrameRange> runs, FrameRange next)
    {
        if (runs.Count > 0 && runs[^1].Last + 1 == next.First) runs[^1] = runs[^1] with { Last = next.Last };
        else runs.Add(next);
    }
}
