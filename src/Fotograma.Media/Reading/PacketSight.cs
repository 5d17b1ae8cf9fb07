using Fotograma.Media.Av1;
using Fotograma.Media.Avc;
using Fotograma.Media.Mpeg4;
using Fotograma.Media.Native;

namespace Fotograma.Media.Reading;

/// <summary>
/// Looks at packets without decoding them: whether a picture is used to predict others, and whether decoding can really start at what the
/// container calls a key frame. Where it cannot tell, it says the careful thing.
/// </summary>
internal sealed class PacketSight
{
    private const int AvcLengthPosition = 4;
    private const int HevcLengthPosition = 21;
    private const int BidirectionalMpeg2 = 3;
    private const int BidirectionalMpeg4 = 2;

    private readonly string codec;
    private readonly int lengthBytes;
    private readonly int highestLayer;
    private readonly Av1Sight? av1;
    private readonly VopSight? mpeg4;

    /// <summary>Prepares for the packets of a stream.</summary>
    public PacketSight(NativeStream stream) : this(stream.Codec, stream.SetUp)
    {
    }

    /// <summary>Prepares for packets of a codec, which libav knows by this name, with the set-up data that came with them.</summary>
    public PacketSight(string codec, ReadOnlySpan<byte> setUp)
    {
        this.codec = codec;
        lengthBytes = codec == "h264" ? NalUnits.LengthBytes(setUp, AvcLengthPosition) : NalUnits.LengthBytes(setUp, HevcLengthPosition);
        // The number of temporal layers in an hvcC box (ISO/IEC 14496-15, 8.3.3.1); without it nothing is known to be the highest.
        highestLayer = codec == "hevc" && lengthBytes > 0 ? ((setUp[HevcLengthPosition] >> 3) & 7) - 1 : -1;
        av1 = codec == "av1" ? new Av1Sight(setUp) : null;
        mpeg4 = codec == "mpeg4" ? new VopSight(setUp) : null;
    }

    /// <summary>Whether decoding may not be able to start at what a container calls a key frame.</summary>
    public bool DoubtsKeys => codec is "h264" or "hevc";

    /// <summary>
    /// Whether no other picture is predicted from this packet's, so that it need not be decoded for their sake. To be asked of every packet in turn. Those of VP8 and VP9
    /// never are: a frame that is no reference, too, may leave its probabilities, motion vectors and segments to the next (RFC 6386, 9.3 and 9.11; VP9 Bitstream &amp; Decoding
    /// Process Specification, 6.1.2).
    /// </summary>
    public bool IsDisposable(ReadOnlySpan<byte> packet) => codec switch
    {
        "h264" => IsDisposableAvc(packet),
        "hevc" => IsDisposableHevc(packet),
        "av1" => av1!.IsDisposable(packet),
        "mpeg2video" or "mpeg1video" => PictureKinds(packet, 0x00, bytes => bytes.Length > 1 ? (bytes[1] >> 3) & 7 : -1, BidirectionalMpeg2),
        "mpeg4" => PictureKinds(packet, 0xB6, bytes => bytes.Length > 0 ? bytes[0] >> 6 : -1, BidirectionalMpeg4),
        _ => false,
    };

    /// <summary>
    /// Whether a packet says of its picture that it is never shown: because it is only there to predict others (RFC 6386, 9.1, and VP9 Bitstream &amp; Decoding Process Specification, 6.2: show_frame; AV1's
    /// comes in one packet with one that is), because it belongs to the first group of a video that was cut and is predicted from what is not there (ITU-T H.265, 8.3.3.1: RASL pictures behind a first CRA
    /// or BLA picture), or because there is none. To be asked of every packet in turn.
    /// </summary>
    public bool IsNeverShown(ReadOnlySpan<byte> packet, bool inFirstGroup) => codec switch
    {
        "vp8" => packet.Length > 0 && (packet[0] & 0x10) == 0,
        "vp9" => IsHiddenVp9(packet),
        "mpeg4" => mpeg4!.IsEmpty(packet),
        "hevc" => inFirstGroup && IsSkippedLeading(packet),
        _ => false,
    };

    /// <summary>Where several frames are in one packet (annex B), which its last byte says, the last of them is shown.</summary>
    private static bool IsHiddenVp9(ReadOnlySpan<byte> packet)
    {
        if (packet.Length == 0 || (packet[^1] & 0xE0) == 0xC0) return false;
        var bits = new BitReader(packet, hasPrevention: false);
        var isFrame = bits.Bits(2) == 2;
        var profile = bits.Bits(1) | bits.Bits(1) << 1;
        if (profile == 3) bits.Bits(1);
        var showsExisting = bits.Flag();
        bits.Bits(1);
        return isFrame && !showsExisting && !bits.Flag();
    }

