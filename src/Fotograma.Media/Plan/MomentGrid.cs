using System.Numerics;
using Fotograma.Media.Native;
using Fotograma.Media.Options;

namespace Fotograma.Media.Plan;

/// <summary>
/// A regular row of moments t(k) = anchor + k × step on a stream's timeline, whose zero is the container's start. For choosing frames only
/// one number per moment matters, <see cref="TickOf"/>: the last tick that is not after the moment. A frame starting at tick p is on
/// screen at t(k) when p &lt;= TickOf(k), and a video ending at tick e is over at t(k) when TickOf(k) &gt;= e. Both are exact, since p and e
/// are whole ticks.
/// </summary>
internal sealed class MomentGrid
{
    private readonly BigInteger anchorNumerator;
    private readonly BigInteger stepNumerator;
    private readonly BigInteger denominator;

    /// <summary>Moments <paramref name="first"/> to <paramref name="last"/> (inclusive) from <paramref name="anchor"/> on, all in seconds.</summary>
    public MomentGrid(Fraction anchor, Fraction step, NativeRational unit, long first, long last)
    {
        if (step.Numerator.Sign <= 0) throw new ArgumentOutOfRangeException(nameof(step));
        // Everything over one denominator, in ticks.
        if (anchor.Denominator != step.Denominator)
        {
            var shared = anchor.Denominator * step.Denominator;
            (anchor, step) = (anchor.Over(shared), step.Over(shared));
        }

        denominator = anchor.Denominator * unit.Numerator;
        anchorNumerator = anchor.Numerator * unit.Denominator;
        stepNumerator = step.Numerator * unit.Denominator;
        First = first;
        Last = last;
        Anchor = default;
    }

    /// <summary>The one moment at <paramref name="seconds"/>.</summary>
    public static MomentGrid Single(Rational seconds, NativeRational unit) =>
        new(Fraction.Of(seconds), Fraction.Of(new Rational(1, 1)), unit, 0, 0) { Anchor = seconds };

    /// <summary>The moment of a row made by <see cref="Single"/>, in seconds.</summary>
    public Rational Anchor { get; private init; }

    /// <summary>Number of the first moment; may be unbounded (<see cref="long.MinValue"/>).</summary>
    public long First { get; }

    /// <summary>Number of the last moment; may be unbounded (<see cref="long.MaxValue"/>).</summary>
    public long Last { get; }

    /// <summary>The last tick that is not after moment <paramref name="number"/>.</summary>
    public long TickOf(long number) => Ticks.Clamp(Ticks.FloorDivide(anchorNumerator + number * stepNumerator, denominator));

    /// <summary>Number of the first moment that is not before <paramref name="tick"/>, at least <see cref="First"/>.</summary>
    public long FirstFrom(long tick)
    {
        var number = -Ticks.FloorDivide(anchorNumerator - tick * denominator, stepNumerator);
        return Math.Max(First, Ticks.Clamp(number));
    }

    /// <summary>How many moments lie in the ticks from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public long CountBetween(long start, long end)
    {
        var from = FirstFrom(start);
        var until = Math.Min(FirstFrom(end) - 1, Last);
        return Math.Max(0, until - from + 1);
    }
}
