using Fotograma.Media.Faults;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Decoding;

/// <summary>Says what was asked for by name and is not in the video, one by one.</summary>
internal static class MissingWarnings
{
    /// <summary>One warning for each; <paramref name="inRanges"/> where only parts of the video were asked for.</summary>
    public static IEnumerable<MediaWarning> Of(IEnumerable<Missing> missing, bool inRanges)
    {
        return missing.Select(one => (one.Seconds, inRanges) switch
        {
            ({ } seconds, false) => new MediaWarning(MediaWarning.TimestampOutOfRange, $"Nothing is on screen at {one.Name} s.", seconds),
            ({ } seconds, true) => new MediaWarning(MediaWarning.TimestampOutOfRange, $"Nothing is on screen at {one.Name} s in the ranges asked for.", seconds),
            (null, false) => new MediaWarning(MediaWarning.FrameOutOfRange, $"The video has no frame {one.Name}."),
            (null, true) => new MediaWarning(MediaWarning.FrameOutOfRange, $"The video has no frame {one.Name} in the ranges asked for."),
        });
    }
}
