using System.Globalization;
using Fotograma.Media.Native;
using Fotograma.Media.Options;

namespace Fotograma.Media.Plan;

/// <summary>
/// Chooses for each moment of some rows, one after the other, the frame that is on screen: the last one whose time is not after the moment.
/// Moments before the first frame and from the end on show nothing. These are the rules of <c>ffmpeg -vf fps=R:round=up</c>.
/// </summary>
/// <param name="rows">The moments, ascending.</param>
internal sealed class MomentChoice(IReadOnlyList<MomentGrid> rows) : FrameChoice
{
    /// <summary>Moments that were asked for one by one and lie outside the ranges; null where none were asked for so.</summary>
    private readonly IReadOnlyList<Rational>? outside;

    private int row;
    private long moment;
    private long tick;
    private long firstTime;
    private int before;
    private bool started;

    /// <summary>
    /// The frames at the given moments, ascending, each of which is missed when it shows nothing. Those in <paramref name="outside"/> are missed in any case.
    /// </summary>
    public static MomentChoice Named(IEnumerable<Rational> moments, IReadOnlyList<Rational> outside, NativeRational unit) =>
        new([.. moments.Select(moment => MomentGrid.Single(moment, unit))], outside);

    private MomentChoice(IReadOnlyList<MomentGrid> rows, IReadOnlyList<Rational> outside) : this(rows) => this.outside = outside;

    /// <inheritdoc/>
    public override bool IsOver => started && row >= rows.Count;

    /// <inheritdoc/>
    public override bool MustBeFinished => outside is not null;

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
        if (outside is null) return [];
        var notShown = rows.Where((_, i) => !started || i < before || i >= row).Select(one => one.Anchor);
        return notShown.Concat(outside).Order().Select(seconds => new Missing(Said(seconds), seconds.ToDouble()));
    }

    private static string Said(Rational seconds)
    {
        const long Nano = 1_000_000_000;
        return Nano % seconds.Denominator == 0 ? ((decimal)seconds.Numerator / seconds.Denominator).ToString("0.#########", CultureInfo.InvariantCulture) : seconds.ToString();
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
