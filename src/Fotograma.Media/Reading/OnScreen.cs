using Fotograma.Media.Native;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Reading;

/// <summary>
/// Chooses frames: for each moment of a grid the frame that is on screen, the last one whose time is not after the moment. Works on frames
/// as they come: a frame's moments are known as soon as the next frame, or the end of the video, is. Moments before the first frame and
/// from the end on show nothing. These are the rules of <c>ffmpeg -vf fps=R:round=up</c>, and the results are the same frames.
/// </summary>
internal sealed class OnScreen(MomentGrid grid) : IDisposable
{
    private NativeFrame? shown;
    private long moment;
    private bool started;

    /// <summary>No further moment will come, whatever frames do.</summary>
    public bool IsOver => started && moment > grid.Last;

    /// <summary>The frame on screen now; null before the first.</summary>
    public NativeFrame? Shown => shown;

    /// <summary>Its number in the video, from 0.</summary>
    public long ShownNumber { get; private set; } = -1;

    /// <summary>How many moments pass while <see cref="Shown"/> stays, when the next thing happens at <paramref name="tick"/>.</summary>
    public long CountUntil(long tick)
    {
        if (shown is null || !started) return 0;
        var count = 0L;
        // The grid's arithmetic instead of a loop: a lying file may hold one frame for a hundred million moments.
        if (moment <= grid.Last && grid.TickOf(moment) < tick) count = Math.Min(grid.FirstFrom(tick), After(grid.Last)) - moment;
        return Math.Max(0, count);
    }

    /// <summary>Takes <paramref name="count"/> moments as passed.</summary>
    public void Pass(long count) => moment += count;

    /// <summary>Puts <paramref name="next"/> on screen and gives back the frame that was, for reuse.</summary>
    public NativeFrame Show(NativeFrame next)
    {
        var before = shown;
        shown = next;
        ShownNumber++;
        if (!started && next.BestEffort != Libav.NoTimestamp)
        {
            started = true;
            moment = grid.FirstFrom(next.BestEffort);
        }

        return before ?? new NativeFrame();
    }

    /// <summary>Frees the frame on screen.</summary>
    public void Dispose() => shown?.Dispose();

    private static long After(long last) => last == long.MaxValue ? last : last + 1;
}
