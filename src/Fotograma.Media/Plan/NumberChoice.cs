using Fotograma.Media.Options;

namespace Fotograma.Media.Plan;

/// <summary>Chooses frames by their numbers in presentation order.</summary>
internal sealed class NumberChoice(ValueList<FrameRange> numbers) : FrameChoice
{
    private int current;
    private long seen = -1;

    /// <inheritdoc/>
    public override bool IsOver => current >= numbers.Count;

    /// <inheritdoc/>
    public override long Take(in FrameFacts frame, long until)
    {
        seen = frame.Number;
        while (current < numbers.Count && numbers[current].Last < frame.Number) current++;
        if (current >= numbers.Count || frame.Number < numbers[current].First) return 0;
        if (frame.Number == numbers[current].Last) current++;
        return 1;
    }

    /// <inheritdoc/>
    public override IEnumerable<Missing> Missing()
    {
        foreach (var range in numbers)
        {
            var first = Math.Max(range.First, seen + 1);
            if (first <= range.Last) yield return new Missing(first == range.Last ? $"{first}" : $"{first} to {range.Last}", null);
        }
    }
}
