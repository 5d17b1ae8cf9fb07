namespace Fotograma.Media.Avc;

/// <summary>What a slice is predicted from.</summary>
internal enum SliceKind
{
    /// <summary>One list of pictures.</summary>
    Predicted = 0,

    /// <summary>Two lists of pictures.</summary>
    Bidirectional = 1,

    /// <summary>Nothing but itself.</summary>
    Intra = 2,
}

/// <summary>One step of reordering a list, or of forgetting pictures: a command and how far away the picture is, in numbers of frames.</summary>
internal readonly record struct Step(int Command, int Distance);

/// <summary>A slice's header (ITU-T H.264, 7.3.3), as far as it says what the slice refers to, and where it ends.</summary>
internal sealed class SliceHead
{
    private const int IndexMax = 31;
    private const int StepsMax = 66;
    private const int Forget = 1;

    /// <summary>The parameters of the sequence it belongs to.</summary>
    public required SequenceParameters Sequence { get; init; }

    /// <summary>The picture is an IDR picture: everything before it is forgotten.</summary>
    public bool IsInstant { get; private init; }

    /// <summary>Other pictures may be predicted from this one.</summary>
    public bool IsReference { get; private init; }

    public SliceKind Kind { get; private init; }

    public int FrameNumber { get; private set; }

    /// <summary>pic_order_cnt_lsb, and how much later the other field is.</summary>
    public (int Low, int Bottom) Order { get; private set; }

    /// <summary>Entries in use of list 0 and list 1.</summary>
    public (int List0, int List1) References { get; private set; }

    /// <summary>How list 0 and list 1 are reordered.</summary>
    public (IReadOnlyList<Step> List0, IReadOnlyList<Step> List1) Reordering { get; private set; } = ([], []);

    /// <summary>What is forgotten after the picture; null when the oldest gives way by itself.</summary>
    public IReadOnlyList<Step>? Forgotten { get; private set; }

    /// <summary>The samples are coded with CABAC; otherwise with CAVLC.</summary>
    public bool IsArithmetic { get; private init; }

    /// <summary>Where the samples' data begin: bytes of the unit begun before, its first byte included, and bits of the last of them that are data.</summary>
    public (int Bytes, int BitsLeft) End { get; private set; }

    /// <summary>Reads the head of a unit of type 1 or 5; null when something is not understood, such as long-term references.</summary>
    public static SliceHead? Read(ReadOnlySpan<byte> unit, Func<int, (SequenceParameters, PictureParameters)?> sets)
    {
        const int Instant = 5;
        var reader = new BitReader(unit[1..]);
        reader.Unsigned(); // first macroblock
        var kind = reader.Unsigned(9) % 5;
        if (sets(reader.Unsigned(byte.MaxValue)) is not var (sequence, picture) || kind > (int)SliceKind.Intra) return null;
        var head = new SliceHead
        {
            Sequence = sequence, IsInstant = (unit[0] & 0x1F) == Instant, IsReference = (unit[0] & 0x60) != 0, Kind = (SliceKind)kind,
            IsArithmetic = picture.IsArithmetic,
        };
        head.ReadPlace(ref reader, sequence, picture);
        if (!head.ReadLists(ref reader, picture)) return null;
        if (head.Kind == SliceKind.Predicted ? picture.WeightsForward : head.Kind == SliceKind.Bidirectional && picture.WeightsBoth)
            head.SkipWeights(ref reader, sequence.HasChroma);
        if (head.IsReference && !head.ReadMarking(ref reader)) return null;
        head.SkipFilters(ref reader, picture);
        head.End = (1 + reader.Bytes, reader.BitsLeft);
        return reader.IsOver ? null : head;
    }

    /// <summary>Whether both can be slices of one picture.</summary>
    public bool IsOfSamePicture(SliceHead other) => (FrameNumber, Order, IsReference, IsInstant, Sequence)
        == (other.FrameNumber, other.Order, other.IsReference, other.IsInstant, other.Sequence);

    private void ReadPlace(ref BitReader reader, SequenceParameters sequence, PictureParameters picture)
    {
        FrameNumber = (int)reader.Bits(sequence.FrameNumberBits);
        if (IsInstant) reader.Unsigned(); // number of the IDR picture
        if (sequence.OrderType != 0) return;
        var low = (int)reader.Bits(sequence.OrderBits);
        Order = (low, picture.HasBottomOrder ? reader.Signed() : 0);
    }

    private bool ReadLists(ref BitReader reader, PictureParameters picture)
    {
        if (Kind == SliceKind.Intra) return true;
        var isBoth = Kind == SliceKind.Bidirectional;
        if (isBoth) reader.Flag(); // direct prediction
        References = (picture.References0, isBoth ? picture.References1 : 0);
        if (reader.Flag()) References = (reader.Unsigned(IndexMax) + 1, isBoth ? reader.Unsigned(IndexMax) + 1 : 0);
        if (ReadReordering(ref reader) is not { } first) return false;
        if (!isBoth)
        {
            Reordering = (first, []);
            return true;
        }

        if (ReadReordering(ref reader) is not { } second) return false;
        Reordering = (first, second);
        return true;
    }

    /// <summary>ref_pic_list_modification (7.3.3.1); null with long-term references.</summary>
    private static List<Step>? ReadReordering(ref BitReader reader)
    {
        const int LongTerm = 2;
        const int End = 3;
        var steps = new List<Step>();
        if (!reader.Flag()) return steps;
        while (steps.Count < StepsMax && !reader.IsOver)
        {
            var command = (int)reader.Unsigned();
            if (command == End) return steps;
            if (command >= LongTerm) return null;
            steps.Add(new Step(command, (int)reader.Unsigned() + 1));
        }

        return null;
    }

    /// <summary>pred_weight_table (7.3.3.2).</summary>
    private void SkipWeights(ref BitReader reader, bool hasChroma)
    {
        reader.Unsigned(); // denominators
        if (hasChroma) reader.Unsigned();
        for (var i = 0; i < References.List0 + References.List1 && !reader.IsOver; i++)
        {
            if (reader.Flag()) Skip(ref reader, 2);
            if (hasChroma && reader.Flag()) Skip(ref reader, 4);
        }

        static void Skip(ref BitReader reader, int numbers)
        {
            for (; numbers > 0; numbers--) reader.Signed();
        }
    }

    private void SkipFilters(ref BitReader reader, PictureParameters picture)
    {
        const int Disabled = 1;
        if (picture.IsArithmetic && Kind != SliceKind.Intra) reader.Unsigned(); // initial contexts
        reader.Signed(); // quantiser
        if (!picture.HasDeblocking || reader.Unsigned() == Disabled) return;
        reader.Signed(); // strengths
        reader.Signed();
    }

    /// <summary>dec_ref_pic_marking (7.3.3.3); false with long-term references.</summary>
    private bool ReadMarking(ref BitReader reader)
    {
        if (IsInstant)
        {
            reader.Flag(); // earlier pictures need not be shown
            return !reader.Flag();
        }

        if (!reader.Flag()) return true;
        var steps = new List<Step>();
        while (steps.Count < StepsMax && !reader.IsOver)
        {
            var command = (int)reader.Unsigned();
            if (command == 0)
            {
                Forgotten = steps;
                return true;
            }

            if (command != Forget) return false;
            steps.Add(new Step(command, (int)reader.Unsigned() + 1));
        }

        return false;
    }
}
