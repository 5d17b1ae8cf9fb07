using Fotograma.Media.Native;
using Fotograma.Media.Reading;

namespace Fotograma.Media.Avc;

/// <summary>
/// Finds out, from the heads of slices alone, which pictures of a group a picture is predicted from, directly or by way of others. A picture
/// that is marked as a reference is often one only for its neighbours (a pyramid of B-frames): nobody else needs its samples.
/// It understands whole frames of one layer without long-term references, from an IDR picture on, and says when it does not.
/// </summary>
internal sealed class ReferenceMap
{
    private const int Slice = 1, Instant = 5, Sequence = 7, Picture = 8;
    private const int TypeMask = 0x1F;
    private const int LengthPosition = 4;

    private readonly int lengthBytes;
    private readonly Dictionary<int, SequenceParameters?> sequences = [];
    private readonly Dictionary<int, PictureParameters?> pictures = [];
    private readonly ReferenceWindow window = new();
    private readonly List<(int[] Named, bool IsReference)> packets = [];

    /// <summary>Reads the parameter sets in a stream's avcC box (ISO/IEC 14496-15, 5.3.3.1).</summary>
    public ReferenceMap(ReadOnlySpan<byte> setUp)
    {
        const int CountPosition = 5;
        const int SequenceCountMask = 0x1F;
        lengthBytes = NalUnits.LengthBytes(setUp, LengthPosition);
        if (lengthBytes == 0 || setUp.Length <= CountPosition) return;
        var rest = setUp[CountPosition..];
        if (ReadSets(ref rest, SequenceCountMask)) ReadSets(ref rest, byte.MaxValue);
    }

    /// <summary>Packets added since the last <see cref="Clear"/>.</summary>
    public int Packets => packets.Count;

    /// <summary>Forgets all packets, not the parameter sets.</summary>
    public void Clear() => packets.Clear();

    /// <summary>Adds the next packet in decoding order, the first of which must be an IDR picture. False when it is not understood.</summary>
    public bool Add(ReadOnlySpan<byte> packet)
    {
        if (lengthBytes == 0) return false;
        SliceHead? first = null;
        var order = 0;
        var references = new HashSet<int>();
        var units = new NalUnits(packet, lengthBytes);
        while (units.MoveNext())
        {
            if (!IsSlice(units.Current, out var understood))
            {
                if (!understood) return false;
                continue;
            }

            if (SliceHead.Read(units.Current, SetsOf) is not { } head || (packets.Count == 0 && !head.IsInstant)) return false;
            if (first is null)
            {
                if (window.Begin(head) is not { } place) return false;
                (first, order) = (head, place);
            }

            if (!head.IsOfSamePicture(first) || window.Named(head, order) is not { } list) return false;
            references.UnionWith(list);
        }

        if (first is null || !units.IsWhole || !window.End(first, packets.Count, order)) return false;
        packets.Add(([.. references], first.IsReference));
        return true;
    }

    /// <summary>The packets that must be decoded for <paramref name="wanted"/>, these included, all counted from the first one added.</summary>
    public bool[] NeededFor(IEnumerable<int> wanted)
    {
        var needed = new bool[packets.Count];
        foreach (var packet in wanted) needed[packet] = true;
        // A picture is predicted from earlier ones in decoding order only.
        for (var packet = packets.Count - 1; packet >= 0; packet--)
        {
            if (!needed[packet]) continue;
            foreach (var reference in packets[packet].Named) needed[reference] = true;
        }

        return needed;
    }

    /// <summary>How many pictures are references for others and yet not among the <paramref name="needed"/>.</summary>
    public int Spared(bool[] needed) => packets.Index().Count(packet => packet.Item.IsReference && !needed[packet.Index]);

    /// <summary>
    /// Cuts a packet down to what makes a decoder keep account of the picture without decoding it: the head of its first slice. What the decoder then
    /// has is no picture, and it may complain. False when the packet was left as it is.
    /// </summary>
    public bool CutToStub(NativePacket packet)
    {
        var units = new NalUnits(packet.Data, lengthBytes);
        while (units.MoveNext())
        {
            if (!IsSlice(units.Current, out _)) continue;
            if (SliceHead.Read(units.Current, SetsOf) is not { } head || SliceStub.Of(units.Current, head) is not { } stub) return false;
            var data = packet.Cut(units.Start + stub.Length);
            stub.CopyTo(data[units.Start..]);
            for (var i = 0; i < lengthBytes; i++) data[units.Start - 1 - i] = (byte)(stub.Length >> (8 * i));
            return true;
        }

        return false;
    }

    /// <summary>Reads a unit that is a parameter set. Partitioned slices are not understood.</summary>
    private bool IsSlice(ReadOnlySpan<byte> unit, out bool understood)
    {
        var type = unit[0] & TypeMask;
        if (type is Sequence or Picture) ReadSet(unit);
        understood = type is not (> Slice and < Instant);
        return type is Slice or Instant;
    }

    /// <summary>Reads a number of sets, each behind its length; false when they do not fit in the box.</summary>
    private bool ReadSets(ref ReadOnlySpan<byte> rest, int countMask)
    {
        const int LengthBytes = 2;
        if (rest.IsEmpty) return false;
        var count = rest[0] & countMask;
        rest = rest[1..];
        for (; count > 0; count--)
        {
            if (rest.Length < LengthBytes) return false;
            var length = rest[0] << 8 | rest[1];
            if (length == 0 || length > rest.Length - LengthBytes) return false;
            ReadSet(rest.Slice(LengthBytes, length));
            rest = rest[(LengthBytes + length)..];
        }

        return true;
    }

    private void ReadSet(ReadOnlySpan<byte> unit)
    {
        if ((unit[0] & TypeMask) == Sequence)
        {
            var (id, set) = SequenceParameters.Read(unit[1..]);
            sequences[id] = set;
        }
        else
        {
            var (id, set) = PictureParameters.Read(unit[1..]);
            pictures[id] = set;
        }
    }

    private (SequenceParameters, PictureParameters)? SetsOf(int id) =>
        pictures.GetValueOrDefault(id) is { } picture && sequences.GetValueOrDefault(picture.Sequence) is { } sequence ? (sequence, picture) : null;
}
