using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fotograma.Media.Options;

/// <summary>Reads the options that are lists, each written with commas.</summary>
internal static class OptionLists
{
    private static readonly Rational Zero = new(0, 1);

    /// <summary>Moments such as <c>1.5, 00:02:00</c>; sorted. Empty when missing or reported.</summary>
    public static ValueList<Rational>? Timestamps(OptionReader reader, string option)
    {
        if (Items(reader, option, OptionRanges.TimestampsMax) is not { } items) return null;
        var moments = new List<Rational>(items.Length);
        foreach (var item in items)
        {
            if (reader.SecondsIn(option, item, Zero, OptionRanges.PositionSecondsMax) is not { } moment) return null;
            moments.Add(moment);
        }

        moments.Sort();
        return [.. moments];
    }

    /// <summary>Frame numbers and ranges of them such as <c>0, 10, 250-260</c>; sorted and joined. Null when missing or reported.</summary>
    public static ValueList<FrameRange>? Frames(OptionReader reader, string option)
    {
        if (Items(reader, option, OptionRanges.TimestampsMax) is not { } items) return null;
        var ranges = new List<FrameRange>(items.Length);
        foreach (var item in items)
        {
            if (TryParseFrames(item, out var range)) ranges.Add(range.Value);
            else return Report(reader, option, "invalid", $"Give frame numbers from 0 and ranges of them, such as 0,10,250-260; '{Shorten(item)}' is neither.");
        }

        ranges.Sort((left, right) => left.First.CompareTo(right.First));
        List<FrameRange> joined = [ranges[0]];
        foreach (var range in ranges.Skip(1))
        {
            if (range.First <= joined[^1].Last + 1) joined[^1] = joined[^1] with { Last = Math.Max(joined[^1].Last, range.Last) };
            else joined.Add(range);
        }

        return joined.Sum(range => (decimal)range.Last - range.First + 1) > OptionRanges.FramesMax
            ? Report(reader, option, "out_of_range", $"Name at most {OptionRanges.FramesMax} frames.")
            : [.. joined];
    }

    /// <summary>Parts of the video such as <c>10-20, 00:01:00-00:01:30, 300-</c>; sorted. Null when missing or reported.</summary>
    public static ValueList<TimeRange>? Ranges(OptionReader reader, string option)
    {
        if (Items(reader, option, OptionRanges.RangesMax) is not { } items) return null;
        var ranges = new List<TimeRange>(items.Length);
        foreach (var item in items)
        {
            var ends = item.Split('-');
            if (ends.Length != 2 || item == "-")
            {
                reader.Report(option, "invalid", $"Give ranges such as 10-20,00:01:00-00:01:30,300-; '{Shorten(item)}' is none.");
                return null;
            }

            if (!TryEnd(reader, option, ends[0], out var from) || !TryEnd(reader, option, ends[1], out var to)) return null;
            ranges.Add(new TimeRange(from, to));
        }

        ranges.Sort((left, right) => (left.From ?? Zero).CompareTo(right.From ?? Zero));
        return AreApart(reader, option, ranges) ? [.. ranges] : null;
    }

    private static bool AreApart(OptionReader reader, string option, List<TimeRange> ranges)
    {
        for (var i = 0; i < ranges.Count; i++)
        {
            var empty = ranges[i].To is { } end && end.CompareTo(ranges[i].From ?? Zero) <= 0;
            var overlapping = i > 0 && (ranges[i - 1].To is not { } before || before > (ranges[i].From ?? Zero));
            if (empty) reader.Report(option, "conflict", "Choose ends that are later than their starts.");
            else if (overlapping) reader.Report(option, "conflict", "Choose ranges that do not overlap.");
            if (empty || overlapping) return false;
        }

        return true;
    }

    private static bool TryEnd(OptionReader reader, string option, string text, out Rational? end)
    {
        end = null;
        if (string.IsNullOrWhiteSpace(text)) return true;
        end = reader.SecondsIn(option, text.Trim(), Zero, OptionRanges.PositionSecondsMax);
        return end is not null;
    }

    private static bool TryParseFrames(string text, [NotNullWhen(true)] out FrameRange? range)
    {
        range = null;
        var ends = text.Split('-');
        if (ends.Length > 2 || !long.TryParse(ends[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var first)) return false;
        var last = first;
        if (ends.Length == 2 && !long.TryParse(ends[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out last)) return false;
        range = new FrameRange(first, last);
        return first <= last && last < long.MaxValue;
    }

    private static string[]? Items(OptionReader reader, string option, int most)
    {
        if (reader.Text(option) is not { } text) return null;
        var items = text.Split([',', ';', '\n', '\r', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (items.Length > 0 && items.Length <= most) return items;
        reader.Report(option, items.Length == 0 ? "invalid" : "out_of_range", $"Give from 1 to {most} values, separated by commas.");
        return null;
    }

    private static ValueList<FrameRange>? Report(OptionReader reader, string option, string code, string message)
    {
        reader.Report(option, code, message);
        return null;
    }

    private static string Shorten(string text) => text.Length <= 30 ? text : text[..30] + "...";
}
