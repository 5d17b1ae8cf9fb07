using System.Buffers.Binary;
using System.IO.Hashing;

namespace Fotograma.Media.Png;

/// <summary>
/// Encodes 8-bit RGB and RGBA pictures as PNG (W3C PNG, third edition), for speed first. One instance serves one thread and reuses
/// its buffers from picture to picture.
/// </summary>
internal sealed class PngEncoder : IDisposable
{
    /// <summary>How the pictures are compressed, for the record.</summary>
    public const string Description = "filter Paeth and runs of zeros, or filter Up and repeated pixels, whichever is shorter on a sample of rows; "
        + "deflate with dynamic Huffman codes per 256 KiB";

    private const int RgbBytes = 3;
    private const int RgbaBytes = 4;

    /// <summary>How many times smaller than its pixels a picture usually is, at least.</summary>
    private const int ExpectedRatio = 2;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly GrowingBuffer output = new();
    private readonly FilteredRows rows = new();
    private readonly RowCodingChoice choice;
    private readonly ZlibWriter zlib;

    /// <summary>Makes an encoder, which takes memory with the first picture.</summary>
    public PngEncoder()
    {
        choice = new RowCodingChoice(rows);
        zlib = new ZlibWriter(output);
    }

    /// <summary>
    /// Encodes <paramref name="height"/> rows of <paramref name="width"/> pixels (R, G, B; top row first), each starting
    /// <paramref name="stride"/> bytes after the one before. The result is valid until the next call.
    /// </summary>
    /// <exception cref="ArgumentException">The dimensions are not positive or do not fit in <paramref name="rgb"/>.</exception>
    public ReadOnlyMemory<byte> Encode(ReadOnlySpan<byte> rgb, int width, int height, int stride) => Encode(rgb, width, height, stride, RgbBytes);

    /// <summary>The same for pixels of four bytes: R, G, B, and alpha that is not multiplied into them.</summary>
    /// <exception cref="ArgumentException">The dimensions are not positive or do not fit in <paramref name="rgba"/>.</exception>
    public ReadOnlyMemory<byte> EncodeWithAlpha(ReadOnlySpan<byte> rgba, int width, int height, int stride) =>
        Encode(rgba, width, height, stride, RgbaBytes);

    /// <summary>The same for pixels of three bytes that are made row by row.</summary>
    public ReadOnlyMemory<byte> Encode(RowWindow window, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window.Height);
        return Encode(new Picture([], checked(width * RgbBytes), window.Height, 0, RgbBytes) { Window = window }, width);
    }

    /// <summary>Frees the last result.</summary>
    public void Dispose() => ((IDisposable)output).Dispose();

    private ReadOnlyMemory<byte> Encode(ReadOnlySpan<byte> pixels, int width, int height, int stride, int pixelBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var rowBytes = checked(width * pixelBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, rowBytes);
        if (pixels.Length < (long)stride * (height - 1) + rowBytes)
        {
            throw new ArgumentException("The picture is shorter than its dimensions say.", nameof(pixels));
        }

        return Encode(new Picture(pixels, rowBytes, height, stride, pixelBytes), width);
    }

    private ReadOnlyMemory<byte> Encode(Picture picture, int width)
    {
        output.Clear(expected: (int)Math.Min(Array.MaxLength / 2, (long)picture.RowBytes * picture.Height / ExpectedRatio));
        output.Write(Signature);
        WriteHeader(width, picture.Height, picture.PixelBytes);
        var data = BeginChunk("IDAT"u8);
        WriteRows(picture);
        EndChunk(data);
        EndChunk(BeginChunk("IEND"u8));
        return output.Written;
    }

    private void WriteHeader(int width, int height, int pixelBytes)
    {
        var start = BeginChunk("IHDR"u8);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8; // bits per sample
        header[9] = (byte)(pixelBytes == RgbBytes ? 2 : 6); // red, green, blue; and alpha
        header[10..].Clear(); // deflate, the one filter method, not interlaced
        output.Write(header);
        EndChunk(start);
    }

    private void WriteRows(Picture picture)
    {
        var coding = choice.Choose(picture);
        rows.Clear();
        zlib.Begin();
        var step = FilteredRows.RowsPerBlock(picture);
        for (var y = 0; y < picture.Height; y += step)
        {
            var end = Math.Min(picture.Height, y + step);
            rows.Filter(picture, y, end, coding);
            zlib.Write(rows.Block, rows.Sequences, final: end == picture.Height);
        }
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
}
