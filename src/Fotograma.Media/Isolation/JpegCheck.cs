using System.Buffers.Binary;
using Fotograma.Media.Jpeg;

namespace Fotograma.Media.Isolation;

/// <summary>
/// Looks at a JPEG from the decoder piece by piece. The decoder writes its own (<see cref="JpegSegments"/>), so exactly those segments may be
/// there, in their order, and then coded blocks to the end: nothing that could carry a word. The blocks are not decoded.
/// </summary>
internal static class JpegCheck
{
    private const byte MeanSizeMax = 11;
    private const byte RestSizeMax = 10;
    private const int BlockSide = 8;

    /// <summary>The fewest bits of a coded block: one for its mean, one that ends it.</summary>
    private const int BlockBitsMin = 2;

    /// <summary>Whether <paramref name="image"/> is a JPEG of this size, as the decoder's own encoder writes them, and nothing else.</summary>
    public static bool Is(ReadOnlySpan<byte> image, int width, int height)
    {
        var rest = image;
        if (!Take(ref rest, JpegSegments.Start)) return false;
        if (!TakeSegment(ref rest, JpegSegments.Application, out var application) || !application.SequenceEqual(JpegSegments.Jfif)) return false;
        if (!TakeSegment(ref rest, JpegSegments.Steps, out var steps) || !AreSteps(steps)) return false;
        if (!TakeSegment(ref rest, JpegSegments.Codes, out var codes) || !AreCodes(codes)) return false;
        if (!TakeSegment(ref rest, JpegSegments.Frame, out var frame) || !IsFrame(frame, width, height, out var blocks)) return false;
        if (!TakeSegment(ref rest, JpegSegments.Scan, out var scan) || !scan.SequenceEqual(JpegSegments.WholeScan)) return false;
        return rest.EndsWith(JpegSegments.Finish) && AreBlocks(rest[..^JpegSegments.Finish.Length], blocks);
    }

    private static bool Take(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> bytes)
    {
        if (!rest.StartsWith(bytes)) return false;
        rest = rest[bytes.Length..];
        return true;
    }

    private static bool TakeSegment(ref ReadOnlySpan<byte> rest, byte marker, out ReadOnlySpan<byte> content)
    {
        const int HeadBytes = 4;
        const int LengthBytes = 2;
        content = default;
        if (rest.Length < HeadBytes || rest[0] != byte.MaxValue || rest[1] != marker) return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[LengthBytes..]);
        if (length < LengthBytes || length > rest.Length - LengthBytes) return false;
        content = rest[HeadBytes..(LengthBytes + length)];
        rest = rest[(LengthBytes + length)..];
        return true;
    }

    private static bool AreSteps(ReadOnlySpan<byte> steps) => steps.Length == 1 + Quantiser.Coefficients && steps[0] == 0 && !steps[1..].Contains((byte)0);

    private static bool AreCodes(ReadOnlySpan<byte> tables)
    {
        foreach (var kind in JpegSegments.CodeKinds)
        {
            if (!TakeCode(ref tables, kind)) return false;
        }

        return tables.IsEmpty;
    }

    private static bool TakeCode(ref ReadOnlySpan<byte> tables, byte kind)
    {
        const int LengthMax = 16;
        if (tables.Length <= LengthMax || tables[0] != kind) return false;
        var (symbols, used) = (0, 0);
        for (var length = 1; length <= LengthMax; length++)
        {
            symbols += tables[length];
            used += tables[length] << (LengthMax - length);
        }

        // One code, that of ones only, stays unused.
        if (symbols == 0 || used >= 1 << LengthMax || symbols > tables.Length - LengthMax - 1) return false;
        var known = tables.Slice(LengthMax + 1, symbols);
        tables = tables[(LengthMax + 1 + symbols)..];
        return AreSymbols(known, isRest: (kind & JpegSegments.RestClass) != 0);
    }

    private static bool AreSymbols(ReadOnlySpan<byte> symbols, bool isRest)
    {
        Span<bool> seen = stackalloc bool[HuffmanCode.Symbols];
        foreach (var symbol in symbols)
        {
            if (seen[symbol] || !(isRest ? IsRest(symbol) : symbol <= MeanSizeMax)) return false;
            seen[symbol] = true;
        }

        return true;
    }

    private static bool IsRest(byte symbol) => symbol is BlockCode.EndOfBlock or BlockCode.SixteenZeros || (symbol & BlockCode.RunMax) is > 0 and <= RestSizeMax;

    private static bool IsFrame(ReadOnlySpan<byte> frame, int width, int height, out long blocks)
    {
        const int SamplingAt = 7;
        blocks = 0;
        if (width is < 1 or > YuvPicture.SideMax || height is < 1 or > YuvPicture.SideMax || frame.Length <= SamplingAt) return false;
        var (columns, rows) = (frame[SamplingAt] >> 4, frame[SamplingAt] & 15);
        if (columns is not (1 or 2) || rows is not (1 or 2)) return false;
        Span<byte> expected = stackalloc byte[JpegSegments.FrameBytes];
        JpegSegments.FillFrame(expected, width, height, frame[SamplingAt]);
        var units = ((width - 1L) / (columns * BlockSide) + 1) * ((height - 1L) / (rows * BlockSide) + 1);
        blocks = units * (columns * rows + YuvPicture.Components - 1);
        return frame.SequenceEqual(expected);
    }

    /// <summary>Every byte 0xFF is followed by a zero, so that there is no marker; and there are no fewer bits than the blocks need.</summary>
    private static bool AreBlocks(ReadOnlySpan<byte> coded, long blocks)
    {
        const int BitsPerByte = 8;
        if (coded.Length * (long)BitsPerByte < blocks * BlockBitsMin) return false;
        for (var at = coded.IndexOf(byte.MaxValue); at >= 0; at = coded.IndexOf(byte.MaxValue))
        {
            if (at + 1 >= coded.Length || coded[at + 1] != 0) return false;
            coded = coded[(at + 2)..];
        }

        return true;
    }
}
