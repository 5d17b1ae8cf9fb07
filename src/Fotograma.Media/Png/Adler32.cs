using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fotograma.Media.Png;

/// <summary>The checksum at the end of a zlib stream (RFC 1950, section 8), sixteen bytes at a time.</summary>
internal static class Adler32
{
    /// <summary>The checksum of no bytes.</summary>
    public const uint Start = 1;

    private const uint Modulus = 65521;

    /// <summary>How many bytes can be summed up before the second sum would leave 32 bits; RFC 1950's 5552, rounded down to whole vectors.</summary>
    private const int BytesBetweenReductions = 5552 / 16 * 16;

    /// <summary>The checksum of what <paramref name="adler"/> covers, followed by <paramref name="data"/>.</summary>
    public static uint Append(uint adler, ReadOnlySpan<byte> data)
    {
        var sum = adler & 0xFFFF;
        var sumOfSums = adler >> 16;
        while (!data.IsEmpty)
        {
            var part = data[..Math.Min(data.Length, BytesBetweenReductions)];
            var whole = part.Length & ~15;
            if (whole > 0) AppendVectors(part[..whole], ref sum, ref sumOfSums);
            foreach (var value in part[whole..])
            {
                sum += value;
                sumOfSums += sum;
            }

            sum %= Modulus;
            sumOfSums %= Modulus;
            data = data[part.Length..];
        }

        return (sumOfSums << 16) | sum;
    }

    private static void AppendVectors(ReadOnlySpan<byte> data, ref uint sum, ref uint sumOfSums)
    {
        // In the sum of sums the first of sixteen bytes counts sixteen times, the last once; and every byte sixteen times more for each
        // vector after its own, which is what adding up `before` counts.
        Vector128<uint> sums = default, before = default, weighted = default;
        ref var start = ref MemoryMarshal.GetReference(data);
        for (nuint i = 0; i < (nuint)data.Length; i += 16)
        {
            var bytes = Vector128.LoadUnsafe(ref start, i);
            before += sums;
            sums += Sum(bytes);
            weighted += WeightedSum(bytes);
        }

        sumOfSums += ((uint)data.Length * sum) + (16 * Vector128.Sum(before)) + Vector128.Sum(weighted);
        sum += Vector128.Sum(sums);
    }

    /// <summary>Numbers that together are the sum of the bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Sum(Vector128<byte> bytes)
    {
        if (Sse2.IsSupported) return Sse2.SumAbsoluteDifferences(bytes, Vector128<byte>.Zero).AsUInt32();
        var (first, last) = Vector128.Widen(bytes);
        return InPairs(first + last);
    }

    /// <summary>Numbers that together are the sum of sixteen times the first byte, fifteen times the second, and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> WeightedSum(Vector128<byte> bytes)
    {
        if (Ssse3.IsSupported)
        {
            var weights = Vector128.Create((sbyte)16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
            return Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(bytes, weights), Vector128<short>.One).AsUInt32();
        }

        var (first, last) = Vector128.Widen(bytes);
        return InPairs((first * Vector128.Create((ushort)16, 15, 14, 13, 12, 11, 10, 9)) + (last * Vector128.Create((ushort)8, 7, 6, 5, 4, 3, 2, 1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> InPairs(Vector128<ushort> values) =>
        (values.AsUInt32() & Vector128.Create(0xFFFFu)) + (values.AsUInt32() >>> 16);
}
