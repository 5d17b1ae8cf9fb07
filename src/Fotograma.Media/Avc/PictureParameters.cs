namespace Fotograma.Media.Avc;

/// <summary>What a picture parameter set (ITU-T H.264, 7.3.2.2) says that slices depend on.</summary>
/// <param name="Sequence">The sequence parameter set it belongs to.</param>
/// <param name="IsArithmetic">entropy_coding_mode_flag: CABAC.</param>
/// <param name="HasBottomOrder">bottom_field_pic_order_in_frame_present_flag.</param>
/// <param name="References0">Entries of list 0, unless the slice says otherwise.</param>
/// <param name="References1">Entries of list 1, unless the slice says otherwise.</param>
/// <param name="WeightsForward">weighted_pred_flag.</param>
/// <param name="WeightsBoth">weighted_bipred_idc is 1: with weights in the slice.</param>
/// <param name="HasDeblocking">deblocking_filter_control_present_flag.</param>
internal sealed record PictureParameters(
    int Sequence, bool IsArithmetic, bool HasBottomOrder, int References0, int References1, bool WeightsForward, bool WeightsBoth, bool HasDeblocking)
{
    private const int IdMax = 255;
    private const int SequenceIdMax = 31;
    private const int IndexMax = 31;

    /// <summary>Reads a unit without its first byte. Gives null for what is not understood: slice groups and redundant pictures.</summary>
    public static (int Id, PictureParameters? Set) Read(ReadOnlySpan<byte> unit)
    {
        var reader = new BitReader(unit);
        var id = reader.Unsigned(IdMax);
        var sequence = reader.Unsigned(SequenceIdMax);
        var isArithmetic = reader.Flag();
        var hasBottomOrder = reader.Flag();
        if (reader.Unsigned() != 0) return (id, null);
        var (references0, references1) = (reader.Unsigned(IndexMax) + 1, reader.Unsigned(IndexMax) + 1);
        var weightsForward = reader.Flag();
        var weightsBoth = reader.Bits(2) == 1;
        for (var i = 0; i < 3; i++) reader.Signed(); // quantisers
        var hasDeblocking = reader.Flag();
        reader.Flag(); // intra prediction
        var hasRedundant = reader.Flag();
        return hasRedundant || reader.IsOver
            ? (id, null)
            : (id, new PictureParameters(sequence, isArithmetic, hasBottomOrder, references0, references1, weightsForward, weightsBoth, hasDeblocking));
    }
}
