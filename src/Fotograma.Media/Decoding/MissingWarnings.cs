using Fotograma.Media.Faults;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Decoding;

/// <summary>Says what was asked for by name and is not in the video, one by one.</summary>
internal static class MissingWarnings
{
    /// <summary>One warning for each.</summary>
    public static IEnumerable<MediaWarning> Of(IEnumerable<Missing> missing) => missing.Select(one => one.Seconds is { } seconds
        ? new MediaWarning(MediaWarning.TimestampOutOfRange, $"Nothing is on screen at {one.Name} s.", seconds)
        : new MediaWarning(MediaWarning.FrameOutOfRange, $"The video has no frame {one.Name}."));
}
