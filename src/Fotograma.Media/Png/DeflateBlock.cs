using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Png;

/// <summary>
/// One block of a deflate stream (RFC 1951): counts what is to be written, makes the codes for it, and writes it with them; or as it
/// is, when that is shorter. The memory is kept from block to block. Numbers in memory are little-endian, as on every processor it is
/// built for.
/// </summary>
internal sealed class DeflateBlock
{
    /// <summary>Deflate's codes may have 15 bits; with 14, four literals fit between two stores of the bit buffer.</summary>
    private const int LongestLiteralCode = BitWriter.BitsBetweenFlushes / 4;

    private const int LongestDistanceCode = 15;
    private const int StoredBlockBytes = ushort.MaxValue;

    /// <summary>Head, length and its complement of a stored block.</summary>
    private const int StoredOverheadBytes = 5;

    private readonly HuffmanCode literalCode = new(DeflateSymbols.Literals, LongestLiteralCode);
    private readonly HuffmanCode distanceCode = new(DeflateSymbols.Distances, LongestDistanceCode);
    private readonly DeflateHeader header = new();
    private readonly uint[] literalCounts = new uint[DeflateSymbols.Literals];
    private readonly uint[] distanceCounts = new uint[DeflateSymbols.Distances];
    private readonly uint[] histograms = new uint[4 * 256];
    private readonly uint[] lengthCounts = new uint[SequenceList.LongestCopy + 1];

    /// <summary>What is written for each literal and the end, and for each length: bits from 8 on, how many they are below.</summary>
    private readonly uint[] literalEntries = new uint[256 + 1];
    private readonly uint[] lengthEntries = new uint[SequenceList.LongestCopy + 1];

    /// <summary>The most bytes <see cref="Write"/> needs for a block of this many, pending bits included.</summary>
    public static int MaxBytes(int blockBytes) =>
        checked(blockBytes + (((blockBytes / StoredBlockBytes) + 1) * StoredOverheadBytes) + DeflateHeader.MaxBytes + (2 * BitWriter.SlackBytes));

    /// <summary>Makes the codes for a block and returns its length in bits when it is written with them.</summary>
    public long Prepare(ReadOnlySpan<byte> block, ReadOnlySpan<Sequence> sequences)
    {
        Count(block, sequences);
        literalCode.Build(literalCounts);
        distanceCode.Build(distanceCounts);
        var bits = 3 + header.Prepare(literalCode, distanceCode) + literalCode.Bits(literalCounts) + distanceCode.Bits(distanceCounts);
        for (var symbol = 0; symbol < DeflateSymbols.Literals - DeflateSymbols.FirstLength; symbol++)
        {
            bits += (long)literalCounts[DeflateSymbols.FirstLength + symbol] * DeflateSymbols.LengthExtraBits(symbol);
        }

        for (var symbol = 0; symbol < DeflateSymbols.Distances; symbol++)
        {
            bits += (long)distanceCounts[symbol] * DeflateSymbols.DistanceExtraBits(symbol);
        }

        return bits;
    }

    /// <summary>Writes a block, <paramref name="final"/> or not, in the shorter way.</summary>
    public void Write(ReadOnlySpan<byte> block, ReadOnlySpan<Sequence> sequences, bool final, ref BitWriter writer)
    {
        var bits = Prepare(block, sequences);
        if (bits >= 8L * (block.Length + StoredOverheadBytes))
        {
            WriteStored(block, final, ref writer);
            return;
        }

        writer.Write(final ? 0b101u : 0b100u, 3);
        header.Write(ref writer);
        MakeEntries();
        WriteSequences(block, sequences, ref writer);
        writer.Write(literalEntries[DeflateSymbols.EndOfBlock] >> 8, (byte)literalEntries[DeflateSymbols.EndOfBlock]);
    }

    private static void WriteStored(ReadOnlySpan<byte> block, bool final, ref BitWriter writer)
    {
        do
        {
            var part = block[..Math.Min(block.Length, StoredBlockBytes)];
            block = block[part.Length..];
            writer.Write(final && block.IsEmpty ? 1u : 0, 3);
            writer.Write(0, -writer.PendingBits & 7);
            writer.Write((uint)part.Length | (~(uint)part.Length << 16), 32);
            part.CopyTo(writer.Rest);
            writer.Continue(part.Length, 0, 0);
        }
        while (!block.IsEmpty);
    }

