using System.Buffers;
using System.Buffers.Binary;

namespace Fotograma.Media.Jpeg;

/// <summary>What stands before a picture's coded blocks (ITU-T T.81, annex B; JFIF 1.02).</summary>
internal static class JpegSegments
{
    private const byte Frame = 0xC0;
    private const byte Codes = 0xC4;
    private const byte Image = 0xD8;
    private const byte End = 0xD9;
    private const byte Scan = 0xDA;
    private const byte Steps = 0xDB;
    private const byte Application = 0xE0;
    private const byte RestClass = 0x10;

    /// <summary>Writes everything up to the coded blocks.</summary>
    public static void WriteHead(ArrayBufferWriter<byte> output, in YuvPicture picture, Quantiser quantiser, BlockCode luma, BlockCode chroma)
    {
        output.Write([byte.MaxValue, Image]);
        // Version 1.02, square pixels, no thumbnail.
        Write(output, Application, [.. "JFIF\0"u8, 1, 2, 0, 0, 1, 0, 1, 0, 0]);
        Write(output, Steps, [0, .. quantiser.Steps]);
        Write(output, Codes, [.. Table(0, luma.Means), .. Table(RestClass, luma.Rest), .. Table(1, chroma.Means), .. Table(RestClass | 1, chroma.Rest)]);
        WriteFrame(output, picture);
        // Baseline: all coefficients, in full precision.
        Write(output, Scan, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
    }

    /// <summary>Ends the file.</summary>
    public static void WriteEnd(ArrayBufferWriter<byte> output) => output.Write([byte.MaxValue, End]);

    private static void WriteFrame(ArrayBufferWriter<byte> output, in YuvPicture picture)
    {
        var lumaBlocks = (byte)((1 << picture.ChromaWidthShift) << 4 | 1 << picture.ChromaHeightShift);
        Span<byte> frame = [8, 0, 0, 0, 0, YuvPicture.Components, 1, lumaBlocks, 0, 2, 0x11, 0, 3, 0x11, 0];
        BinaryPrimitives.WriteUInt16BigEndian(frame[1..], (ushort)picture.Height);
        BinaryPrimitives.WriteUInt16BigEndian(frame[3..], (ushort)picture.Width);
        Write(output, Frame, frame);
    }

    private static byte[] Table(byte kind, HuffmanCode code) => [kind, .. code.LengthCounts, .. code.Ordered];

    private static void Write(ArrayBufferWriter<byte> output, byte marker, ReadOnlySpan<byte> content)
    {
        Span<byte> head = [byte.MaxValue, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)(content.Length + 2));
        output.Write(head);
        output.Write(content);
    }
}
