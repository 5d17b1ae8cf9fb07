using Fotograma.Media.Input;
using Fotograma.Media.Native;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Reading;

/// <summary>Finds where a video begins and ends by reading its packets without decoding them.</summary>
internal static class ExtentScan
{
    /// <summary>Reads <paramref name="input"/> to its end; it cannot be used for decoding afterwards.</summary>
    public static Extent Read(VideoInput input, CancellationToken cancellation)
    {
        var unit = input.Stream.TimeBase;
        var origin = Ticks.Rescale(PacketClock.Origin(input.Container, input.Stream), Ticks.Microsecond, unit);
        var (start, end) = (long.MaxValue, long.MinValue);
        using var packet = new NativePacket();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            packet.Clear();
            var result = input.Container.Read(packet);
            if (result == LibavError.Again) continue;
            if (result < 0) break;
            if (packet.Stream != input.Stream.Index) continue;
            var time = packet.Pts != Libav.NoTimestamp ? packet.Pts : packet.Dts;
            if (time == Libav.NoTimestamp) continue;
            start = Math.Min(start, time - origin);
            end = Math.Max(end, time - origin + Math.Max(0, packet.Duration));
        }

        return start > end ? new Extent(0, 0) : new Extent(start, end);
    }
}
