namespace Fotograma.Media.Av1;

/// <summary>What an open bitstream unit holds (AV1 Bitstream &amp; Decoding Process Specification, 6.2.2); types that are not named matter to nobody here.</summary>
internal enum ObuType
{
    SequenceHeader = 1,
    FrameHeader = 3,
    Frame = 6,
    RedundantFrameHeader = 7,
    TileList = 8,
}

/// <summary>The open bitstream units of a packet (5.3). Goes on to the packet's end or to the first thing that makes no sense.</summary>
internal ref struct ObuUnits(ReadOnlySpan<byte> packet)
{
    private const int SizeBytesMax = 8;

    private ReadOnlySpan<byte> rest = packet;

    /// <summary>What the unit <see cref="MoveNext"/> came to is.</summary>
    public ObuType Type { get; private set; }

    /// <summary>The unit without its head.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>The packet was read to its end, and everything made sense.</summary>
    public readonly bool IsWhole => rest.IsEmpty;

    /// <summary>Goes to the next unit.</summary>
    public bool MoveNext()
    {
        const byte Forbidden = 0x80;
        const byte Extension = 4;
        const byte HasSize = 2;
        if (rest.IsEmpty || (rest[0] & Forbidden) != 0) return false;
        Type = (ObuType)(rest[0] >> 3 & 15);
        var head = (rest[0] & Extension) != 0 ? 2 : 1;
        if (rest.Length < head) return false;
        var body = rest[head..];
        var length = (long)body.Length;
        if ((rest[0] & HasSize) != 0 && !TrySize(ref body, out length)) return false;
        Current = body[..(int)length];
        rest = body[(int)length..];
        return true;
    }

    /// <summary>leb128 (4.10.5).</summary>
    private static bool TrySize(ref ReadOnlySpan<byte> body, out long size)
    {
        size = 0;
        for (var i = 0; i < SizeBytesMax && i < body.Length; i++)
        {
            size |= (long)(body[i] & 0x7F) << (7 * i);
            if ((body[i] & 0x80) != 0) continue;
            body = body[(i + 1)..];
            return size <= body.Length;
        }

        return false;
    }
}
