namespace Fotograma.Media.Avc;

/// <summary>
/// The pictures that others may be predicted from, as a decoder keeps them (ITU-T H.264, 8.2.1, 8.2.4 and 8.2.5), for whole frames without
/// long-term references. It knows which pictures the lists of a slice name; no sample is decoded.
/// </summary>
internal sealed class ReferenceWindow
{
    private readonly List<Reference> references = [];
    private int lastNumber;
    private int lastOrderHigh;
    private int lastOrderLow;

    /// <summary>A picture kept: which packet it came in, its frame_num, and its place in order of showing.</summary>
    private readonly record struct Reference(int Packet, int Number, int Order);

    /// <summary>The place of the picture at hand in order of showing; null when it does not continue what came before.</summary>
    public int? Begin(SliceHead head)
    {
        if (head.IsInstant)
        {
            references.Clear();
            (lastNumber, lastOrderHigh, lastOrderLow) = (0, 0, 0);
            return head.FrameNumber == 0 ? OrderOf(head) : null;
        }

        return head.FrameNumber == (lastNumber + 1) % head.Sequence.FrameNumbers ? OrderOf(head) : null;
    }

    /// <summary>Packets of the pictures in the lists of a slice of the picture at <paramref name="order"/>; null when one is not there.</summary>
    public IReadOnlyList<int>? Named(SliceHead head, int order)
    {
        if (head.Kind == SliceKind.Intra) return [];
        if (head.Kind == SliceKind.Predicted)
        {
            var byNumber = references.OrderByDescending(reference => NumberOf(reference, head)).ToList();
            return Cut(byNumber, head.References.List0, head.Reordering.List0, head);
        }

        var before = references.Where(reference => reference.Order < order).OrderByDescending(reference => reference.Order).ToList();
        var after = references.Where(reference => reference.Order > order).OrderBy(reference => reference.Order).ToList();
        List<Reference> first = [.. before, .. after];
        List<Reference> second = [.. after, .. before];
        if (second.Count > 1 && second.SequenceEqual(first)) (second[0], second[1]) = (second[1], second[0]);
        return Cut(first, head.References.List0, head.Reordering.List0, head) is { } one
            && Cut(second, head.References.List1, head.Reordering.List1, head) is { } other ? [.. one, .. other] : null;
    }

    /// <summary>Keeps the picture at hand, if it is a reference, and forgets others for it; false when that cannot be.</summary>
    public bool End(SliceHead head, int packet, int order)
    {
        if (!head.IsReference) return true;
        if (head.Forgotten is { } steps)
        {
            foreach (var step in steps)
            {
                var number = head.FrameNumber - step.Distance;
                if (references.RemoveAll(reference => NumberOf(reference, head) == number) != 1) return false;
            }
        }
        else if (references.Count == Math.Max(1, head.Sequence.ReferencesMax))
        {
            references.Remove(references.MinBy(reference => NumberOf(reference, head)));
        }

        references.Add(new Reference(packet, head.FrameNumber, order));
        (lastOrderHigh, lastOrderLow, lastNumber) = (HighOf(head), head.Order.Low, head.FrameNumber);
        return references.Count <= Math.Max(1, head.Sequence.ReferencesMax);
    }

    /// <summary>FrameNumWrap, which for frames is PicNum: numbers above the one at hand are from before it started again.</summary>
    private static int NumberOf(Reference reference, SliceHead head) =>
        reference.Number > head.FrameNumber ? reference.Number - head.Sequence.FrameNumbers : reference.Number;

    /// <summary>8.2.4.3.1: puts the pictures named first, each in its turn, and cuts the list to what is in use.</summary>
    private static List<int>? Cut(List<Reference> list, int used, IReadOnlyList<Step> steps, SliceHead head)
    {
        var predicted = head.FrameNumber;
        for (var place = 0; place < steps.Count; place++)
        {
            predicted += steps[place].Command == 0 ? -steps[place].Distance : steps[place].Distance;
            if (predicted < 0) predicted += head.Sequence.FrameNumbers;
            if (predicted >= head.Sequence.FrameNumbers) predicted -= head.Sequence.FrameNumbers;
            var number = predicted > head.FrameNumber ? predicted - head.Sequence.FrameNumbers : predicted;
            var found = list.FindIndex(reference => NumberOf(reference, head) == number);
            if (found < 0) return null;
            // What is named moves to its place; named twice, it stands in both.
            var named = list[found];
            var at = Math.Min(place, list.Count);
            list.Insert(at, named);
            var again = list.FindIndex(at + 1, reference => reference == named);
            if (again >= 0) list.RemoveAt(again);
        }

        return [.. list.Take(used).Select(reference => reference.Packet)];
    }

    private int OrderOf(SliceHead head) => head.Sequence.OrderType == 0
        ? HighOf(head) + head.Order.Low + Math.Min(0, head.Order.Bottom)
        : 2 * (HighOf(head) + head.FrameNumber) - (head.IsReference ? 0 : 1);

    /// <summary>
    /// The part of the order that is not in the slice: PicOrderCntMsb (8.2.1.1), which steps when the low part starts again; or FrameNumOffset
    /// (8.2.1.3), which steps when the frames' numbers do.
    /// </summary>
    private int HighOf(SliceHead head)
    {
        if (head.IsInstant) return 0;
        if (head.Sequence.OrderType != 0) return lastOrderHigh + (lastNumber > head.FrameNumber ? head.Sequence.FrameNumbers : 0);
        var (low, cycle) = (head.Order.Low, 1 << head.Sequence.OrderBits);
        if (low < lastOrderLow && lastOrderLow - low >= cycle / 2) return lastOrderHigh + cycle;
        return low > lastOrderLow && low - lastOrderLow > cycle / 2 ? lastOrderHigh - cycle : lastOrderHigh;
    }
}
