using Fotograma.Media.Avc;

namespace Fotograma.Media.Mpeg4;

/// <summary>
/// Tells of MPEG-4 Part 2 packets whether they hold a picture at all (ISO/IEC 14496-2, 6.2.5: vop_coded). Programs that drop frames, and those that unpack what AVI files
/// had packed, leave packets in their place that say that there is none; decoders give nothing for them.
/// </summary>
internal sealed class VopSight
{
    private const byte VideoObjectPlane = 0xB6;
    private const byte FirstLayer = 0x20;
    private const byte LastLayer = 0x2F;

    /// <summary>What such a packet may have at most from the plane's start code on, stuffing included: its head, with a time in no more than 16 bits.</summary>
    private const int EmptyBytesMax = 19;

    private int timeBits;

    /// <param name="setUp">What the container has of the stream's heads; packets may bring their own.</param>
    public VopSight(ReadOnlySpan<byte> setUp) => ReadLayer(setUp);

    /// <summary>Whether a packet says that there is no picture. To be asked of every packet in turn.</summary>
    public bool IsEmpty(ReadOnlySpan<byte> packet)
    {
        var plane = Find(packet, VideoObjectPlane, VideoObjectPlane);
        if (plane < 0) return false;
        ReadLayer(packet[..plane]);
        if (timeBits == 0 || packet.Length - plane > EmptyBytesMax) return false;
        var bits = new BitReader(packet[plane..], hasPrevention: false);
        bits.Bits(2);
        while (bits.Flag() && !bits.IsOver) continue;
        bits.Bits(1 + timeBits + 1);
        return !bits.Flag() && !bits.IsOver;
    }

    /// <summary>Where what follows the first start code of a kind begins; -1 when there is none.</summary>
    private static int Find(ReadOnlySpan<byte> bytes, byte first, byte last)
    {
        ReadOnlySpan<byte> prefix = [0, 0, 1];
        for (var from = 0; bytes[from..].IndexOf(prefix) is >= 0 and var found;)
        {
            from += found + prefix.Length;
            if (from < bytes.Length && bytes[from] >= first && bytes[from] <= last) return from + 1;
        }

        return -1;
    }

    /// <summary>Reads how many bits a plane's time has (6.2.3: vop_time_increment_resolution).</summary>
    private void ReadLayer(ReadOnlySpan<byte> heads)
    {
        const int ExtendedAspect = 15;
        const int GreyShape = 3;
        const int BufferParameters = 79;
        var layer = Find(heads, FirstLayer, LastLayer);
        if (layer < 0) return;
        var bits = new BitReader(heads[layer..], hasPrevention: false);
        bits.Bits(1 + 8);
        var version = 1u;
        if (bits.Flag()) (version, _) = (bits.Bits(4), bits.Bits(3));
        if (bits.Bits(4) == ExtendedAspect) bits.Bits(8 + 8);
        if (bits.Flag())
        {
            bits.Bits(2 + 1);
            if (bits.Flag()) bits.Bits(BufferParameters);
        }

        var shape = bits.Bits(2);
        if (version != 1 && shape == GreyShape) bits.Bits(4);
        bits.Bits(1);
        var resolution = bits.Bits(16);
        if (!bits.IsOver && resolution > 0) timeBits = Math.Max(1, 32 - System.Numerics.BitOperations.LeadingZeroCount(resolution - 1));
    }
}
