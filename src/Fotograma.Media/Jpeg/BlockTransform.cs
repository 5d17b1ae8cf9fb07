using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Fotograma.Media.Jpeg;

/// <summary>
/// The forward cosine transform of 8×8 samples with its quantisation, eight columns at a time. The flow graph is that of Loeffler,
/// Ligtenberg and Moschytz ("Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989) with rotations of four products, so
/// that every factor is below one and fits a fraction of 2^15. Coefficients carry five more bits than JPEG's, the first pass eight: each
/// row of the matrix has absolute sum 8 at most, hence nothing exceeds 16 bits whatever the samples are.
/// </summary>
internal static class BlockTransform
{
    /// <summary>How many times larger than JPEG's the coefficients are before they are quantised.</summary>
    public const int Scale = 32;

    /// <summary>The largest coefficient there is, other than the mean, before it is quantised: all samples count an eighth, up or down.</summary>
    public const int CoefficientMax = 64 * 255 / 2 / 8;

    private const int SamplesShift = 5;
    private const int Rows = 8;

    private static Vector128<short> Cos1 => Fraction(0.98078528040323044);
    private static Vector128<short> Cos3 => Fraction(0.83146961230254524);
    private static Vector128<short> Cos5 => Fraction(0.55557023301960222);
    private static Vector128<short> Cos7 => Fraction(0.19509032201612827);

    /// <summary>√2 − 1.</summary>
    private static Vector128<short> Root2Rest => Fraction(0.41421356237309505);

    /// <summary>√2 cos(6π/16).</summary>
    private static Vector128<short> Root2Cos6 => Fraction(0.54119610014619698);

    /// <summary>√2 cos(2π/16) − 1.</summary>
    private static Vector128<short> Root2Cos2Rest => Fraction(0.30656296487637652);

    /// <summary>
    /// Transforms and quantises the samples 0 to 255 at <paramref name="samples"/>, rows <paramref name="stride"/> bytes apart, into 64
    /// <paramref name="coefficients"/>: eight of each horizontal frequency, by vertical frequency. The result's bit i says that
    /// coefficient i is not zero.
    /// </summary>
    public static ulong Forward(ref byte samples, nint stride, ref short reciprocals, ref short coefficients)
    {
        if (Ssse3.IsSupported) return Forward<Lanes.WithSsse3>(ref samples, stride, ref reciprocals, ref coefficients);
        if (AdvSimd.IsSupported) return Forward<Lanes.WithNeon>(ref samples, stride, ref reciprocals, ref coefficients);
        return Forward<Lanes.Portable>(ref samples, stride, ref reciprocals, ref coefficients);
    }

    /// <summary>The same for one kind of machine.</summary>
    internal static ulong Forward<TMachine>(ref byte samples, nint stride, ref short reciprocals, ref short coefficients) where TMachine : struct
    {
        var r0 = Load(ref samples);
        var r1 = Load(ref Unsafe.AddByteOffset(ref samples, stride));
        var r2 = Load(ref Unsafe.AddByteOffset(ref samples, stride * 2));
        var r3 = Load(ref Unsafe.AddByteOffset(ref samples, stride * 3));
        var r4 = Load(ref Unsafe.AddByteOffset(ref samples, stride * 4));
        var r5 = Load(ref Unsafe.AddByteOffset(ref samples, stride * 5));
        var r6 = Load(ref Unsafe.AddByteOffset(ref samples, stride * 6));
        var r7 = Load(ref Unsafe.AddByteOffset(ref samples, stride * 7));
        Pass<TMachine>(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);

        // The sums of unsigned samples have wrapped; the level shift of 128 brings them back.
        r0 ^= Vector128.Create(short.MinValue);
        var eighth = Vector128.Create((short)(1 << 12));
        (r0, r1) = (Lanes.Multiply<TMachine>(r0, eighth), Lanes.Multiply<TMachine>(r1, eighth));
        (r2, r3) = (Lanes.Multiply<TMachine>(r2, eighth), Lanes.Multiply<TMachine>(r3, eighth));
        (r4, r5) = (Lanes.Multiply<TMachine>(r4, eighth), Lanes.Multiply<TMachine>(r5, eighth));
        (r6, r7) = (Lanes.Multiply<TMachine>(r6, eighth), Lanes.Multiply<TMachine>(r7, eighth));
        Lanes.Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Pass<TMachine>(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);

        var first = Quantise<TMachine>(r0, r1, 0, ref reciprocals, ref coefficients);
        var second = Quantise<TMachine>(r2, r3, 2, ref reciprocals, ref coefficients);
        var third = Quantise<TMachine>(r4, r5, 4, ref reciprocals, ref coefficients);
        var fourth = Quantise<TMachine>(r6, r7, 6, ref reciprocals, ref coefficients);
        return ~(first | second << 16 | third << 32 | fourth << 48);
    }

