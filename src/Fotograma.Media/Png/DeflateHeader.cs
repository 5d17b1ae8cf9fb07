namespace Fotograma.Media.Png;

/// <summary>The head of a deflate block with its own codes (RFC 1951, section 3.2.7): the lengths of the codes, themselves coded.</summary>
internal sealed class DeflateHeader
{
    private const int RepeatLast = 16, ShortZeros = 17, LongZeros = 18;
    private const int FewestLiterals = 257, FewestDistances = 1, FewestCodeLengths = 4;

    private readonly HuffmanCode code = new(DeflateSymbols.CodeLengths, longest: 7);
    private readonly uint[] counts = new uint[DeflateSymbols.CodeLengths];
    private readonly byte[] lengths = new byte[DeflateSymbols.Literals + DeflateSymbols.Distances];
    private readonly (byte Symbol, byte Extra)[] items = new (byte, byte)[DeflateSymbols.Literals + DeflateSymbols.Distances];
    private int itemCount;
    private int literals;
    private int distances;
    private int codeLengths;

    /// <summary>The most bytes a head can take.</summary>
    public const int MaxBytes = ((DeflateSymbols.Literals + DeflateSymbols.Distances) * 14 / 8) + 16;

    /// <summary>The order in which the lengths of the code of code lengths are written, those that are often 0 last.</summary>
    private static ReadOnlySpan<byte> Order => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>Prepares the head for two codes and returns its length in bits, without the three bits that every block has.</summary>
    public long Prepare(HuffmanCode literalCode, HuffmanCode distanceCode)
    {
        literals = Used(literalCode.Lengths, FewestLiterals);
        distances = Used(distanceCode.Lengths, FewestDistances);
        literalCode.Lengths.AsSpan(0, literals).CopyTo(lengths);
        distanceCode.Lengths.AsSpan(0, distances).CopyTo(lengths.AsSpan(literals));
        Itemise(lengths.AsSpan(0, literals + distances));
        code.Build(counts);
        codeLengths = Order.Length;
        while (codeLengths > FewestCodeLengths && code.Lengths[Order[codeLengths - 1]] == 0) codeLengths--;
        return 14 + (3 * codeLengths) + code.Bits(counts) + (2L * counts[RepeatLast]) + (3L * counts[ShortZeros]) + (7L * counts[LongZeros]);
    }

    /// <summary>Writes what was prepared.</summary>
    public void Write(ref BitWriter writer)
    {
        writer.Write((uint)(literals - FewestLiterals), 5);
        writer.Write((uint)(distances - FewestDistances), 5);
        writer.Write((uint)(codeLengths - FewestCodeLengths), 4);
        foreach (var symbol in Order[..codeLengths]) writer.Write(code.Lengths[symbol], 3);
        foreach (var (symbol, extra) in items.AsSpan(0, itemCount))
        {
            writer.Write(code.Codes[symbol], code.Lengths[symbol]);
            if (symbol >= RepeatLast) writer.Write(extra, symbol == RepeatLast ? 2 : symbol == ShortZeros ? 3 : 7);
        }
    }

    private static int Used(ReadOnlySpan<byte> lengths, int fewest)
    {
        var used = lengths.Length;
        while (used > fewest && lengths[used - 1] == 0) used--;
        return used;
    }

    /// <summary>Writes repeated lengths as a length and how often it is repeated.</summary>
    private void Itemise(ReadOnlySpan<byte> all)
    {
        Array.Clear(counts);
        itemCount = 0;
        for (var i = 0; i < all.Length;)
        {
            var same = 1;
            while (i + same < all.Length && all[i + same] == all[i]) same++;
            i += same;
            var value = all[i - 1];
            if (value != 0)
            {
                Item(value, 0);
                same--;
            }

            while (same >= 3) same -= Repeat(value, same);
            for (; same > 0; same--) Item(value, 0);
        }
    }

    private int Repeat(byte value, int same)
    {
        var (symbol, least, most) = value != 0 ? (RepeatLast, 3, 6) : same <= 10 ? (ShortZeros, 3, 10) : (LongZeros, 11, 138);
        var taken = Math.Min(same, most);
        Item(symbol, taken - least);
        return taken;
    }

    private void Item(int symbol, int extra)
    {
        items[itemCount++] = ((byte)symbol, (byte)extra);
        counts[symbol]++;
    }
}
