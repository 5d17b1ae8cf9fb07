namespace Fotograma.Media.Plan;

/// <summary>
/// Says while packets are still being read whether more of them could change what is chosen. What lies before a key frame is settled when the next one
/// comes: no picture goes on screen before both of them. In a file where one does, everything is read.
/// </summary>
/// <param name="choice">What is wanted; it is used up.</param>
/// <param name="imagesMax">The choice ends after this many images.</param>
internal sealed class ScanEnd(FrameChoice choice, long imagesMax)
{
    /// <summary>Whether they are key frames, by their times. A lying file may never let any of them be settled.</summary>
    private readonly PriorityQueue<bool, long> unsettled = new();
    private long keyTime = long.MinValue;
    private bool isOutOfOrder;
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
        return (IsOver && !isOutOfOrder) || map.Problem is not null;
    }

    private void See(long time, PacketTraits traits)
    {
        var isKey = (traits & PacketTraits.Key) != 0;
        isOutOfOrder |= time < SettledTicks || (isKey && time < keyTime);
        if (isOutOfOrder) return;
        if (isKey)
        {
            if (keyTime != long.MinValue) Settle(keyTime);
            keyTime = time;
        }

        if ((traits & PacketTraits.Hidden) == 0) unsettled.Enqueue(isKey, time);
    }

    private void Settle(long end)
    {
        SettledTicks = end;
        while (unsettled.TryPeek(out var isKey, out var time) && time < end && !IsOver)
        {
            unsettled.Dequeue();
            var until = unsettled.TryPeek(out _, out var next) ? next : end;
            var copies = choice.Take(new FrameFacts(settled++, time, isKey), until);
            images += Math.Min(copies, imagesMax - images);
        }
    }
}
