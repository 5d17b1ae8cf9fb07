using System.Buffers.Binary;

namespace Fotograma.Media.Png;

/// <summary>Appends a zlib stream (RFC 1950) to a buffer, block by block.</summary>
internal sealed class ZlibWriter(GrowingBuffer output)
{
    private readonly DeflateBlock deflate = new();
    private ulong pending;
    private int pendingBits;
    private uint checksum;

    /// <summary>Starts a stream.</summary>
    public void Begin()
    {
        output.Write([0x78, 0x01]); // deflate with a window of 32 KiB, the fastest of four levels
        (pending, pendingBits, checksum) = (0, 0, Adler32.Start);
    }

    /// <summary>Appends a block that consists of <paramref name="sequences"/>, and ends the stream if it is <paramref name="final"/>.</summary>
    public void Write(ReadOnlySpan<byte> block, SequenceList sequences, bool final)
    {
        checksum = Adler32.Append(checksum, block);
        var writer = new BitWriter(output.Reserve(DeflateBlock.MaxBytes(block.Length)), pending, pendingBits);
        deflate.Write(block, sequences.Items, final, ref writer);
        if (final) writer.Write(0, -writer.PendingBits & 7);
        output.Advance(writer.Bytes);
        (pending, pendingBits) = (writer.Pending, writer.PendingBits);
        if (!final) return;
        Span<byte> trailer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(trailer, checksum);
        output.Write(trailer);
    }
}
