using Fotograma.Media.Native;

namespace Fotograma.Media.Plan;

/// <summary>Says of frames that come in presentation order in which part of the video they lie.</summary>
/// <param name="ranges">The parts of the video, in ticks (from, to before), ascending; empty for all of it.</param>
internal sealed class RangeWalk(IReadOnlyList<(long From, long Until)> ranges)
{
    private int current;
    private long time = long.MinValue;

    /// <summary>Every further frame lies behind the last part.</summary>
    public bool IsOver => ranges.Count > 0 && current >= ranges.Count;

    /// <summary>Number of the part in which a frame with this time lies, or one without (<see cref="Libav.NoTimestamp"/>): where the one before it lay. -1 for none.</summary>
    public int Find(long frameTime)
    {
        time = Math.Max(time, frameTime);
        while (current < ranges.Count && time >= ranges[current].Until) current++;
        if (ranges.Count == 0) return 0;
        return current < ranges.Count && time >= ranges[current].From ? current : -1;
    }
}
