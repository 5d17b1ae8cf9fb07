using System.Globalization;

namespace Fotograma.Media.Manifest;

/// <summary>Timestamps as text.</summary>
public static class FrameTime
{
    /// <summary>
    /// <paramref name="ticks"/> × <paramref name="numerator"/> / <paramref name="denominator"/> seconds with six decimals: the very text
    /// that ffprobe prints as <c>pts_time</c>. ffprobe multiplies doubles and prints with C's <c>%f</c>, which takes the even neighbour
    /// when the double lies exactly between two. Only odd multiples of 1/128 can, hence the second branch; .NET would round those up.
    /// </summary>
    public static string Format(long ticks, int numerator, int denominator)
    {
        var seconds = ticks * (numerator / (double)denominator);
        var steps = seconds * 128;
        if (Math.Abs(steps) >= 1L << 52 || steps != Math.Truncate(steps) || (long)steps % 2 == 0)
            return seconds.ToString("F6", CultureInfo.InvariantCulture);
        return decimal.Round((long)steps / 128m, 6, MidpointRounding.ToEven).ToString("F6", CultureInfo.InvariantCulture);
    }
}
