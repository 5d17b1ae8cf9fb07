using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Png;

/// <summary>
/// Finds pixels that occurred before, at least two in a row: in drawn pictures, text, and noise that moves the three colours together. The
/// last place of a pair is remembered, one for each hash; a copy starts with a whole pixel and goes on byte by byte. Looking only at whole
/// pixels is a third of the work of looking at every byte, and compresses text better: what is found there is longer.
/// </summary>
internal sealed class PixelMatches
{
    /// <summary>How far back deflate can copy from.</summary>
    public const int WindowBytes = 32 << 10;

    private const int HashBits = 12;

    private readonly int[] places = new int[1 << HashBits];

    /// <summary>Forgets what was seen: a new stream begins.</summary>
    public void Clear() => Array.Clear(places);

    /// <summary>
    /// Lists the copies in <paramref name="bytes"/> from <paramref name="start"/> on; what is before can be copied from. The
    /// first byte of <paramref name="bytes"/> is the stream's byte <paramref name="offset"/>.
    /// </summary>
    public void Find(ReadOnlySpan<byte> bytes, int start, int offset, int pixelBytes, SequenceList sequences)
    {
        sequences.Clear(bytes.Length - start);
        var unused = 64 - (16 * pixelBytes);
        ref var first = ref MemoryMarshal.GetReference(bytes);
        ref var table = ref MemoryMarshal.GetArrayDataReference(places);
        var position = start;
        var last = bytes.Length - sizeof(ulong);
        while (position <= last)
        {
            var pixel = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, position)) << unused;
            ref var place = ref Unsafe.Add(ref table, (nint)((pixel * 0x9E3779B97F4A7C15) >> (64 - HashBits)));
            // Places count from 1, so that 0 is none. What was remembered of another stream or too long ago fails one of these tests.
            var earlier = place - 1 - offset;
            place = position + 1 + offset;
            if ((uint)(position - earlier - 1) < WindowBytes && earlier >= 0
                && Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, earlier)) << unused == pixel)
            {
                position += sequences.Copy(position - start, Same(ref first, earlier, position, bytes.Length), position - earlier);
            }
            else
            {
                position += pixelBytes;
            }
        }

        sequences.End(bytes.Length - start);
    }

    /// <summary>How many bytes from <paramref name="position"/> are like those from <paramref name="earlier"/>.</summary>
    private static int Same(ref byte first, int earlier, int position, int end)
    {
        var length = 0;
        for (; position + length <= end - sizeof(ulong); length += sizeof(ulong))
        {
            var difference = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, earlier + length))
                ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, position + length));
            if (difference == 0) continue;
            return length + (BitOperations.TrailingZeroCount(difference) / 8);
        }

        while (position + length < end && Unsafe.Add(ref first, earlier + length) == Unsafe.Add(ref first, position + length)) length++;
        return length;
    }
}
