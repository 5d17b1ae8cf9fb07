using Fotograma.Media.Native;

namespace Fotograma.Media.Plan;

/// <summary>
/// Chooses for each moment of some rows, one after the other, the frame that is on screen: the last one whose time is not after the moment.
/// Moments before the first frame and from the end on show nothing. These are the rules of <c>ffmpeg -vf fps=R:round=up</c>.
/// </summary>
/// <param name="rows">The moments, ascending.</param>
/// <param name="areNamed">Whether each row is one moment that somebody asked for, and is missed when it shows nothing.</param>
internal sealed class MomentChoice(IReadOnlyList<MomentGrid> rows, bool areNamed) : FrameChoice
{
    private int row;
    private long moment;
    private long tick;
    private long firstTime;
    private int before;
    private bool started;

    /// <inheritdoc/>
    public override bool IsOver => started && row >= rows.Count;

    /// <inheritdoc/>
    public override long Take(in FrameFacts frame, long until)
    {
        if (!started)
        {
            if (frame.Time == Libav.NoTimestamp) return 0;
            started = true;
            firstTime = frame.Time;
            Enter();
            before = row;
        }

        var count = 0L;
        while (row < rows.Count && tick < until)
        {
            // The grid's arithmetic instead of a loop: a lying file may hold one frame for a hundred million moments.
            var grid = rows[row];
            var passed = Math.Min(grid.FirstFrom(until), After(grid.Last)) - moment;
            count += passed;
            moment += passed;
            if (moment > grid.Last || moment == long.MaxValue) Next();
            else tick = grid.TickOf(moment);
        }

        return count;
    }

    /// <inheritdoc/>
    public override IEnumerable<Missing> Missing()
    {
        if (!areNamed) yield break;
        for (var i = 0; i < rows.Count; i++)
        {
            if (started && i >= before && i < row) continue;
            var seconds = rows[i].Anchor;
            yield return new Missing(seconds.ToString(), seconds.ToDouble());
        }
    }

    private static long After(long last) => last == long.MaxValue ? last : last + 1;

    private void Next()
    {
        row++;
        Enter();
    }

    /// <summary>Goes to the first moment, from the current row on, that is not before the first frame.</summary>
    private void Enter()
    {
        for (; row < rows.Count; row++)
        {
            moment = rows[row].FirstFrom(firstTime);
            if (moment > rows[row].Last) continue;
            tick = rows[row].TickOf(moment);
            return;
        }
    }
}
