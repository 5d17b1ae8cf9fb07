using System.Buffers;
using System.Buffers.Binary;

namespace Fotograma.Media.Jpeg;

/// <summary>What stands before and behind a picture's coded blocks (ITU-T T.81, annex B; JFIF 1.02). Who checks files looks here, too.</summary>
internal static class JpegSegments
{
    public const byte Frame = 0xC0;
    public const byte Codes = 0xC4;
    public const byte Scan = 0xDA;
    public const byte Steps = 0xDB;
    public const byte Application = 0xE0;

    /// <summary>In a code's kind: not that of the means.</summary>
    public const byte RestClass = 0x10;

    /// <summary>Length of a frame's segment, without its head.</summary>
    public const int FrameBytes = 15;

    public static ReadOnlySpan<byte> Start => [byte.MaxValue, 0xD8];

    public static ReadOnlySpan<byte> Finish => [byte.MaxValue, 0xD9];

    /// <summary>Version 1.02, square pixels, no thumbnail.</summary>
    public static ReadOnlySpan<byte> Jfif => [0x4A, 0x46, 0x49, 0x46, 0, 1, 2, 0, 0, 1, 0, 1, 0, 0];

    /// <summary>The kinds of codes in their order: means and others of luma, then of chroma.</summary>
    public static ReadOnlySpan<byte> CodeKinds => [0, RestClass, 1, RestClass | 1];

    /// <summary>Baseline: all components, all coefficients, in full precision.</summary>
    public static ReadOnlySpan<byte> WholeScan => [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0];

    /// <summary>Writes everything up to the coded blocks.</summary>
    public static void WriteHead(ArrayBufferWriter<byte> output, in YuvPicture picture, Quantiser quantiser, BlockCode luma, BlockCode chroma)
    {
        output.Write(Start);
        Write(output, Application, Jfif);
        Write(output, Steps, [0, .. quantiser.Steps]);
        Write(output, Codes, [.. Table(0, luma.Means), .. Table(1, luma.Rest), .. Table(2, chroma.Means), .. Table(3, chroma.Rest)]);
        Span<byte> frame = stackalloc byte[FrameBytes];
        FillFrame(frame, picture.Width, picture.Height, (byte)((1 << picture.ChromaWidthShift) << 4 | 1 << picture.ChromaHeightShift));
        Write(output, Frame, frame);
        Write(output, Scan, WholeScan);
    }

    /// <summary>Ends the file.</summary>
    public static void WriteEnd(ArrayBufferWriter<byte> output) => output.Write(Finish);

    /// <summary>Writes a frame's segment; <paramref name="lumaBlocks"/> says how many blocks of luma there are for one of chroma, across and down.</summary>
    public static void FillFrame(Span<byte> frame, int width, int height, byte lumaBlocks)
    {
        ReadOnlySpan<byte> content = [8, 0, 0, 0, 0, YuvPicture.Components, 1, lumaBlocks, 0, 2, 0x11, 0, 3, 0x11, 0];
        content.CopyTo(frame);
        BinaryPrimitives.WriteUInt16BigEndian(frame[1..], (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(frame[3..], (ushort)width);
    }

    private static byte[] Table(int kind, HuffmanCode code) => [CodeKinds[kind], .. code.LengthCounts, .. code.Ordered];

    private static void Write(ArrayBufferWriter<byte> output, byte marker, ReadOnlySpan<byte> content)
    {
        Span<byte> head = [byte.MaxValue, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)(content.Length + 2));
        output.Write(head);
        output.Write(content);
    }
}
