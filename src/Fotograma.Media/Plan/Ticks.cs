using System.Numerics;
using Fotograma.Media.Native;

namespace Fotograma.Media.Plan;

/// <summary>
/// Exact arithmetic between units of time, with the rounding libav's <c>av_rescale_q</c> uses (nearest, halves away from zero), so that
/// positions come out as in the ffmpeg program. <see cref="Libav.NoTimestamp"/> stays itself.
/// </summary>
internal static class Ticks
{
    /// <summary>The unit libav keeps container times in.</summary>
    public static NativeRational Microsecond { get; } = new(1, 1_000_000);

    /// <summary>Converts <paramref name="ticks"/> from one unit to another.</summary>
    public static long Rescale(long ticks, NativeRational from, NativeRational to)
    {
        if (ticks is Libav.NoTimestamp or long.MaxValue) return ticks;
        var numerator = (Int128)ticks * from.Numerator * to.Denominator;
        var denominator = (Int128)from.Denominator * to.Numerator;
        var half = denominator / 2;
        var rounded = numerator >= 0 ? (numerator + half) / denominator : -((-numerator + half) / denominator);
        return Clamp(rounded);
    }

    /// <summary>A time later or earlier by so much. Files may name any number; what would lie beyond the range of timestamps stays at its end.</summary>
    public static long Sum(long ticks, long more) => Clamp((Int128)ticks + more);

    /// <summary>How far a time lies behind another one, within the range of timestamps as well: never so far that its opposite could not be told.</summary>
    public static long Difference(long ticks, long earlier) => Clamp((Int128)ticks - earlier);

    /// <summary>Seconds, for showing.</summary>
    public static double Seconds(long ticks, NativeRational unit) => (double)ticks * unit.Numerator / unit.Denominator;

    /// <summary>Division rounded towards negative infinity; the divisor is positive.</summary>
    public static BigInteger FloorDivide(BigInteger dividend, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out var remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>Brings a number into the range of timestamps.</summary>
    public static long Clamp(BigInteger value) => value > long.MaxValue ? long.MaxValue : value <= long.MinValue ? long.MinValue + 1 : (long)value;

    private static long Clamp(Int128 value) => value > long.MaxValue ? long.MaxValue : value <= long.MinValue ? long.MinValue + 1 : (long)value;
}
