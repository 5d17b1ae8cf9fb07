using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fotograma.Media.Png;

/// <summary>
/// Encodes 8-bit RGB pictures as PNG (W3C PNG, third edition). Every row is filtered with Up, which on video beats choosing a filter
/// per row in both time and size at the low compression levels that keep up with a decoder. One instance serves one thread and reuses
/// its buffers from picture to picture.
/// </summary>
internal sealed class PngEncoder : IDisposable
{
    private const int BytesPerPixel = 3;

    /// <summary>Filtered bytes handed to the compressor in one go: large enough to amortise the call, small enough to stay in cache.</summary>
    private const int FilteredBatchBytes = 128 << 10;

    /// <summary>Length, type and checksum around a chunk's data.</summary>
    private const int ChunkOverheadBytes = 12;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly GrowingBuffer output = new();
    private readonly ZLibCompressionOptions compression;
    private byte[] filtered = [];

    /// <summary>Makes an encoder; <paramref name="compressionLevel"/> is zlib's, 0 (stored) to 9 (smallest).</summary>
    public PngEncoder(int compressionLevel = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(compressionLevel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(compressionLevel, 9);
        compression = new ZLibCompressionOptions { CompressionLevel = compressionLevel };
    }

    /// <summary>
    /// Encodes <paramref name="height"/> rows of <paramref name="width"/> pixels (R, G, B; top row first), each starting
    /// <paramref name="stride"/> bytes after the one before. The result is valid until the next call.
    /// </summary>
    /// <exception cref="ArgumentException">The dimensions are not positive or do not fit in <paramref name="rgb"/>.</exception>
    public ReadOnlyMemory<byte> Encode(ReadOnlySpan<byte> rgb, int width, int height, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var rowBytes = checked(width * BytesPerPixel);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, rowBytes);
        if (rgb.Length < (long)stride * (height - 1) + rowBytes) throw new ArgumentException("The picture is shorter than its dimensions say.", nameof(rgb));

        output.Clear();
        output.Write(Signature);
        WriteHeader(width, height);
        var data = BeginChunk("IDAT"u8);
        using (var zlib = new ZLibStream(output, compression, leaveOpen: true)) Filter(rgb, rowBytes, height, stride, zlib);
        EndChunk(data);
        EndChunk(BeginChunk("IEND"u8));
        return output.Written;
    }

    /// <inheritdoc/>
    public void Dispose() => output.Dispose();

    private void WriteHeader(int width, int height)
    {
        var start = BeginChunk("IHDR"u8);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8; // bits per sample
        header[9] = 2; // red, green, blue
        header[10..].Clear(); // deflate, the one filter method, not interlaced
        output.Write(header);
        EndChunk(start);
    }

    /// <summary>Opens a chunk and returns where its type starts: the length before it is written by <see cref="EndChunk"/>.</summary>
    private int BeginChunk(ReadOnlySpan<byte> type)
    {
        output.Write([0, 0, 0, 0]);
        var start = output.Count;
        output.Write(type);
        return start;
    }

    private void EndChunk(int start)
    {
        var covered = output.Span[start..];
        BinaryPrimitives.WriteInt32BigEndian(output.Span[(start - 4)..], covered.Length - 4);
        Span<byte> checksum = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.HashToUInt32(covered));
        output.Write(checksum);
    }

    private void Filter(ReadOnlySpan<byte> rgb, int rowBytes, int height, int stride, ZLibStream zlib)
    {
        var batchRows = Math.Clamp(FilteredBatchBytes / (rowBytes + 1), 1, height);
        var needed = batchRows * (rowBytes + 1);
        if (filtered.Length < needed) filtered = GC.AllocateUninitializedArray<byte>(needed);

        var used = 0;
        for (var y = 0; y < height; y++)
        {
            var row = rgb.Slice(y * stride, rowBytes);
            var target = filtered.AsSpan(used, rowBytes + 1);
            target[0] = y == 0 ? (byte)0 : (byte)2; // None for the row that has none above it, then Up
            if (y == 0) row.CopyTo(target[1..]);
            else Subtract(row, rgb.Slice((y - 1) * stride, rowBytes), target[1..]);
            used += rowBytes + 1;
            if (used < needed && y < height - 1) continue;
            zlib.Write(filtered, 0, used);
            used = 0;
        }
    }

    /// <summary><paramref name="target"/> = <paramref name="row"/> - <paramref name="above"/>, byte by byte, modulo 256.</summary>
    private static void Subtract(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> target)
    {
        var left = MemoryMarshal.Cast<byte, Vector<byte>>(row);
        var right = MemoryMarshal.Cast<byte, Vector<byte>>(above)[..left.Length];
        var wide = MemoryMarshal.Cast<byte, Vector<byte>>(target)[..left.Length];
        for (var i = 0; i < left.Length; i++) wide[i] = left[i] - right[i];
        for (var i = left.Length * Vector<byte>.Count; i < row.Length; i++) target[i] = (byte)(row[i] - above[i]);
    }
}
