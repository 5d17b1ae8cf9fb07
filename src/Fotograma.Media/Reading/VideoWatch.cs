using Fotograma.Media.Faults;
using Fotograma.Media.Native;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Reading;

/// <summary>Looks at the frames that pass and notes what a user should know about the video.</summary>
internal sealed class VideoWatch(NativeRational unit)
{
    /// <summary>Frame distances may differ by this much before a video counts as variable, so that rounded times do not.</summary>
    private const double SteadySeconds = 0.002;

    /// <summary>What is said of a video whose clock jumps.</summary>
    public static MediaWarning Jump { get; } = new MediaWarning("time_jumps", "The file's clock jumps; times go on without the gap.");

    private long last = Libav.NoTimestamp;
    private long shortest = long.MaxValue;
    private long longest;
    private long untimed;
    private (int Width, int Height) size;
    private long sizeChanges;

    /// <summary>A frame has passed.</summary>
    public void See(NativeFrame frame)
    {
        SeeSize(frame);
        var time = frame.BestEffort;
        if (time == Libav.NoTimestamp || frame.Pts == Libav.NoTimestamp) untimed++;
        if (time == Libav.NoTimestamp) return;
        if (last != Libav.NoTimestamp && time > last)
        {
            var gap = Ticks.Difference(time, last);
            (shortest, longest) = (Math.Min(shortest, gap), Math.Max(longest, gap));
        }

        last = time;
    }

    /// <summary>A frame has passed whose time is known already.</summary>
    public void SeeSize(NativeFrame frame)
    {
        if (size != default && size != (frame.Width, frame.Height)) sizeChanges++;
        size = (frame.Width, frame.Height);
    }

    /// <summary>The shortest and longest distances of frames are known already, in ticks, and how many frames have no time.</summary>
    public void Take((long Shortest, long Longest) gaps, long withoutTime = 0) => (shortest, longest, untimed) = (gaps.Shortest, gaps.Longest, withoutTime);

    /// <summary>What was noted, when the reader has come to its end.</summary>
    public IEnumerable<MediaWarning> Warnings(FrameReader reader)
    {
        foreach (var warning in Warnings()) yield return warning;
        if (reader.Clock.Jumps > 0) yield return Jump;
        foreach (var warning in reader.Damage.Warnings()) yield return warning;
        if (reader.IsCutOff) yield return AnnouncedEnd.Warning;
    }

    /// <summary>What was noted of the frames themselves.</summary>
    public IEnumerable<MediaWarning> Warnings()
    {
        if (longest > 0 && Ticks.Seconds(longest - shortest, unit) > SteadySeconds)
            yield return new MediaWarning("variable_frame_rate", "The video has no fixed frame rate; every image carries its real time.");
        if (untimed > 0) yield return new MediaWarning("timestamps_missing", $"{untimed} frames had no time in the file; it was estimated.");
        if (sizeChanges > 0) yield return new MediaWarning("size_changes", "The picture's size changes within the video; images have the size of their frame.");
    }
}
