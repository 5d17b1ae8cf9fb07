using System.Numerics;
using Fotograma.Media.Native;
using Fotograma.Media.Options;

namespace Fotograma.Media.Plan;

/// <summary>An exact number of seconds without a bound on its parts. Not in lowest terms; the denominator is positive.</summary>
internal readonly record struct Fraction(BigInteger Numerator, BigInteger Denominator) : IComparable<Fraction>
{
    public static Fraction Zero => new(0, 1);

    public static Fraction Of(Rational value) => new(value.Numerator, value.Denominator);

    /// <summary>The time of a tick.</summary>
    public static Fraction OfTicks(long ticks, NativeRational unit) => new((BigInteger)ticks * unit.Numerator, unit.Denominator);

    public static Fraction operator +(Fraction left, Fraction right) => left.Denominator == right.Denominator
        ? left with { Numerator = left.Numerator + right.Numerator }
        : new(left.Numerator * right.Denominator + right.Numerator * left.Denominator, left.Denominator * right.Denominator);

    public static Fraction operator -(Fraction left, Fraction right) => left + (right with { Numerator = -right.Numerator });

    /// <summary>The same number with another denominator, a multiple of this one's.</summary>
    public Fraction Over(BigInteger denominator) => new(Numerator * (denominator / Denominator), denominator);

    /// <summary>The smallest whole number not below this divided by <paramref name="divisor"/>, which is positive.</summary>
    public BigInteger CeilingOver(Fraction divisor) => Denominator == divisor.Denominator
        ? -Ticks.FloorDivide(-Numerator, divisor.Numerator)
        : -Ticks.FloorDivide(-Numerator * divisor.Denominator, Denominator * divisor.Numerator);

    public int CompareTo(Fraction other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);
}
