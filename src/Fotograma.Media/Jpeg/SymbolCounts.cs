using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Jpeg;

/// <summary>How often the symbols occur in blocks of one kind of component.</summary>
internal sealed class SymbolCounts
{
    /// <summary>What one occurrence is worth when only a part of the picture is counted, and others are worth one.</summary>
    private const int Seen = 16;

    private const int MeanSizeMax = 8;

    private readonly int[] means = new int[HuffmanCode.Symbols];
    private readonly int[] rest = new int[HuffmanCode.Symbols];

    /// <summary>For each size of a difference between means how often it occurs.</summary>
    public ReadOnlySpan<int> Means => means;

    /// <summary>For each symbol of the other coefficients how often it occurs.</summary>
    public ReadOnlySpan<int> Rest => rest;

    /// <summary>Forgets what was counted.</summary>
    public void Clear()
    {
        Array.Clear(means);
        Array.Clear(rest);
    }

    /// <summary>Counts the difference of a block's mean to the one before.</summary>
    public void AddMean(int difference) => means[BlockCode.Size(difference)]++;

    /// <summary>Counts the other coefficients of a block; <paramref name="places"/> says in the file's order which of them are not zero.</summary>
    public void Add(ref short coefficients, ulong places)
    {
        ref var order = ref MemoryMarshal.GetReference(ZigZag.Order);
        var last = 0;
        for (; places != 0; places &= places - 1)
        {
            var place = BitOperations.TrailingZeroCount(places);
            var run = place - last - 1;
            last = place;
            rest[BlockCode.SixteenZeros] += run >> 4;
            rest[(run & BlockCode.RunMax) << 4 | BlockCode.Size(Unsafe.Add(ref coefficients, (int)Unsafe.Add(ref order, place)))]++;
        }

        if (last != Quantiser.Coefficients - 1) rest[BlockCode.EndOfBlock]++;
    }

    /// <summary>
    /// Lets every symbol that can occur have a code, after only a part of the picture was counted; coefficients other than means have up to
    /// <paramref name="sizeMax"/> bits.
    /// </summary>
    public void AllowAll(int sizeMax)
    {
        for (var size = 0; size <= MeanSizeMax; size++) means[size] = means[size] * Seen + 1;
        for (var symbol = 0; symbol < HuffmanCode.Symbols; symbol++)
        {
            var size = symbol & BlockCode.RunMax;
            if (symbol is BlockCode.EndOfBlock or BlockCode.SixteenZeros || (size > 0 && size <= sizeMax)) rest[symbol] = rest[symbol] * Seen + 1;
        }
    }
}