    private void Count(ReadOnlySpan<byte> block, ReadOnlySpan<Sequence> sequences)
    {
        Array.Clear(histograms);
        Array.Clear(lengthCounts);
        Array.Clear(distanceCounts);
        ref var position = ref MemoryMarshal.GetReference(block);
        ref var histogram = ref MemoryMarshal.GetArrayDataReference(histograms);
        foreach (var sequence in sequences)
        {
            // Four histograms in turn: an increment need not wait for that of the neighbour, which is often the same.
            var left = sequence.Literals;
            for (; left >= 4; left -= 4)
            {
                Unsafe.Add(ref histogram, (int)position)++;
                Unsafe.Add(ref histogram, 256 + Unsafe.Add(ref position, 1))++;
                Unsafe.Add(ref histogram, 512 + Unsafe.Add(ref position, 2))++;
                Unsafe.Add(ref histogram, 768 + Unsafe.Add(ref position, 3))++;
                position = ref Unsafe.Add(ref position, 4);
            }

            if (sequence.Length == 0)
            {
                for (; left > 0; left--) Unsafe.Add(ref histogram, (int)Unsafe.Add(ref position, left - 1))++;
                break;
            }

            // Up to three more, counted without a branch that would often be guessed wrong. The copy is as long, so the bytes are there.
            Unsafe.Add(ref histogram, (int)position) += (uint)-left >> 31;
            Unsafe.Add(ref histogram, 256 + Unsafe.Add(ref position, 1)) += (uint)(1 - left) >> 31;
            Unsafe.Add(ref histogram, 512 + Unsafe.Add(ref position, 2)) += (uint)(2 - left) >> 31;
            lengthCounts[sequence.Length]++;
            distanceCounts[DeflateSymbols.OfDistance(sequence.Distance)]++;
            position = ref Unsafe.Add(ref position, left + sequence.Length);
        }

        for (var i = 0; i < 256; i++) literalCounts[i] = histograms[i] + histograms[256 + i] + histograms[512 + i] + histograms[768 + i];
        literalCounts[DeflateSymbols.EndOfBlock] = 1;
        literalCounts.AsSpan(DeflateSymbols.FirstLength).Clear();
        for (var i = SequenceList.ShortestCopy; i < lengthCounts.Length; i++)
        {
            literalCounts[DeflateSymbols.FirstLength + DeflateSymbols.OfLength(i)] += lengthCounts[i];
        }
    }

    private void MakeEntries()
    {
        for (var symbol = 0; symbol < literalEntries.Length; symbol++)
        {
            literalEntries[symbol] = (literalCode.Codes[symbol] << 8) | literalCode.Lengths[symbol];
        }

        for (var length = SequenceList.ShortestCopy; length < lengthEntries.Length; length++)
        {
            var symbol = DeflateSymbols.OfLength(length);
            var extra = (uint)(length - DeflateSymbols.LengthBase(symbol));
            var codeBits = literalCode.Lengths[DeflateSymbols.FirstLength + symbol];
            var bits = literalCode.Codes[DeflateSymbols.FirstLength + symbol] | (extra << codeBits);
            lengthEntries[length] = (bits << 8) | (uint)(codeBits + DeflateSymbols.LengthExtraBits(symbol));
        }
    }

    private void WriteSequences(ReadOnlySpan<byte> block, ReadOnlySpan<Sequence> sequences, ref BitWriter writer)
    {
        ref var position = ref MemoryMarshal.GetReference(block);
        ref var entries = ref MemoryMarshal.GetArrayDataReference(literalEntries);
        ref var target = ref MemoryMarshal.GetReference(writer.Rest);
        nint written = 0;
        var (pending, count) = (writer.Pending, writer.PendingBits);
        foreach (var sequence in sequences)
        {
            var left = sequence.Literals;
            for (; left >= 4; left -= 4)
            {
                var (first, second) = (Entry(ref entries, ref position, 0), Entry(ref entries, ref position, 1));
                AddLiterals(first, second, Entry(ref entries, ref position, 2), Entry(ref entries, ref position, 3), ref pending, ref count);
                Store(ref target, ref written, ref pending, ref count);
                position = ref Unsafe.Add(ref position, 4);
            }

            if (sequence.Length == 0)
            {
                for (; left > 0; left--)
                {
                    AddLiterals(Entry(ref entries, ref position, 0), 0, 0, 0, ref pending, ref count);
                    Store(ref target, ref written, ref pending, ref count);
                    position = ref Unsafe.Add(ref position, 1);
                }

                break;
            }

            // As in Count: the entries of those that are not there become 0, which adds no bits.
            var last1 = Entry(ref entries, ref position, 0) & (uint)(-left >> 31);
            var last2 = Entry(ref entries, ref position, 1) & (uint)((1 - left) >> 31);
            var last3 = Entry(ref entries, ref position, 2) & (uint)((2 - left) >> 31);
            AddLiterals(last1, last2, last3, 0, ref pending, ref count);
            Store(ref target, ref written, ref pending, ref count);
            AddCopy(sequence, ref pending, ref count);
            Store(ref target, ref written, ref pending, ref count);
            position = ref Unsafe.Add(ref position, left + sequence.Length);
        }

        writer.Continue((int)written, pending, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Entry(ref uint entries, ref byte position, int offset) => Unsafe.Add(ref entries, (int)Unsafe.Add(ref position, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddLiterals(uint first, uint second, uint third, uint fourth, ref ulong pending, ref int count)
    {
        // A shift looks at the lowest six bits only: an entry, and a sum of entries, can be used as their number of bits.
        var front = (first >> 8) | ((ulong)(second >> 8) << (int)first);
        var back = (third >> 8) | ((ulong)(fourth >> 8) << (int)third);
        var frontCount = first + second;
        pending |= (front | (back << (int)frontCount)) << count;
        count += (byte)(frontCount + third + fourth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddCopy(Sequence sequence, ref ulong pending, ref int count)
    {
        var length = lengthEntries[sequence.Length];
        pending |= (ulong)(length >> 8) << count;
        count += (byte)length;
        var symbol = DeflateSymbols.OfDistance(sequence.Distance);
        var codeBits = distanceCode.Lengths[symbol];
        var bits = distanceCode.Codes[symbol] | ((uint)(sequence.Distance - DeflateSymbols.DistanceBase(symbol)) << codeBits);
        pending |= (ulong)bits << count;
        count += codeBits + DeflateSymbols.DistanceExtraBits(symbol);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref byte target, ref nint written, ref ulong pending, ref int count)
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, written), pending);
        written += (nint)((uint)count >> 3);
        pending >>= count & ~7;
        count &= 7;
    }
}
