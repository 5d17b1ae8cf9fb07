namespace Fotograma.Media.Png;

/// <summary>
/// A piece of a deflate block: <paramref name="Literals"/> bytes as they are, then a copy of <paramref name="Length"/> bytes (3 to 258) from
/// <paramref name="Distance"/> bytes (1 to 32768) before. The last piece of a block has no copy: its length is 0.
/// </summary>
internal readonly record struct Sequence(int Literals, ushort Length, ushort Distance);

/// <summary>The pieces of one deflate block. The memory is kept from block to block.</summary>
internal sealed class SequenceList
{
    /// <summary>The shortest and the longest copy there is in deflate.</summary>
    public const int ShortestCopy = 3, LongestCopy = 258;

    /// <summary>Nobody lists anything shorter: it would save less than its token takes.</summary>
    public const int ShortestRepetition = 6;

    private Sequence[] items = [];
    private int count;
    private int covered;

    /// <summary>The pieces, in order.</summary>
    public ReadOnlySpan<Sequence> Items => items.AsSpan(0, count);

    /// <summary>Forgets all pieces and makes room for those of a block of <paramref name="blockBytes"/> bytes.</summary>
    public void Clear(int blockBytes)
    {
        var needed = (blockBytes / ShortestRepetition) + 1;
        if (items.Length < needed) items = GC.AllocateUninitializedArray<Sequence>(needed);
        (count, covered) = (0, 0);
    }

    /// <summary>
    /// Says that <paramref name="length"/> bytes, at least <see cref="ShortestRepetition"/>, from <paramref name="position"/> in the block
    /// are like those <paramref name="distance"/> before, and everything up to there is literal. Returns how many of them are copied,
    /// which leaves out at most two.
    /// </summary>
    public int Copy(int position, int length, int distance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, ShortestRepetition);
        var left = length;
        for (; left >= ShortestCopy; left -= LongestCopy)
        {
            var part = Math.Min(left, LongestCopy);
            items[count++] = new Sequence(position - covered, (ushort)part, (ushort)distance);
            position = covered = position + part;
        }

        return length - Math.Max(left, 0);
    }

    /// <summary>Ends the block: everything after the last copy is literal.</summary>
    public void End(int blockBytes) => items[count++] = new Sequence(blockBytes - covered, 0, 0);
}
