using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fotograma.Media.Png;

/// <summary>
/// The row filters of PNG (W3C PNG, third edition, section 9) that are in use here. A filtered row is the filter's number, then one byte
/// for each of the row: its difference, modulo 256, from what its neighbours let expect. All rows have the same length.
/// </summary>
internal static class RowFilter
{
    private const byte SubNumber = 1;
    private const byte UpNumber = 2;
    private const byte PaethNumber = 4;

    /// <summary>Expects the pixel to the left, which is <paramref name="pixelBytes"/> away: for the row that has none above it.</summary>
    public static void Sub(ReadOnlySpan<byte> row, int pixelBytes, Span<byte> target)
    {
        target[0] = SubNumber;
        row[..pixelBytes].CopyTo(target[1..]);
        Subtract(row[pixelBytes..], row, target[(1 + pixelBytes)..]);
    }

    /// <summary>Expects the pixel above.</summary>
    public static void Up(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> target)
    {
        target[0] = UpNumber;
        Subtract(row, above, target[1..]);
    }

    /// <summary>Expects whichever of left, above and above left is nearest to left + above - above left.</summary>
    public static void Paeth(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int pixelBytes, Span<byte> target)
    {
        target[0] = PaethNumber;
        target = target[1..];
        Subtract(row[..pixelBytes], above, target);
        ref var here = ref MemoryMarshal.GetReference(row);
        ref var up = ref MemoryMarshal.GetReference(above[..row.Length]);
        ref var to = ref MemoryMarshal.GetReference(target[..row.Length]);
        var left = -pixelBytes;
        var i = pixelBytes;
        for (; i <= row.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            var a = Vector128.LoadUnsafe(ref Unsafe.Add(ref here, i + left));
            var b = Vector128.LoadUnsafe(ref Unsafe.Add(ref up, i));
            var c = Vector128.LoadUnsafe(ref Unsafe.Add(ref up, i + left));
            (Vector128.LoadUnsafe(ref Unsafe.Add(ref here, i)) - Nearest(a, b, c)).StoreUnsafe(ref Unsafe.Add(ref to, i));
        }

        for (; i < row.Length; i++) target[i] = (byte)(row[i] - Nearest(row[i + left], above[i], above[i + left]));
    }

    /// <summary>
    /// Paeth's choice within bytes. The distance of the estimate a + b - c is |b - c| to a, |a - c| to b, and |(a - c) + (b - c)| to c:
    /// the difference of the two if they lie on different sides of c; otherwise their sum, which never wins.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Nearest(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        var highA = Vector128.Max(a, c);
        var highB = Vector128.Max(b, c);
        var toA = highB - Vector128.Min(b, c);
        var toB = highA - Vector128.Min(a, c);
        var nearer = Vector128.Min(toA, toB);
        var sameSide = Vector128.Equals(Vector128.Equals(highA, a), Vector128.Equals(highB, b));
        var toC = (Vector128.Max(toA, toB) - nearer) | sameSide;
        var aOrB = Vector128.ConditionalSelect(Vector128.Equals(nearer, toA), a, b);
        return Vector128.ConditionalSelect(Vector128.Equals(Vector128.Min(nearer, toC), nearer), aOrB, c);
    }

    private static byte Nearest(byte a, byte b, byte c)
    {
        var (toA, toB, toC) = (Math.Abs(b - c), Math.Abs(a - c), Math.Abs(a + b - c - c));
        return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
    }

    /// <summary><paramref name="target"/> = <paramref name="row"/> - <paramref name="expected"/>, for each byte of the row.</summary>
    private static void Subtract(ReadOnlySpan<byte> row, ReadOnlySpan<byte> expected, Span<byte> target)
    {
        ref var here = ref MemoryMarshal.GetReference(row);
        ref var there = ref MemoryMarshal.GetReference(expected[..row.Length]);
        ref var to = ref MemoryMarshal.GetReference(target[..row.Length]);
        var i = 0;
        for (; i <= row.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            var difference = Vector128.LoadUnsafe(ref Unsafe.Add(ref here, i)) - Vector128.LoadUnsafe(ref Unsafe.Add(ref there, i));
            difference.StoreUnsafe(ref Unsafe.Add(ref to, i));
        }

        for (; i < row.Length; i++) target[i] = (byte)(row[i] - expected[i]);
    }
}
