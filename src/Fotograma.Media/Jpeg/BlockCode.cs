using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Jpeg;

/// <summary>
/// The codes of one kind of component, luma or chroma, with the bits that follow them already attached where numbers are small. An entry
/// holds a length in its low <see cref="HuffmanCode.LengthBits"/> bits and above them that many bits to write.
/// </summary>
internal sealed class BlockCode
{
    /// <summary>Coefficients from -64 to 63 are looked up together with the zeros before them.</summary>
    public const int SmallBits = 7;

    /// <summary>What is added to a small coefficient to look it up.</summary>
    public const int SmallOffset = 1 << (SmallBits - 1);

    /// <summary>The largest difference between two means: they are -128 to 127.</summary>
    public const int DifferenceMax = 255;

    /// <summary>Zeros before a coefficient that its symbol can tell; also the bits of a symbol that hold the coefficient's size.</summary>
    public const int RunMax = 15;

    /// <summary>The symbol for nothing but zeros to the block's end.</summary>
    public const int EndOfBlock = 0x00;

    /// <summary>The symbol for sixteen zeros.</summary>
    public const int SixteenZeros = 0xF0;

    private readonly uint[] differences = new uint[2 * DifferenceMax + 1];
    private readonly uint[] small = new uint[(RunMax + 1) << SmallBits];

    /// <summary>The code of the means' differences.</summary>
    public HuffmanCode Means { get; } = new();

    /// <summary>The code of all other coefficients.</summary>
    public HuffmanCode Rest { get; } = new();

    /// <summary>The entry of a difference of 0 between means; those of others, to <see cref="DifferenceMax"/>, stand around it.</summary>
    public ref uint Differences => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(differences), DifferenceMax);

    /// <summary>Entries of small coefficients: for each number of zeros before one, all of them from -<see cref="SmallOffset"/>.</summary>
    public ref uint Small => ref MemoryMarshal.GetArrayDataReference(small);

    /// <summary>The entry for <see cref="EndOfBlock"/>.</summary>
    public uint End { get; private set; }

    /// <summary>Bits that are needed for <paramref name="value"/>; 0 for 0.</summary>
    public static int Size(int value) => value == 0 ? 0 : BitOperations.Log2((uint)Math.Abs(value)) + 1;

    /// <summary>The entry for a symbol and the coefficient of <paramref name="size"/> bits that follows it.</summary>
    public static uint Entry(uint symbol, int value, int size)
    {
        // Negative numbers are written as one less, in the low bits (T.81, F.1.2.1).
        var bits = (uint)(value + (value >> 31)) & ((1u << size) - 1);
        var length = (symbol & ((1u << HuffmanCode.LengthBits) - 1)) + (uint)size;
        return ((symbol >> HuffmanCode.LengthBits) << size | bits) << HuffmanCode.LengthBits | length;
    }

    /// <summary>Makes the codes for symbols that occur that often.</summary>
    public void Build(SymbolCounts counts)
    {
        Means.Build(counts.Means);
        Rest.Build(counts.Rest);
        for (var difference = -DifferenceMax; difference <= DifferenceMax; difference++)
        {
            var size = Size(difference);
            differences[difference + DifferenceMax] = Entry(Means.Entries[size], difference, size);
        }

        End = Rest.Entries[EndOfBlock];
        for (var run = 0; run <= RunMax; run++)
        {
            var entries = small.AsSpan(run << SmallBits, 1 << SmallBits);
            for (var value = -SmallOffset; value < SmallOffset; value++)
            {
                var size = Size(value);
                entries[value + SmallOffset] = Entry(Rest.Entries[run << 4 | size], value, size);
            }
        }
    }
}
