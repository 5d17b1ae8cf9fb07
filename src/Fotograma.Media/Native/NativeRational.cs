using System.Runtime.InteropServices;
using Fotograma.Media.Options;

namespace Fotograma.Media.Native;

/// <summary>libav's <c>AVRational</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeRational(int Numerator, int Denominator)
{
    /// <summary>The same number; unknown when either part is not positive.</summary>
    public Rational ToRational() => Numerator <= 0 || Denominator <= 0 ? default : new Rational(Numerator, Denominator);
}
