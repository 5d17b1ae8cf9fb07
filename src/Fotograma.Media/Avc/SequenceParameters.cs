namespace Fotograma.Media.Avc;

/// <summary>What a sequence parameter set (ITU-T H.264, 7.3.2.1.1) says that slices depend on.</summary>
/// <param name="FrameNumberBits">Bits of frame_num.</param>
/// <param name="OrderType">pic_order_cnt_type: 0 or 2.</param>
/// <param name="OrderBits">Bits of pic_order_cnt_lsb, for type 0.</param>
/// <param name="ReferencesMax">max_num_ref_frames.</param>
/// <param name="HasChroma">ChromaArrayType is not 0.</param>
internal sealed record SequenceParameters(int FrameNumberBits, int OrderType, int OrderBits, int ReferencesMax, bool HasChroma)
{
    private const int IdMax = 31;
    private const int ReferencesLimit = 16;
    private const int MoreBitsMax = 12;

    /// <summary>Profiles that say more about their samples.</summary>
    private static ReadOnlySpan<byte> RichProfiles => [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

    /// <summary>Numbers of frames before frame_num starts again.</summary>
    public int FrameNumbers => 1 << FrameNumberBits;

    /// <summary>Reads a unit without its first byte. Gives null for what is not understood: fields, separate colour planes, gaps, order type 1.</summary>
    public static (int Id, SequenceParameters? Set) Read(ReadOnlySpan<byte> unit)
    {
        var reader = new BitReader(unit);
        var profile = (byte)reader.Bits(8);
        reader.Bits(16); // constraints and level
        var id = reader.Unsigned(IdMax);
        var (hasChroma, isPlain) = RichProfiles.Contains(profile) ? ReadSamples(ref reader) : (true, true);
        var frameNumberBits = 4 + reader.Unsigned(MoreBitsMax);
        var orderType = reader.Unsigned(2);
        var orderBits = orderType == 0 ? 4 + reader.Unsigned(MoreBitsMax) : 0;
        if (orderType == 1) return (id, null);
        var references = reader.Unsigned(ReferencesLimit);
        var mayHaveGaps = reader.Flag();
        reader.Unsigned(); // width and height
        reader.Unsigned();
        var framesOnly = reader.Flag();
        return isPlain && !mayHaveGaps && framesOnly && !reader.IsOver
            ? (id, new SequenceParameters(frameNumberBits, orderType, orderBits, references, hasChroma))
            : (id, null);
    }

    private static (bool HasChroma, bool IsPlain) ReadSamples(ref BitReader reader)
    {
        const int FullChroma = 3;
        var chroma = reader.Unsigned(FullChroma);
        var isSeparate = chroma == FullChroma && reader.Flag();
        reader.Unsigned(); // bit depths
        reader.Unsigned();
        reader.Flag(); // lossless transform bypass
        if (reader.Flag())
            for (var list = 0; list < (chroma == FullChroma ? 12 : 8); list++)
                if (reader.Flag()) SkipScaling(ref reader, list < 6 ? 16 : 64);
        return (chroma != 0, !isSeparate);
    }

    /// <summary>scaling_list (7.3.2.1.1.1).</summary>
    private static void SkipScaling(ref BitReader reader, int size)
    {
        var (last, next) = (8, 8);
        for (var i = 0; i < size && !reader.IsOver; i++)
        {
            if (next != 0) next = last + reader.Signed() & 0xFF;
            last = next == 0 ? last : next;
        }
    }
}
