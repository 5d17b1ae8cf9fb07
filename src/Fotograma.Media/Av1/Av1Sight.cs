using Fotograma.Media.Avc;

namespace Fotograma.Media.Av1;

/// <summary>
/// Tells of AV1 packets whether anything of theirs is kept. All that one frame leaves to others (samples, probabilities, motion, segments, the filter's and the grain's
/// settings) goes through the eight places for references (AV1 specification, 7.20): a frame that is stored in none can be left out.
/// </summary>
internal sealed class Av1Sight
{
    private const int KeyFrame = 0;
    private const int IntraOnly = 2;
    private const int Switch = 3;

    private SequenceHead? sequence;

    /// <param name="setUp">The av1C box (AV1 Codec ISO Media File Format Binding, 2.3): four bytes, then units.</param>
    public Av1Sight(ReadOnlySpan<byte> setUp)
    {
        const int BoxHead = 4;
        if (setUp.Length <= BoxHead) return;
        var units = new ObuUnits(setUp[BoxHead..]);
        while (units.MoveNext()) Note(units);
    }

    /// <summary>Whether no picture depends on this packet. To be asked of every packet in turn from a key frame on: headers change.</summary>
    public bool IsDisposable(ReadOnlySpan<byte> packet)
    {
        var units = new ObuUnits(packet);
        var (frames, isKept) = (0, false);
        while (units.MoveNext())
        {
            isKept |= Note(units) || units.Type is ObuType.TileList;
            if (units.Type is not (ObuType.FrameHeader or ObuType.Frame or ObuType.RedundantFrameHeader)) continue;
            frames++;
            isKept = isKept || sequence is null || IsKept(units.Current, sequence);
        }

        return frames > 0 && !isKept && units.IsWhole;
    }

    private bool Note(ObuUnits units)
    {
        if (units.Type != ObuType.SequenceHeader) return false;
        sequence = SequenceHead.Read(units.Current);
        return true;
    }

    /// <summary>Whether a frame is stored as a reference: uncompressed_header (5.9.2) up to refresh_frame_flags.</summary>
    private static bool IsKept(ReadOnlySpan<byte> unit, SequenceHead sequence)
    {
        var reader = new BitReader(unit, hasPrevention: false);
        if (reader.Flag()) return true; // a stored one is shown, and may be stored anew
        var type = (int)reader.Bits(2);
        var isShown = reader.Flag();
        if (type is KeyFrame or Switch) return true;
        if (!isShown) reader.Flag(); // may be shown later
        var resists = reader.Flag();
        reader.Flag(); // probabilities are not updated
        var hasTools = sequence.ScreenContentTools == SequenceHead.Selected ? reader.Flag() : sequence.ScreenContentTools == 1;
        if (hasTools && sequence.IntegerMotion == SequenceHead.Selected) reader.Flag();
        reader.Bits(sequence.FrameIdBits);
        reader.Flag(); // another size
        reader.Bits(sequence.OrderBits);
        if (type != IntraOnly && !resists) reader.Bits(3); // whose probabilities it starts with
        return reader.Bits(8) != 0 || reader.IsOver;
    }
}
