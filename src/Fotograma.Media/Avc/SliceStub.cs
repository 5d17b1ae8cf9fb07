namespace Fotograma.Media.Avc;

/// <summary>
/// Makes a slice that has the head of another one and next to no samples. A decoder that reads it keeps account of the picture (its number, its
/// place in order, what is forgotten for it) and leaves its samples undefined.
/// </summary>
internal static class SliceStub
{
    private const int TailBytesMax = 3;

    /// <summary>The stub of a unit with this head; null for slices that refer to nothing, and where it would not fit.</summary>
    public static byte[]? Of(ReadOnlySpan<byte> unit, SliceHead head)
    {
        if (head.Kind == SliceKind.Intra) return null;
        var (bytes, bitsLeft) = head.End;
        var stub = new byte[bytes + TailBytesMax];
        if (stub.Length >= unit.Length) return null;
        unit[..bytes].CopyTo(stub);
        // Arithmetic coding cannot start at an offset of all ones (9.3.1.2), so a decoder does not even begin: no state is left half changed.
        // Otherwise: one macroblock that is skipped, as the Exp-Golomb code 010, then the bit that ends the slice. Both begin at the next bit.
        var tail = head.IsArithmetic ? uint.MaxValue : 0b0101u << 28;
        var mask = (1u << bitsLeft) - 1;
        stub[bytes - 1] = (byte)((stub[bytes - 1] & ~mask) | (tail >> (32 - bitsLeft) & mask));
        for (var i = 0; i < TailBytesMax; i++) stub[bytes + i] = (byte)((tail << bitsLeft) >> (24 - (8 * i)));
        if (!head.IsArithmetic) stub = stub[..(bytes + (bitsLeft < 4 ? 1 : 0))];
        return LooksLikeCode(stub) ? null : stub;
    }

    /// <summary>Whether three bytes at the end would be taken for a start code, or for one prevented.</summary>
    private static bool LooksLikeCode(ReadOnlySpan<byte> stub)
    {
        for (var i = Math.Max(0, stub.Length - TailBytesMax - 3); i + 2 < stub.Length; i++)
            if (stub[i] == 0 && stub[i + 1] == 0 && stub[i + 2] < 3) return true;
        return false;
    }
}