    private static Vector128<short> Fraction(double value) => Vector128.Create((short)(value * (1 << 15) + 0.5));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Load(ref byte row) =>
        (Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref row)).AsByte()) << SamplesShift).AsInt16();

    /// <summary>Eight transforms of eight numbers side by side; √8 times larger than the orthonormal transform.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass<TMachine>(
        ref Vector128<short> r0, ref Vector128<short> r1, ref Vector128<short> r2, ref Vector128<short> r3,
        ref Vector128<short> r4, ref Vector128<short> r5, ref Vector128<short> r6, ref Vector128<short> r7) where TMachine : struct
    {
        var (sum0, sum1, sum2, sum3) = (r0 + r7, r1 + r6, r2 + r5, r3 + r4);
        var (odd0, odd1, odd2, odd3) = (r0 - r7, r1 - r6, r2 - r5, r3 - r4);
        var (outer, inner) = (sum0 + sum3, sum1 + sum2);
        var (outerRest, innerRest) = (sum0 - sum3, sum1 - sum2);
        r0 = outer + inner;
        r4 = outer - inner;
        r2 = outerRest + (Lanes.Multiply<TMachine>(outerRest, Root2Cos2Rest) + Lanes.Multiply<TMachine>(innerRest, Root2Cos6));
        r6 = Lanes.Multiply<TMachine>(outerRest, Root2Cos6) - Lanes.Multiply<TMachine>(innerRest, Root2Cos2Rest) - innerRest;

        var a = Lanes.Multiply<TMachine>(odd0, Cos3) - Lanes.Multiply<TMachine>(odd3, Cos5);
        var b = Lanes.Multiply<TMachine>(odd0, Cos5) + Lanes.Multiply<TMachine>(odd3, Cos3);
        var c = Lanes.Multiply<TMachine>(odd1, Cos7) + Lanes.Multiply<TMachine>(odd2, Cos1);
        var d = Lanes.Multiply<TMachine>(odd1, Cos1) - Lanes.Multiply<TMachine>(odd2, Cos7);
        var (low, high) = (a + c, b + d);
        var (third, fifth) = (a - c, b - d);
        r1 = low + high;
        r7 = low - high;
        r3 = third + Lanes.Multiply<TMachine>(third, Root2Rest);
        r5 = fifth + Lanes.Multiply<TMachine>(fifth, Root2Rest);
    }

    /// <summary>Quantises two rows. The result's low 16 bits say which coefficients are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Quantise<TMachine>(
        Vector128<short> upper, Vector128<short> lower, int row, ref short reciprocals, ref short coefficients) where TMachine : struct
    {
        upper = Quantise<TMachine>(upper, row, ref reciprocals);
        lower = Quantise<TMachine>(lower, row + 1, ref reciprocals);
        upper.StoreUnsafe(ref coefficients, (nuint)(row * Rows));
        lower.StoreUnsafe(ref coefficients, (nuint)((row + 1) * Rows));
        return Vector128.Equals(Vector128.NarrowWithSaturation(upper, lower), Vector128<sbyte>.Zero).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Quantise<TMachine>(Vector128<short> values, int row, ref short reciprocals) where TMachine : struct
    {
        var fraction = Vector128.LoadUnsafe(ref reciprocals, (nuint)(row * Rows));
        var power = Vector128.LoadUnsafe(ref reciprocals, (nuint)(Quantiser.Coefficients + row * Rows));
        var bias = Vector128.LoadUnsafe(ref reciprocals, (nuint)(2 * Quantiser.Coefficients + row * Rows));
        var negative = Vector128.LoadUnsafe(ref reciprocals, (nuint)(3 * Quantiser.Coefficients + row * Rows));
        var scaled = Lanes.Multiply<TMachine>(values, fraction);
        return Lanes.Multiply<TMachine>(scaled - Vector128.Max(Vector128.Min(scaled, bias), negative), power);
    }
}
