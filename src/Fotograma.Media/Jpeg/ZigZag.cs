using System.Runtime.CompilerServices;

namespace Fotograma.Media.Jpeg;

/// <summary>The order in which a block's coefficients are written (ITU-T T.81, figure 5), and how to get there from the transform's order.</summary>
internal static class ZigZag
{
    private const int Bytes = 8;
    private const int ByteValues = 256;

    /// <summary>For each place in the file the index in the transform's order: eight times the horizontal and the vertical frequency.</summary>
    public static ReadOnlySpan<byte> Order =>
    [
        0, 8, 1, 2, 9, 16, 24, 17, 10, 3, 4, 11, 18, 25, 32, 40,
        33, 26, 19, 12, 5, 6, 13, 20, 27, 34, 41, 48, 56, 49, 42, 35,
        28, 21, 14, 7, 15, 22, 29, 36, 43, 50, 57, 58, 51, 44, 37, 30,
        23, 31, 38, 45, 52, 59, 60, 53, 46, 39, 47, 54, 61, 62, 55, 63,
    ];

    /// <summary>For each byte of a mask in the transform's order and each of its values the same bits in the file's order.</summary>
    public static ulong[] MakeMasks()
    {
        var masks = new ulong[Bytes * ByteValues];
        for (var place = 0; place < Quantiser.Coefficients; place++)
        {
            var (part, bit) = (Order[place] / 8, Order[place] % 8);
            for (var value = 0; value < ByteValues; value++)
            {
                if ((value >> bit & 1) != 0) masks[part * ByteValues + value] |= 1UL << place;
            }
        }

        return masks;
    }

    /// <summary>Brings a mask from the transform's order into the file's order, with the table of <see cref="MakeMasks"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Permute(ulong mask, ref ulong masks)
    {
        return Look(ref masks, mask, 0) | Look(ref masks, mask, 1) | Look(ref masks, mask, 2) | Look(ref masks, mask, 3)
            | Look(ref masks, mask, 4) | Look(ref masks, mask, 5) | Look(ref masks, mask, 6) | Look(ref masks, mask, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Look(ref ulong masks, ulong mask, int part) =>
        Unsafe.Add(ref masks, (nint)(uint)(part * ByteValues + (byte)(mask >> (part * 8))));
}
