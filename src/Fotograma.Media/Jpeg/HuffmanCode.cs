namespace Fotograma.Media.Jpeg;

/// <summary>
/// The shortest prefix code of at most 16 bits for symbols that were counted, found by package-merge (Larmore and Hirschberg, "A fast
/// algorithm for optimal length-limited Huffman codes", 1990). As JPEG demands, no code consists of ones only.
/// </summary>
internal sealed class HuffmanCode
{
    /// <summary>How many symbols there can be.</summary>
    public const int Symbols = 256;

    /// <summary>Bits of an entry of <see cref="Entries"/> that hold a length; the code is above them.</summary>
    public const int LengthBits = 5;

    private const int LengthMax = 16;

    /// <summary>Stands for the code of ones only, which stays unused.</summary>
    private const int Nothing = Symbols;

    private readonly uint[] entries = new uint[Symbols];
    private readonly byte[] lengthCounts = new byte[LengthMax];
    private readonly byte[] ordered = new byte[Symbols];
    private readonly int[] symbols = new int[Symbols + 1];
    private readonly long[] keys = new long[Symbols + 1];
    private readonly int[] lengths = new int[Symbols + 1];
    private readonly long[][] weights = [new long[2 * Symbols + 2], new long[2 * Symbols + 2]];
    private readonly bool[][] isLeaf = [.. Enumerable.Range(0, LengthMax).Select(_ => new bool[2 * Symbols + 2])];
    private int used;

    /// <summary>For each symbol its code, shifted left by <see cref="LengthBits"/>, and its length; 0 for a symbol that has none.</summary>
    public ReadOnlySpan<uint> Entries => entries;

    /// <summary>How many codes there are of each length, 1 to 16.</summary>
    public ReadOnlySpan<byte> LengthCounts => lengthCounts;

    /// <summary>The symbols in the order of their codes.</summary>
    public ReadOnlySpan<byte> Ordered => ordered.AsSpan(0, used - 1);

    /// <summary>Makes the code for symbols that occur as often as <paramref name="counts"/> says; at least one must occur.</summary>
    public void Build(ReadOnlySpan<int> counts)
    {
        Sort(counts);
        FindLengths();
        Assign();
    }

    /// <summary>The symbols that occur, rarest first, after the one that stands for no symbol.</summary>
    private void Sort(ReadOnlySpan<int> counts)
    {
        used = 0;
        keys[used++] = Nothing;
        for (var symbol = 0; symbol < Symbols; symbol++)
        {
            if (counts[symbol] > 0) keys[used++] = (long)counts[symbol] * (Symbols * 2) + symbol;
        }

        Array.Sort(keys, 0, used);
        for (var i = 0; i < used; i++)
        {
            symbols[i] = (int)(keys[i] % (Symbols * 2));
            keys[i] /= Symbols * 2;
        }
    }

    /// <summary>Merges the symbols with the pairs of the list before, once for each bit that a code may have.</summary>
    private void FindLengths()
    {
        var size = 0;
        for (var level = 0; level < LengthMax; level++) size = Merge(weights[level & 1], size / 2, weights[1 - (level & 1)], isLeaf[level]);

        Array.Clear(lengths, 0, used);
        var taken = 2 * used - 2;
        for (var level = LengthMax - 1; level >= 0; level--)
        {
            var leaves = isLeaf[level].AsSpan(0, taken).Count(true);
            for (var i = 0; i < leaves; i++) lengths[i]++;
            taken = 2 * (taken - leaves);
        }
    }

    private int Merge(long[] before, int pairs, long[] merged, bool[] leaf)
    {
        var size = used + pairs;
        for (int i = 0, item = 0, pair = 0; i < size; i++)
        {
            leaf[i] = pair == pairs || (item < used && keys[item] <= before[2 * pair] + before[2 * pair + 1]);
            merged[i] = leaf[i] ? keys[item++] : before[2 * pair] + before[2 * pair++ + 1];
        }

        return size;
    }

    private void Assign()
    {
        Array.Clear(entries);
        Array.Clear(lengthCounts);
        var code = 0u;
        for (var i = used - 1; i > 0; i--)
        {
            var length = lengths[i];
            entries[symbols[i]] = code << LengthBits | (uint)length;
            lengthCounts[length - 1]++;
            ordered[used - 1 - i] = (byte)symbols[i];
            code = code + 1 << lengths[i - 1] - length;
        }
    }
}
