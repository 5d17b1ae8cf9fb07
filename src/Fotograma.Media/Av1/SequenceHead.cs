using Fotograma.Media.Avc;

namespace Fotograma.Media.Av1;

/// <summary>What a sequence header (AV1 specification, 5.5.1) says that the heads of frames depend on.</summary>
/// <param name="FrameIdBits">Bits of current_frame_id; 0 where frames have none.</param>
/// <param name="ScreenContentTools">seq_force_screen_content_tools.</param>
/// <param name="IntegerMotion">seq_force_integer_mv.</param>
/// <param name="OrderBits">OrderHintBits.</param>
internal sealed record SequenceHead(int FrameIdBits, int ScreenContentTools, int IntegerMotion, int OrderBits)
{
    /// <summary>Every frame says it for itself (SELECT_SCREEN_CONTENT_TOOLS, SELECT_INTEGER_MV).</summary>
    public const int Selected = 2;

    /// <summary>Reads a unit's payload. Gives null for what is not understood: single pictures, and a model of the decoder's buffer.</summary>
    public static SequenceHead? Read(ReadOnlySpan<byte> unit)
    {
        var reader = new BitReader(unit, hasPrevention: false);
        reader.Bits(3); // profile
        reader.Flag(); // still picture
        if (reader.Flag()) return null; // a header made shorter for one picture
        if (!SkipTiming(ref reader)) return null;
        SkipOperatingPoints(ref reader);
        var (widthBits, heightBits) = ((int)reader.Bits(4) + 1, (int)reader.Bits(4) + 1);
        reader.Bits(widthBits);
        reader.Bits(heightBits);
        var idBits = 0;
        if (reader.Flag())
        {
            var difference = (int)reader.Bits(4) + 2;
            idBits = (int)reader.Bits(3) + difference + 1;
        }

        reader.Bits(3); // superblocks of 128, intra filter, intra edge filter
        reader.Bits(4); // inter-intra and masked compounds, warped motion, dual filter
        var hasOrder = reader.Flag();
        if (hasOrder) reader.Bits(2); // distances, motion vectors of references
        var tools = reader.Flag() ? Selected : (int)reader.Bits(1);
        var motion = tools > 0 && !reader.Flag() ? (int)reader.Bits(1) : Selected;
        var orderBits = hasOrder ? (int)reader.Bits(3) + 1 : 0;
        return reader.IsOver ? null : new SequenceHead(idBits, tools, motion, orderBits);
    }

    /// <summary>timing_info (5.5.3); false where a decoder's model follows.</summary>
    private static bool SkipTiming(ref BitReader reader)
    {
        if (!reader.Flag()) return true;
        reader.Bits(32);
        reader.Bits(32);
        if (reader.Flag()) reader.Unsigned(); // uvlc (4.10.3) has the form of an Exp-Golomb code
        return !reader.Flag();
    }

    private static void SkipOperatingPoints(ref BitReader reader)
    {
        const int TierLevel = 7;
        var hasDelays = reader.Flag();
        for (var points = reader.Bits(5) + 1; points > 0; points--)
        {
            reader.Bits(12);
            if (reader.Bits(5) > TierLevel) reader.Flag();
            if (hasDelays && reader.Flag()) reader.Bits(4);
        }
    }
}
