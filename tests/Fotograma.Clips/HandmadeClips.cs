using System.Buffers.Binary;
using System.Text;

namespace Fotograma.Clips;

/// <summary>Videos in a codec that no free program encodes, written bit by bit.</summary>
public static class HandmadeClips
{
    private const int Width = 96;
    private const int Height = 64;
    private const int Pictures = 50;
    private const int Rate = 25;

    /// <summary>Windows Media 9, which is VC-1 in its simple profile (SMPTE 421M, annex J).</summary>
    public static Clip Wmv3 { get; } = Clip.Cut("wmv3.wmv", "Windows Media Video 9: key pictures of grey that grows lighter block by block.",
        Clip.Bytes("wmv3.rcv", "The same as a bare stream.", File()), "-f vc1test", "-c copy");

    /// <summary>MPEG-4 Part 2 as a bare stream, of which four pictures in the middle of groups are replaced by the note that there is none.</summary>
    internal static Clip EmptyMpeg4 { get; } = Clip.From(Clip.Of("whole.mpeg4", "To be thinned.", "-f lavfi -i testsrc2=s=96x64:r=25:d=4 -c:v mpeg4 -q:v 4 -g 12 -bf 0 -f m4v"), "thinned.mpeg4", "To be put in a container.",
        "pictures 7, 8, 30 and 60 empty", bytes => WithoutPictures(bytes, [7, 8, 30, 60]));

    /// <summary>Leaves of some pictures, which must not be the first of groups, only their heads (ISO/IEC 14496-2, 6.2.5), with vop_coded 0 and stuffing behind.</summary>
    private static byte[] WithoutPictures(byte[] stream, int[] numbers)
    {
        // Kind, end of the seconds, marker, time of five bits (for 25 a second), marker, coded.
        const int CodedBit = 2 + 1 + 1 + 5 + 1;
        byte[] start = [0, 0, 1, 0xB6];
        using var thinned = new MemoryStream();
        var pictures = 0;
        for (var at = 0; at < stream.Length;)
        {
            var next = stream.AsSpan(at + 1).IndexOf((byte[])[0, 0, 1]) is >= 0 and var distance ? at + 1 + distance : stream.Length;
            var isPicture = stream.AsSpan(at).StartsWith(start);
            if (!isPicture || !numbers.Contains(pictures)) thinned.Write(stream, at, next - at);
            else
            {
                var head = BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(at + start.Length));
                var seconds = System.Numerics.BitOperations.LeadingZeroCount((uint)~(head << 18));
                var coded = 15 - CodedBit - seconds;
                thinned.Write(start);
                var empty = (head & ~((1 << (coded + 1)) - 1)) | ((1 << (coded - 1)) - 1);
                thinned.Write([(byte)(empty >> 8), (byte)empty]);
            }

            if (isPicture) pictures++;
            at = next;
        }

        return thinned.ToArray();
    }

    private static byte[] File()
    {
        using var file = new MemoryStream();
        // Simple profile with the fast transform and fast motion, which it demands, and nothing else.
        ReadOnlySpan<byte> sequence = [0x00, 0x01, 0x80, 0x01];
        Write(file, unchecked((int)0xC500_0000) | Pictures);
        Write(file, sequence.Length);
        file.Write(sequence);
        foreach (var number in (int[])[Height, Width, 12, 0, 0, Rate]) Write(file, number);
        for (var picture = 0; picture < Pictures; picture++)
        {
            var bytes = Picture(picture);
            const int Key = unchecked((int)0x8000_0000);
            Write(file, Key | bytes.Length);
            Write(file, picture);
            file.Write(bytes);
        }

        return file.ToArray();
    }

    /// <summary>A key picture whose first blocks are each a little lighter than their neighbour, and all others like theirs.</summary>
    private static byte[] Picture(int steps)
    {
        const int Macroblock = 16;
        const string Same = "1";
        const string Lighter = "010";
        const string SameColour = "00";
        // Count, key picture, buffer, quantiser 10, and the first of all tables.
        var bits = new StringBuilder("00" + "0" + "0000000" + "01010" + "0" + "0" + "0");
        for (var block = 0; block < Width / Macroblock * (Height / Macroblock); block++)
        {
            // Nothing but the mean of each block is coded, and predicted as usual.
            bits.Append("10").Append(block < steps ? Lighter : Same).Append(Same + Same + Same).Append(SameColour + SameColour);
        }

        while (bits.Length % 8 != 0) bits.Append('0');
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.ToString(i * 8, 8), 2))];
    }

    private static void Write(MemoryStream file, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        file.Write(bytes);
    }
}
