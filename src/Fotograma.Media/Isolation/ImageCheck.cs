using System.Buffers.Binary;
using System.IO.Hashing;

namespace Fotograma.Media.Isolation;

/// <summary>
/// Looks at the outside of images that come from the decoder, so that what users get is what it claims to be: the right kind of file,
/// whole, of the announced size, and without parts that could carry anything but the picture. Pixels are not decoded here.
/// </summary>
internal static class ImageCheck
{
    private const int ChunkOverheadBytes = 12;

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> PngEnd => [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82];

    /// <summary>Whether <paramref name="image"/> is a PNG of this size: IHDR (8-bit RGB), one or more IDAT, IEND, with
    /// their right checksums, and nothing else.</summary>
    public static bool IsPng(ReadOnlySpan<byte> image, int width, int height)
    {
        if (!image.StartsWith(PngSignature)) return false;
        var rest = image[PngSignature.Length..];
        if (!TakeChunk(ref rest, "IHDR"u8, out var header) || header.Length != 13) return false;
        if (BinaryPrimitives.ReadInt32BigEndian(header) != width || BinaryPrimitives.ReadInt32BigEndian(header[4..]) != height) return false;
        if (!header[8..].SequenceEqual((ReadOnlySpan<byte>)[8, 2, 0, 0, 0])) return false;
        if (!TakeChunk(ref rest, "IDAT"u8, out _)) return false;
        while (TakeChunk(ref rest, "IDAT"u8, out _))
        {
        }

        return rest.SequenceEqual(PngEnd);
    }

    /// <summary>Whether <paramref name="image"/> is a JPEG of this size as the decoder's own encoder writes them, and nothing else.</summary>
    public static bool IsJpeg(ReadOnlySpan<byte> image, int width, int height) => JpegCheck.Is(image, width, height);

    /// <summary>
    /// Whether <paramref name="image"/> is a lossy WebP of this size: one VP8 chunk that begins with a key frame, and nothing else (RFC 9649, RFC 6386
    /// section 9.1).
    /// </summary>
    public static bool IsWebp(ReadOnlySpan<byte> image, int width, int height)
    {
        const int ChunkHeadBytes = 8;
        const int RiffHeadBytes = 12;
        const int FrameHeadBytes = 10;
        if (image.Length < RiffHeadBytes + ChunkHeadBytes + FrameHeadBytes || image.Length % 2 != 0) return false;
        if (!image.StartsWith("RIFF"u8) || !image[8..].StartsWith("WEBPVP8 "u8)) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(image[4..]) != image.Length - ChunkHeadBytes) return false;
        var payload = BinaryPrimitives.ReadUInt32LittleEndian(image[16..]);
        var room = image.Length - RiffHeadBytes - ChunkHeadBytes;
        if (payload + payload % 2 != room) return false;
        var frame = image[(RiffHeadBytes + ChunkHeadBytes)..];
        return (frame[0] & 1) == 0 && frame[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])
            // 14 bits of size, and two that would ask for enlarging
            && BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]) == width && BinaryPrimitives.ReadUInt16LittleEndian(frame[8..]) == height;
    }

    private static bool TakeChunk(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> type, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (rest.Length < ChunkOverheadBytes || !rest[4..8].SequenceEqual(type)) return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - ChunkOverheadBytes) return false;
        var covered = rest.Slice(4, 4 + (int)length);
        if (BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]) != Crc32.HashToUInt32(covered)) return false;
        data = covered[4..];
        rest = rest[(ChunkOverheadBytes + (int)length)..];
        return true;
    }
}
