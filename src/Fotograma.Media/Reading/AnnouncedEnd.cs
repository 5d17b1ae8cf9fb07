using Fotograma.Media.Faults;
using Fotograma.Media.Input;
using Fotograma.Media.Native;
using Fotograma.Media.Plan;

namespace Fotograma.Media.Reading;

/// <summary>Whether a video goes on to the end that its container announces.</summary>
internal static class AnnouncedEnd
{
    /// <summary>How much earlier than announced a video may end and still count as whole, in seconds.</summary>
    private const double EarlySecondsMax = 0.5;

    /// <summary>What is said of a video that ends too early.</summary>
    public static MediaWarning Warning { get; } = new MediaWarning("cut_off", "The file ends before the video does.");

    /// <summary>
    /// Whether pictures that end at <paramref name="endTicks"/>, counted from the video's start, end too early. Where the clock jumped, the length said is the distance between two readings
    /// of it, and tells nothing.
    /// </summary>
    public static bool IsMissed(VideoInput input, long endTicks, int jumps = 0) =>
        jumps == 0 && LengthSaid(input) is { } said && said - Ticks.Seconds(endTicks, input.Stream.TimeBase) > EarlySecondsMax;

    /// <summary>Length of the pictures by the container, in seconds; null where it says nothing about them alone.</summary>
    private static double? LengthSaid(VideoInput input)
    {
        if (input.Stream.Duration != Libav.NoTimestamp) return Ticks.Seconds(input.Stream.Duration, input.Stream.TimeBase);
        if (input.Container is not { StreamCount: 1, IsDiscontinuous: false, Duration: not Libav.NoTimestamp } container) return null;
        // Matroska counts its length from the clock's zero or from the first picture, depending on who wrote it.
        var start = container.StartTime == Libav.NoTimestamp ? 0 : Math.Max(0, container.StartTime);
        return Ticks.Seconds(container.Duration - start, Ticks.Microsecond);
    }
}