    /// <summary>Whether a packet holds no picture, so that nothing can begin with it either, whatever the container calls it. To be asked after <see cref="IsNeverShown"/>.</summary>
    public bool IsEmpty(ReadOnlySpan<byte> packet) => mpeg4 is not null && mpeg4.IsEmpty(packet);

    private bool IsSkippedLeading(ReadOnlySpan<byte> packet)
    {
        var units = new NalUnits(packet, lengthBytes);
        while (units.MoveNext())
            if (((units.Current[0] >> 1) & 0x3F) is 8 or 9) return true;
        return false;
    }

    /// <summary>Whether a key packet lets decoding start with it, and the pictures shown after it come out right.</summary>
    public bool IsCleanStart(ReadOnlySpan<byte> packet)
    {
        const int Avc = 5;
        if (codec == "hevc")
        {
            // BLA, IDR and CRA pictures (ITU-T H.265, table 7-1).
            var units = new NalUnits(packet, lengthBytes);
            while (units.MoveNext())
                if (((units.Current[0] >> 1) & 0x3F) is >= 16 and <= 21) return true;
            return false;
        }

        if (codec != "h264") return true;
        var nals = new NalUnits(packet, lengthBytes);
        while (nals.MoveNext())
        {
            var type = nals.Current[0] & 0x1F;
            if (type == Avc || (type == 6 && IsInstantRecovery(nals.Current[1..]))) return true;
        }

        return false;
    }

    /// <summary>
    /// Whether a supplemental message says that pictures are right from this one on (ITU-T H.264, D.1.8: recovery_frame_cnt 0, whose code is
    /// the bit 1). With intra refresh the count is larger: the picture becomes right bit by bit.
    /// </summary>
    private static bool IsInstantRecovery(ReadOnlySpan<byte> messages)
    {
        const int RecoveryPoint = 6;
        while (messages.Length > 2)
        {
            var (type, size) = (messages[0], messages[1]);
            if (type == 0xFF || size == 0xFF || messages.Length < 2 + size) return false;
            if (type == RecoveryPoint) return size > 0 && (messages[2] & 0x80) != 0;
            messages = messages[(2 + size)..];
        }

        return false;
    }

    private bool IsDisposableAvc(ReadOnlySpan<byte> packet)
    {
        var units = new NalUnits(packet, lengthBytes);
        var pictures = 0;
        while (units.MoveNext())
        {
            if ((units.Current[0] & 0x1F) is not (>= 1 and <= 5)) continue;
            if ((units.Current[0] & 0x60) != 0) return false;
            pictures++;
        }

        return pictures > 0 && units.IsWhole;
    }

    private bool IsDisposableHevc(ReadOnlySpan<byte> packet)
    {
        if (highestLayer < 0) return false;
        var units = new NalUnits(packet, lengthBytes);
        var pictures = 0;
        while (units.MoveNext())
        {
            if (units.Current.Length < 2) return false;
            var type = (units.Current[0] >> 1) & 0x3F;
            if (type >= 32) continue;
            // Sub-layer non-reference pictures have even numbers below 16; only the highest layer has none above it that could refer to it.
            if (type >= 16 || type % 2 != 0 || (units.Current[1] & 7) - 1 != highestLayer) return false;
            pictures++;
        }

        return pictures > 0 && units.IsWhole;
    }

    /// <summary>
    /// Whether decoders may rightly show nothing for this packet: pictures that come after a place to start and refer to what was before it (RASL, ITU-T H.265, table 7-1).
    /// </summary>
    public bool MayBePassedOver(ReadOnlySpan<byte> packet)
    {
        if (codec != "hevc") return false;
        var units = new NalUnits(packet, lengthBytes);
        while (units.MoveNext())
            if (((units.Current[0] >> 1) & 0x3F) is 8 or 9) return true;
        return false;
    }

    private static bool PictureKinds(ReadOnlySpan<byte> packet, byte startCode, KindReader kindOf, int wanted)
    {
        ReadOnlySpan<byte> code = [0, 0, 1, startCode];
        var pictures = 0;
        for (var at = packet.IndexOf(code); at >= 0; at = packet.IndexOf(code))
        {
            packet = packet[(at + code.Length)..];
            if (kindOf(packet) != wanted) return false;
            pictures++;
        }

        return pictures > 0;
    }

    private delegate int KindReader(ReadOnlySpan<byte> bytes);
}
