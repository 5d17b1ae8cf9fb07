using Fotograma.Media.Native;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Reading;

/// <summary>
/// Puts packets on the video's own timeline, whose zero is the container's start, exactly as the ffmpeg program (5.1) does before it decodes:
/// missing decoding times are continued from the packet before, times that are absurdly far off (30 hours) are dropped, and in formats that
/// may jump in time (MPEG-TS, MPEG-PS, FLV, Ogg) a jump of more than ten seconds, or back, moves the origin so that time goes on. It also
/// keeps ffmpeg's idea of where the video ends: the last frame's time plus its duration.
/// </summary>
internal sealed class PacketClock
{
    private const long Second = 1_000_000;
    private const long JumpMax = 10 * Second;
    private const long BackMax = Second / 10;
    private const long ErrorMax = 30 * 3600 * Second;
    private const int EndlessWrapBits = 64;

    private readonly NativeStream stream;
    private readonly NativeRational unit;
    private readonly bool discontinuous;
    private long offset;
    private bool started;
    private long dts;
    private long pts;
    private long nextDts = Libav.NoTimestamp;
    private long nextPts = Libav.NoTimestamp;

    public PacketClock(NativeContainer container, NativeStream stream)
    {
        this.stream = stream;
        unit = stream.TimeBase;
        discontinuous = container.IsDiscontinuous;
        offset = -Origin(container, stream);
        OriginTicks = TicksOfOrigin(container, stream);
    }

    /// <summary>Where the video's zero lies on the container's timeline, in ticks.</summary>
    public long OriginTicks { get; }

    /// <summary>How often time jumped.</summary>
    public int Jumps { get; private set; }

    /// <summary>Where the video ends, in ticks from its start, as far as it has been decoded.</summary>
    public long EndTicks => ToTicks(pts);

    /// <summary>The decoding time that stands for the packet at hand, in ticks; for frames that come without any time.</summary>
    public long DecodingTicks => ToTicks(dts);

    /// <summary>
    /// Microseconds of the container's start. Where the format may jump, streams nobody reads do not count: their times may lie elsewhere.
    /// </summary>
    private static long Origin(NativeContainer container, NativeStream stream)
    {
        if (container.StartTime == Libav.NoTimestamp) return 0;
        if (!container.IsDiscontinuous || stream.WrapBits >= EndlessWrapBits || stream.StartTime == Libav.NoTimestamp) return container.StartTime;
        return Math.Max(container.StartTime, Ticks.Rescale(stream.StartTime, stream.TimeBase, Ticks.Microsecond));
    }

    /// <summary>Where the video's zero lies on the container's timeline, in ticks.</summary>
    public static long TicksOfOrigin(NativeContainer container, NativeStream stream) =>
        -Ticks.Rescale(-Origin(container, stream), Ticks.Microsecond, stream.TimeBase);

    /// <summary>
    /// Where a video ends whose last frame has this time and duration, in ticks; a duration of 0 is taken from the frame rate.
    /// </summary>
    public static long EndAfter(long time, long duration, NativeRational unit, NativeRational rate)
    {
        var length = duration > 0 ? Ticks.Rescale(duration, unit, Ticks.Microsecond) : PacketMicrosecondsByRate(rate);
        return Ticks.Rescale(Ticks.Sum(Ticks.Rescale(time, unit, Ticks.Microsecond), length), Ticks.Microsecond, unit);
    }

    /// <summary>Moves a packet's times to the video's timeline, in place. Call once per packet, before <see cref="Begin"/>.</summary>
    public void Place(NativePacket packet)
    {
        var shift = ToTicks(offset);
        if (packet.Dts != Libav.NoTimestamp) packet.Dts = Ticks.Sum(packet.Dts, shift);
        if (packet.Pts != Libav.NoTimestamp) packet.Pts = Ticks.Sum(packet.Pts, shift);
        if (packet.Dts == Libav.NoTimestamp || nextDts == Libav.NoTimestamp) return;
        var delta = Ticks.Difference(ToMicroseconds(packet.Dts), nextDts);
        if (discontinuous)
        {
            if (Math.Abs(delta) <= JumpMax && Ticks.Sum(ToMicroseconds(packet.Dts), BackMax) >= Math.Max(pts, dts)) return;
            offset = Ticks.Difference(offset, delta);
            Jumps++;
            packet.Dts = Ticks.Difference(packet.Dts, ToTicks(delta));
            if (packet.Pts != Libav.NoTimestamp) packet.Pts = Ticks.Difference(packet.Pts, ToTicks(delta));
            return;
        }

        if (Math.Abs(delta) > ErrorMax) packet.Dts = Libav.NoTimestamp;
        if (packet.Pts != Libav.NoTimestamp && Math.Abs(Ticks.Difference(ToMicroseconds(packet.Pts), nextDts)) > ErrorMax) packet.Pts = Libav.NoTimestamp;
    }

    /// <summary>A packet, or the end of all packets (null), is about to be decoded.</summary>
    public void Begin(NativePacket? packet, NativeCodec codec)
    {
        if (!started)
        {
            started = true;
            var rate = stream.AverageRate;
            dts = rate.Numerator > 0 ? -(long)(codec.Reorder * Second / ((double)rate.Numerator / rate.Denominator)) : 0;
            pts = 0;
        }

        if (nextDts == Libav.NoTimestamp) nextDts = dts;
        if (nextPts == Libav.NoTimestamp) nextPts = pts;
        if (packet is not null && packet.Dts != Libav.NoTimestamp) nextDts = dts = ToMicroseconds(packet.Dts);
        Advance();
        if (packet is not null) packet.Dts = DecodingTicks;
    }

    /// <summary>The decoder was asked for one more frame of the same packet.</summary>
    public void Advance() => (pts, dts) = (nextPts, nextDts);

    /// <summary>A frame came out. <paramref name="time"/> is its presentation time in ticks, if it has one.</summary>
    public void Decoded(long time, long duration, long packetDuration, NativeCodec codec)
    {
        if (time != Libav.NoTimestamp) nextPts = pts = ToMicroseconds(time);
        nextPts = Ticks.Sum(nextPts, duration > 0 ? ToMicroseconds(duration) : PacketMicroseconds(packetDuration, codec));
    }

    /// <summary>The packet, or a step of the drain, is done.</summary>
    public void End(long packetDuration, NativeCodec codec)
    {
        var length = PacketMicroseconds(packetDuration, codec);
        nextDts = length != 0 ? Ticks.Sum(nextDts, length) : Libav.NoTimestamp;
    }

    private static long PacketMicrosecondsByRate(NativeRational rate) =>
        rate.Numerator > 0 && rate.Denominator > 0 ? Second * rate.Denominator / rate.Numerator : 0;

    private long PacketMicroseconds(long duration, NativeCodec codec) => duration > 0 ? ToMicroseconds(duration) : PacketMicrosecondsByRate(codec.Rate);

    private long ToTicks(long microseconds) => Ticks.Rescale(microseconds, Ticks.Microsecond, unit);

    private long ToMicroseconds(long ticks) => Ticks.Rescale(ticks, unit, Ticks.Microsecond);
}
