using System.Runtime.CompilerServices;

namespace Fotograma.Media.Jpeg;

/// <summary>The order in which a block's coefficients are written (ITU-T T.81, figure 5), and how to get there from the transform's order.</summary>
internal static class ZigZag
{
    private const int Bytes = 8;
    private const int ByteValues = 256;

    private static readonly byte[] Places = MakePlaces();
    private static readonly byte[] Indices = MakeIndices();

    /// <summary>For each byte of a mask and each of its values, the same bits in zigzag order.</summary>
    private static readonly ulong[] Masks = MakeMasks();

    /// <summary>For each place in the file the index in the transform's order.</summary>
    public static ReadOnlySpan<byte> Order => Indices;

    /// <summary>The place in the file of a vertical (<paramref name="row"/>) and a horizontal frequency.</summary>
    public static int Place(int row, int column) => Places[row * 8 + column];

    /// <summary>Brings a mask whose bits are in the transform's order into the file's order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Permute(ulong mask)
    {
        ref var table = ref Masks[0];
        return Look(ref table, mask, 0) | Look(ref table, mask, 1) | Look(ref table, mask, 2) | Look(ref table, mask, 3)
            | Look(ref table, mask, 4) | Look(ref table, mask, 5) | Look(ref table, mask, 6) | Look(ref table, mask, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Look(ref ulong table, ulong mask, int part) =>
        Unsafe.Add(ref table, (nint)(part * ByteValues + (byte)(mask >> (part * 8))));

    private static byte[] MakePlaces()
    {
        var places = new byte[64];
        for (int diagonal = 0, place = 0; diagonal < 15; diagonal++)
        {
            for (var step = Math.Max(0, diagonal - 7); step <= Math.Min(diagonal, 7); step++)
            {
                var row = diagonal % 2 == 0 ? diagonal - step : step;
                places[row * 8 + diagonal - row] = (byte)place++;
            }
        }

        return places;
    }

    private static byte[] MakeIndices()
    {
        var indices = new byte[64];
        for (var row = 0; row < 8; row++)
        {
            for (var column = 0; column < 8; column++) indices[Place(row, column)] = (byte)(column * 8 + row);
        }

        return indices;
    }

    private static ulong[] MakeMasks()
    {
        var masks = new ulong[Bytes * ByteValues];
        for (var place = 0; place < 64; place++)
        {
            var (part, bit) = (Indices[place] / 8, Indices[place] % 8);
            for (var value = 0; value < ByteValues; value++)
            {
                if ((value >> bit & 1) != 0) masks[part * ByteValues + value] |= 1UL << place;
            }
        }

        return masks;
    }
}
