using System.Globalization;
using System.Numerics;

namespace Fotograma.Media.Options;

/// <summary>
/// An exact fraction, as media containers use for time bases and frame rates. Always in lowest terms with a positive denominator.
/// </summary>
public readonly record struct Rational : IComparable<Rational>
{
    /// <summary>Makes <paramref name="numerator"/> / <paramref name="denominator"/> in lowest terms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The denominator is zero.</exception>
    public Rational(long numerator, long denominator)
    {
        ArgumentOutOfRangeException.ThrowIfZero(denominator);
        var divisor = (long)BigInteger.GreatestCommonDivisor(numerator, denominator);
        if (denominator < 0) divisor = -divisor;
        Numerator = numerator / divisor;
        Denominator = denominator / divisor;
    }

    /// <summary>The numerator.</summary>
    public long Numerator { get; }

    /// <summary>The denominator; zero only in <c>default</c>, which stands for "unknown".</summary>
    public long Denominator { get; }

    /// <summary>True for <c>default</c>: no value was given.</summary>
    public bool IsUnknown => Denominator == 0;

    /// <summary>The nearest double.</summary>
    public double ToDouble() => (double)Numerator / Denominator;

    /// <summary>One divided by this.</summary>
    public Rational Inverse() => new(Denominator, Numerator);

    /// <inheritdoc/>
    public int CompareTo(Rational other) => ((Int128)Numerator * other.Denominator).CompareTo((Int128)other.Numerator * Denominator);

    /// <summary>Smaller than.</summary>
    public static bool operator <(Rational left, Rational right) => left.CompareTo(right) < 0;

    /// <summary>Greater than.</summary>
    public static bool operator >(Rational left, Rational right) => left.CompareTo(right) > 0;

    /// <summary>Smaller or equal.</summary>
    public static bool operator <=(Rational left, Rational right) => left.CompareTo(right) <= 0;

    /// <summary>Greater or equal.</summary>
    public static bool operator >=(Rational left, Rational right) => left.CompareTo(right) >= 0;

    /// <summary>Reads <c>30000/1001</c>, <c>25</c> or <c>2.5</c> (at most nine decimals).</summary>
    public static bool TryParse(string? text, out Rational value)
    {
        value = default;
        if (string.IsNullOrWhiteSpace(text)) return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return TryParseDecimal(text, out value);
        if (!long.TryParse(text.AsSpan(0, slash), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var numerator)
            || !long.TryParse(text.AsSpan(slash + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var denominator)
            || denominator == 0 || numerator == long.MinValue || denominator == long.MinValue) return false;
        value = new Rational(numerator, denominator);
        return true;
    }

    /// <summary><c>25</c> or <c>30000/1001</c>.</summary>
    public override string ToString() => Denominator == 1
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    private static bool TryParseDecimal(string text, out Rational value)
    {
        value = default;
        const long Nano = 1_000_000_000;
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || Math.Abs(number) > 1_000_000_000m) return false;
        var scaled = number * Nano;
        if (decimal.Truncate(scaled) != scaled) return false;
        value = new Rational((long)scaled, Nano);
        return true;
    }
}
