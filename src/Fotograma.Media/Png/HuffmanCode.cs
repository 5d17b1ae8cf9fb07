namespace Fotograma.Media.Png;

/// <summary>
/// A prefix code as deflate wants it (RFC 1951, section 3.2): complete, of limited length, canonical, its bits in the order in which they
/// are written. Lengths are minimal (Moffat and Katajainen, "In-place calculation of minimum-redundancy codes", 1995) unless the limit
/// cuts them.
/// </summary>
internal sealed class HuffmanCode
{
    private readonly int longest;
    private readonly ulong[] sorted;
    private readonly int[] depths;

    /// <summary>Makes room for a code of up to <paramref name="symbols"/> symbols and <paramref name="longest"/> bits.</summary>
    public HuffmanCode(int symbols, int longest)
    {
        this.longest = longest;
        sorted = new ulong[symbols];
        depths = new int[symbols];
        Lengths = new byte[symbols];
        Codes = new uint[symbols];
    }

    /// <summary>The length of each symbol's code in bits; 0 for a symbol that is not used.</summary>
    public byte[] Lengths { get; }

    /// <summary>The code of each symbol; its first bit is the lowest.</summary>
    public uint[] Codes { get; }

    /// <summary>Makes the code for symbols that occur as often as <paramref name="counts"/> says, at most 2^31 times together.</summary>
    /// <remarks>At least two symbols get a code, used or not: some decoders refuse a code of fewer.</remarks>
    public void Build(ReadOnlySpan<uint> counts)
    {
        var used = Sort(counts);
        var lengths = depths.AsSpan(0, used);
        for (var i = 0; i < used; i++) lengths[i] = (int)(sorted[i] >> 32);
        MinimumRedundancy(lengths);

        Span<int> perLength = stackalloc int[longest + 1];
        perLength.Clear();
        foreach (var length in lengths) perLength[Math.Min(length, longest)]++;
        Complete(perLength);
        Assign(perLength, used);
    }

    /// <summary>How many bits the symbols take that were counted in <paramref name="counts"/>.</summary>
    public long Bits(ReadOnlySpan<uint> counts)
    {
        var bits = 0L;
        for (var i = 0; i < counts.Length; i++) bits += (long)counts[i] * Lengths[i];
        return bits;
    }

    /// <summary>Puts the used symbols, rarest first, into <see cref="sorted"/> as count and symbol.</summary>
    private int Sort(ReadOnlySpan<uint> counts)
    {
        Array.Clear(Lengths);
        var used = 0;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            if (counts[symbol] > 0) sorted[used++] = ((ulong)counts[symbol] << 32) | (uint)symbol;
        }

        for (var symbol = 0; used < 2; symbol++)
        {
            if (counts[symbol] == 0) sorted[used++] = (1UL << 32) | (uint)symbol;
        }

        sorted.AsSpan(0, used).Sort();
        return used;
    }

    /// <summary>Turns counts, rarest first, into code lengths, longest first.</summary>
    private static void MinimumRedundancy(Span<int> a)
    {
        // Left to right: a[next] becomes the weight of an inner node, and the nodes below it learn where their parent is.
        var (leaf, root) = (0, 0);
        for (var next = 0; next < a.Length - 1; next++)
        {
            a[next] = Lightest(a, ref leaf, ref root, next);
            a[next] += Lightest(a, ref leaf, ref root, next);
        }

        // Right to left: from parents to depths of inner nodes, and from these to the depths of leaves.
        a[^2] = 0;
        for (var next = a.Length - 3; next >= 0; next--) a[next] = a[a[next]] + 1;
        var (inner, free, depth, write) = (a.Length - 2, 1, 0, a.Length - 1);
        while (free > 0)
        {
            var here = 0;
            for (; inner >= 0 && a[inner] == depth; inner--) here++;
            for (; free > here; free--) a[write--] = depth;
            (free, depth) = (2 * here, depth + 1);
        }
    }

    /// <summary>Takes the lighter of the next leaf and the next inner node; an inner node is replaced by its parent's place.</summary>
    private static int Lightest(Span<int> a, ref int leaf, ref int root, int parent)
    {
        if (leaf < a.Length && (root >= parent || a[leaf] <= a[root])) return a[leaf++];
        var weight = a[root];
        a[root++] = parent;
        return weight;
    }

    /// <summary>Lengthens short codes until those that were cut to the limit fit in, then gives away what is left over.</summary>
    private void Complete(Span<int> perLength)
    {
        var excess = -(1L << longest);
        for (var length = 1; length <= longest; length++) excess += (long)perLength[length] << (longest - length);
        while (excess > 0)
        {
            var length = longest - 1;
            while (perLength[length] == 0) length--;
            perLength[length]--;
            perLength[length + 1]++;
            excess -= 1L << (longest - length - 1);
        }

        for (; excess < 0; excess++)
        {
            perLength[longest]--;
            perLength[longest - 1]++;
        }
    }

    private void Assign(ReadOnlySpan<int> perLength, int used)
    {
        var next = 0;
        for (var length = longest; length > 0; length--)
        {
            for (var i = 0; i < perLength[length]; i++) Lengths[(uint)sorted[next++]] = (byte)length;
        }

        Span<uint> first = stackalloc uint[longest + 2];
        first[1] = 0;
        for (var length = 1; length <= longest; length++) first[length + 1] = (first[length] + (uint)perLength[length]) << 1;
        for (var symbol = 0; symbol < Lengths.Length && used > 0; symbol++)
        {
            var length = Lengths[symbol];
            if (length == 0) continue;
            Codes[symbol] = Reverse(first[length]++, length);
            used--;
        }
    }

    private static uint Reverse(uint code, int length)
    {
        code = ((code & 0x5555) << 1) | ((code >> 1) & 0x5555);
        code = ((code & 0x3333) << 2) | ((code >> 2) & 0x3333);
        code = ((code & 0x0F0F) << 4) | ((code >> 4) & 0x0F0F);
        code = ((code & 0x00FF) << 8) | ((code >> 8) & 0x00FF);
        return code >> (16 - length);
    }
}
