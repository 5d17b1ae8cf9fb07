using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Fotograma.Media.Jpeg;

/// <summary>
/// What the transform needs of eight 16-bit lanes and the portable vectors do not offer. Every machine computes the same numbers, so a
/// picture's file does not depend on where it was made.
/// </summary>
internal static class Lanes
{
    public readonly struct WithSsse3;

    public readonly struct WithNeon;

    public readonly struct Portable;

    /// <summary>(<paramref name="left"/> · <paramref name="right"/> + 2^14) / 2^15, rounded down: a product of fractions of 2^15.</summary>
    /// <typeparam name="TMachine">
    /// One of the structs below. Code compiled ahead of time looks at the machine wherever it is asked whether SSSE3 is there; so it is asked
    /// once a block, and what follows is compiled for each answer.
    /// </typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Multiply<TMachine>(Vector128<short> left, Vector128<short> right) where TMachine : struct
    {
        if (typeof(TMachine) == typeof(WithSsse3)) return Ssse3.MultiplyHighRoundScale(left, right);
        return typeof(TMachine) == typeof(WithNeon) ? AdvSimd.MultiplyRoundedDoublingSaturateHigh(left, right) : PortableMultiply(left, right);
    }

    /// <summary><see cref="Multiply{TMachine}"/> for machines without an instruction for it.</summary>
    public static Vector128<short> PortableMultiply(Vector128<short> left, Vector128<short> right)
    {
        var (leftLow, leftHigh) = Vector128.Widen(left);
        var (rightLow, rightHigh) = Vector128.Widen(right);
        var half = Vector128.Create(1 << 14);
        return Vector128.Narrow(leftLow * rightLow + half >> 15, leftHigh * rightHigh + half >> 15);
    }

    /// <summary>Exchanges rows and columns of eight rows of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(
        ref Vector128<short> r0, ref Vector128<short> r1, ref Vector128<short> r2, ref Vector128<short> r3,
        ref Vector128<short> r4, ref Vector128<short> r5, ref Vector128<short> r6, ref Vector128<short> r7)
    {
        // Three rounds of interleaving each row with the one four rows on.
        var (a0, a1, a2, a3) = (Low(r0, r4), High(r0, r4), Low(r1, r5), High(r1, r5));
        var (a4, a5, a6, a7) = (Low(r2, r6), High(r2, r6), Low(r3, r7), High(r3, r7));
        var (b0, b1, b2, b3) = (Low(a0, a4), High(a0, a4), Low(a1, a5), High(a1, a5));
        var (b4, b5, b6, b7) = (Low(a2, a6), High(a2, a6), Low(a3, a7), High(a3, a7));
        (r0, r1, r2, r3) = (Low(b0, b4), High(b0, b4), Low(b1, b5), High(b1, b5));
        (r4, r5, r6, r7) = (Low(b2, b6), High(b2, b6), Low(b3, b7), High(b3, b7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Low(Vector128<short> even, Vector128<short> odd)
    {
        if (Sse2.IsSupported) return Sse2.UnpackLow(even, odd);
        return AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(even, odd) : PortableInterleave(even.GetLower(), odd.GetLower());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> High(Vector128<short> even, Vector128<short> odd)
    {
        if (Sse2.IsSupported) return Sse2.UnpackHigh(even, odd);
        return AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(even, odd) : PortableInterleave(even.GetUpper(), odd.GetUpper());
    }

    private static Vector128<short> PortableInterleave(Vector64<short> even, Vector64<short> odd) =>
        Vector128.Create(even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3]);
}
