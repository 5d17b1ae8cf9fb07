using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fotograma.Media.Jpeg;

/// <summary>
/// Writes coded blocks. Bits gather in a word of 64 and words in a buffer as they are; only when the buffer is drained a zero is put
/// behind every byte 0xFF, as JPEG asks, so that the common case of none is found 16 bytes at a time.
/// </summary>
internal sealed class EntropyWriter
{
    /// <summary>More than a block can take: 64 coefficients with 16 bits of code and 10 of their own, and a started word.</summary>
    public const int BlockBytesMax = 256;

    private const int WordBits = 64;
    private const int WordBytes = 8;

    private byte[] raw = [];
    private nint written;
    private ulong bits;
    private int free = WordBits;

    /// <summary>Starts anew, with room for as many blocks between two calls of <see cref="Drain"/>.</summary>
    public void Start(int blocks)
    {
        if (raw.Length < blocks * BlockBytesMax) raw = GC.AllocateUninitializedArray<byte>(blocks * BlockBytesMax);
        (written, bits, free) = (0, 0, WordBits);
    }

    /// <summary>
    /// Writes a block: the <paramref name="difference"/> of its mean to the one before, and the other coefficients, of which
    /// <paramref name="places"/> says in the file's order which are not zero.
    /// </summary>
    public void Write(ref short coefficients, ulong places, int difference, BlockCode code)
    {
        ref var target = ref MemoryMarshal.GetArrayDataReference(raw);
        ref var small = ref code.Small;
        ref var order = ref MemoryMarshal.GetReference(ZigZag.Order);
        var (word, left, at) = (bits, free, written);
        Put(ref target, ref at, ref word, ref left, Unsafe.Add(ref code.Differences, difference));
        var last = 0;
        for (; places != 0; places &= places - 1)
        {
            var place = BitOperations.TrailingZeroCount(places);
            var run = place - last - 1;
            last = place;
            int value = Unsafe.Add(ref coefficients, (int)Unsafe.Add(ref order, place));
            var index = (uint)(value + BlockCode.SmallOffset);
            if (run <= BlockCode.RunMax && index < 1u << BlockCode.SmallBits)
            {
                Put(ref target, ref at, ref word, ref left, Unsafe.Add(ref small, (nint)((uint)run << BlockCode.SmallBits | index)));
                continue;
            }

            for (; run > BlockCode.RunMax; run -= BlockCode.RunMax + 1) Put(ref target, ref at, ref word, ref left, code.Rest.Entries[BlockCode.SixteenZeros]);
            var size = BlockCode.Size(value);
            Put(ref target, ref at, ref word, ref left, BlockCode.Entry(code.Rest.Entries[run << 4 | size], value, size));
        }

        if (last != Quantiser.Coefficients - 1) Put(ref target, ref at, ref word, ref left, code.End);
        (bits, free, written) = (word, left, at);
    }

    /// <summary>Moves the whole words to <paramref name="output"/>.</summary>
    public void Drain(ArrayBufferWriter<byte> output)
    {
        var length = (int)written;
        ReadOnlySpan<byte> source = raw.AsSpan(0, length);
        var room = output.GetSpan(2 * length + Vector128<byte>.Count);
        output.Advance(Stuff(source, room));
        written = 0;
    }

    /// <summary>Moves everything to <paramref name="output"/>; a started byte is filled up with ones.</summary>
    public void Finish(ArrayBufferWriter<byte> output)
    {
        var started = (WordBits - free + 7) / 8;
        var filled = free == WordBits ? 0 : bits << free | ((1UL << free) - 1);
        BinaryPrimitives.WriteUInt64BigEndian(raw.AsSpan((int)written), filled);
        written += started;
        Drain(output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref byte target, ref nint at, ref ulong word, ref int left, uint entry)
    {
        var length = (int)(entry & ((1u << HuffmanCode.LengthBits) - 1));
        ulong value = entry >> HuffmanCode.LengthBits;
        left -= length;
        if (left >= 0)
        {
            word = word << length | value;
            return;
        }

        word = word << (length + left) | value >> -left;
        Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref target, at), BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word);
        at += WordBytes;
        left += WordBits;
        word = value;
    }

    /// <summary>Copies with a zero behind every 0xFF and returns how many bytes that made.</summary>
    private static int Stuff(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var (from, to) = (0, 0);
        while (from <= source.Length - Vector128<byte>.Count)
        {
            var chunk = Vector128.Create(source[from..]);
            chunk.CopyTo(target[to..]);
            var marks = Vector128.Equals(chunk, Vector128<byte>.AllBitsSet).ExtractMostSignificantBits();
            var good = marks == 0 ? Vector128<byte>.Count : BitOperations.TrailingZeroCount(marks) + 1;
            from += good;
            to += good;
            if (marks != 0) target[to++] = 0;
        }

        foreach (var value in source[from..])
        {
            target[to++] = value;
            if (value == byte.MaxValue) target[to++] = 0;
        }

        return to;
    }
}
