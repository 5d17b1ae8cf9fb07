namespace Fotograma.Media.Plan;

/// <summary>
/// Says while packets are still being read whether more of them could change what is chosen. What lies before a key frame is settled when the next one
/// comes: no picture goes on screen before both of them.
/// </summary>
/// <param name="choice">What is wanted; it is used up.</param>
/// <param name="imagesMax">The choice ends after this many images.</param>
internal sealed class ScanEnd(FrameChoice choice, long imagesMax)
{
    private readonly List<(long Time, bool IsKey)> unsettled = [];
    private long? keyTime;
    private int seen;
    private long settled;
    private long images;

    /// <summary>Time of the last frame before which no other will come any more, in ticks; to be asked when the end is reached.</summary>
    public long SettledTicks { get; private set; } = long.MinValue;

    private bool IsOver => choice.IsOver || (images >= imagesMax && !choice.NeedsScores && !choice.MustBeFinished);

    /// <summary>Whether the map holds all that matters, or cannot be used whatever comes.</summary>
    public bool IsReached(PacketMap map)
    {
        for (; seen < map.Packets; seen++) See(map.PacketTime(seen), map.TraitsOf(seen));
        return IsOver || map.Problem is not null;
    }

    private void See(long time, PacketTraits traits)
    {
        var isKey = (traits & PacketTraits.Key) != 0;
        if (isKey)
        {
            if (keyTime is { } before) Settle(before);
            keyTime = time;
        }

        if ((traits & PacketTraits.Hidden) == 0) unsettled.Add((time, isKey));
    }

    private void Settle(long end)
    {
        SettledTicks = end;
        unsettled.Sort((left, right) => left.Time.CompareTo(right.Time));
        var count = 0;
        for (; count < unsettled.Count && unsettled[count].Time < end && !IsOver; count++)
        {
            var (time, isKey) = unsettled[count];
            var until = count + 1 < unsettled.Count ? unsettled[count + 1].Time : end;
            images += choice.Take(new FrameFacts(settled++, time, isKey), until);
        }

        unsettled.RemoveRange(0, count);
    }
}
