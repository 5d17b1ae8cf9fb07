using Fotograma.Media.Faults;
using Fotograma.Media.Input;
using Fotograma.Media.Isolation;
using Fotograma.Media.Plan;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Reading;

/// <summary>
/// Says of a video what its container's head does not: reads the packets, which is quick, and decodes none. The words are those of an
/// extraction that meets the same.
/// </summary>
internal sealed class Survey(VideoInput input, SafeFileHandle file, DecoderLimits limits, TimeProvider time)
{
    /// <summary>Share of the time of a probe that reading may take. What a longer video is like further on stays unsaid.</summary>
    private const double ReadingShare = 1.0 / 3;

    /// <summary>Frames that a decoder holds back at most until it knows which comes first (ITU-T H.264, A.3.1; H.265, A.4.2), and one that is shown now.</summary>
    private const int ReorderedMax = 17;

    private readonly long started = time.GetTimestamp();

    private bool IsTimeUp => time.GetElapsedTime(started).TotalSeconds > limits.ProbeSecondsMax * ReadingShare;

    /// <summary>What a user should know.</summary>
    public IEnumerable<MediaWarning> Warnings(CancellationToken cancellation)
    {
        var scan = new PacketScan(input, file, limits.FramePixelsMax) { IsEnough = _ => IsTimeUp, Settled = SettledTicks };
        var map = scan.Read(null, cancellation);
        var watch = new VideoWatch(input.Stream.TimeBase);
        // Where only some packets say when they are shown, the others' places among them are not known.
        if (scan.Untimed == 0 || scan.Untimed == map.Packets) watch.Take(map.Gaps, scan.Untimed);
        else watch.Take(default, scan.Untimed);
        if (input.Stream.IsInterlaced)
            yield return new MediaWarning("interlaced", "The video says its pictures are interlaced; the images are made whole unless asked otherwise.");
        foreach (var warning in watch.Warnings()) yield return warning;
        if (scan.Jumps > 0) yield return VideoWatch.Jump;
        if (scan.IsCutOff || (!scan.IsPartial && IsShort(map, scan.Jumps))) yield return AnnouncedEnd.Warning;
    }

    // Of the latest frames others may be missing that are shown before them.
    private static long SettledTicks(PacketMap map)
    {
        var first = Math.Max(0, map.Packets - 2 * ReorderedMax);
        long[] latest = [.. Enumerable.Range(first, map.Packets - first).Select(map.PacketTime).Order()];
        return latest.Length > ReorderedMax ? latest[^(ReorderedMax + 1)] : long.MinValue;
    }

    private bool IsShort(PacketMap map, int jumps)
    {
        if (map.Frames == 0) return false;
        using var codec = VideoDecoder.Open(input.Stream, limits.FramePixelsMax, threads: 1);
        return AnnouncedEnd.IsMissed(input, PacketClock.EndAfter(map.LastTime, map.LastDuration, input.Stream.TimeBase, codec.Rate), jumps);
    }
}
