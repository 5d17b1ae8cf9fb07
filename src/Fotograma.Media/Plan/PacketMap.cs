using System.Runtime.InteropServices;
using Fotograma.Media.Native;

namespace Fotograma.Media.Plan;

/// <summary>What the plan needs to know of one packet.</summary>
[Flags]
internal enum PacketTraits : byte
{
    None = 0,

    /// <summary>Decoding can start here.</summary>
    Key = 1,

    /// <summary>Its picture is decoded but not part of the video: an edit cuts it away, or it is only there to predict others.</summary>
    Hidden = 2,
}

/// <summary>
/// All packets of a stream, in decoding order and in presentation order, as their timestamps alone tell: no picture has been decoded.
/// A packet takes 21 bytes, a key frame 37, and as many again while the lists grow, up to <see cref="PacketsMax"/>.
/// </summary>
internal sealed class PacketMap
{
    /// <summary>Packets of a map: eighteen hours at 60 a second, in 84 MB, or 148 where all are key frames. What has more is decoded in order, for which no map is needed.</summary>
    public const int PacketsMax = 4_000_000;

    private readonly List<long> times = [];
    private readonly List<PacketTraits> traits = [];
    private readonly List<Entry> entries = [];
    private long[] shownTimes = [];
    private int[] shown = [];
    private long[] hiddenTimes = [];
    private int[] hidden = [];
    private long smallestGap = long.MaxValue;
    private long largestGap;

    /// <summary>Where decoding can start: number of the packet in decoding order, and where to seek to.</summary>
    /// <param name="Packet">The packet.</param>
    /// <param name="SeekTicks">The position the demuxer is asked for, on the container's timeline.</param>
    public readonly record struct Entry(int Packet, long SeekTicks);

    /// <summary>Number of packets.</summary>
    public int Packets => times.Count;

    /// <summary>Number of frames shown.</summary>
    public int Frames => shown.Length;

    /// <summary>Where decoding can start, ascending.</summary>
    public IReadOnlyList<Entry> Entries => entries;

    /// <summary>Where the pictures begin and end.</summary>
    public Extent Extent { get; private set; }

    /// <summary>Duration of the last frame shown, in ticks; 0 when unknown.</summary>
    public long LastDuration { get; private set; }

    /// <summary>Shortest and longest distance of neighbouring frames, in ticks.</summary>
    public (long Smallest, long Largest) Gaps => (smallestGap, largestGap);

    /// <summary>Why the map cannot stand for the video; null when it can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Adds the next packet in decoding order. <paramref name="time"/> is in ticks from the video's start.</summary>
    public void Add(long time, long duration, PacketTraits kind, long seekTicks)
    {
        if (time == Libav.NoTimestamp)
        {
            Problem ??= "A packet has no presentation time.";
            return;
        }

        if (times.Count == PacketsMax) Distrust("There are too many packets for a map.");
        else
        {
            if ((kind & PacketTraits.Key) != 0) entries.Add(new Entry(times.Count, seekTicks));
            times.Add(time);
            traits.Add(kind);
        }

        if ((kind & PacketTraits.Hidden) != 0) return;
        var end = Ticks.Sum(time, Math.Max(0, duration));
        Extent = LastTime == long.MinValue ? new Extent(time, end) : new Extent(Math.Min(Extent.Start, time), Math.Max(Extent.End, end));
        if (time < LastTime) return;
        (LastTime, LastDuration) = (time, Math.Max(0, duration));
    }

    /// <summary>Time of the last frame shown, in ticks, also of one that has no place in the map.</summary>
    public long LastTime { get; private set; } = long.MinValue;

    /// <summary>Notes why the map is not to be believed.</summary>
    public void Distrust(string problem) => Problem ??= problem;

    /// <summary>
    /// Puts the frames in presentation order. Nothing can be added afterwards. Where packets are missing at the end, only frames up to
    /// <paramref name="settled"/> are kept, in ticks: others may come between the later ones.
    /// </summary>
    public void Complete(long settled = long.MaxValue)
    {
        (shownTimes, shown) = InOrder(i => (traits[i] & PacketTraits.Hidden) == 0 && times[i] <= settled);
        (hiddenTimes, hidden) = InOrder(i => (traits[i] & PacketTraits.Hidden) != 0);
        for (var i = 1; i < shown.Length; i++)
        {
            var gap = Ticks.Difference(shownTimes[i], shownTimes[i - 1]);
            if (gap == 0) Distrust("Two frames have the same presentation time.");
            else (smallestGap, largestGap) = (Math.Min(smallestGap, gap), Math.Max(largestGap, gap));
        }

        if (shown.Length == 0 || entries.Count == 0 || entries[0].Packet != 0) Distrust("The video does not start with a key frame.");
        // They refer to what was cut off, and no decoder gives them.
        else if (shownTimes[0] < times[0]) Distrust("Pictures come before the first key frame.");
    }

    private (long[] Times, int[] Packets) InOrder(Func<int, bool> isMeant)
    {
        // Counted first: a list that grows would take as much again.
        var packets = new int[Enumerable.Range(0, times.Count).Count(isMeant)];
        var ofPackets = new long[packets.Length];
        var next = 0;
        for (var i = 0; i < times.Count; i++)
        {
            if (!isMeant(i)) continue;
            packets[next] = i;
            ofPackets[next++] = times[i];
        }

        Array.Sort(ofPackets, packets);
        return (ofPackets, packets);
    }

    /// <summary>The time of a frame, by its number in presentation order.</summary>
    public long TimeOf(int frame) => shownTimes[frame];

    /// <summary>How long a frame is on screen: until the next one is, the last one as long as its packet says, or else until <paramref name="endTicks"/>.</summary>
    public long DurationOf(int frame, long endTicks)
    {
        if (frame + 1 < Frames) return Ticks.Difference(shownTimes[frame + 1], shownTimes[frame]);
        return LastDuration > 0 ? LastDuration : Ticks.Difference(endTicks, shownTimes[frame]);
    }

    /// <summary>The packet of a frame, by its number in presentation order.</summary>
    public int PacketOf(int frame) => shown[frame];

    /// <summary>The time of a packet, by its number in decoding order.</summary>
    public long PacketTime(int packet) => times[packet];

    /// <summary>What a packet is.</summary>
    public PacketTraits TraitsOf(int packet) => traits[packet];

    /// <summary>The packet, in decoding order, of exactly this <paramref name="time"/>, one that is shown if there is one; -1 when there is none.</summary>
    public int PacketAt(long time)
    {
        if (Array.BinarySearch(shownTimes, time) is >= 0 and var frame) return shown[frame];
        return Array.BinarySearch(hiddenTimes, time) is >= 0 and var place ? hidden[place] : -1;
    }

    /// <summary>The first frame, by its number in presentation order, that is not before <paramref name="time"/>.</summary>
    public int FirstFrom(long time) => Array.BinarySearch(shownTimes, time) is var found && found >= 0 ? found : ~found;

    /// <summary>The last entry from which <paramref name="frame"/> can be decoded: neither after it nor shown after it.</summary>
    public int EntryFor(int frame)
    {
        var packet = shown[frame];
        var span = CollectionsMarshal.AsSpan(entries);
        var (low, high) = (0, span.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (span[middle].Packet <= packet) low = middle;
            else high = middle - 1;
        }

        while (low > 0 && times[span[low].Packet] > shownTimes[frame]) low--;
        return low;
    }
}
