namespace Fotograma.Media.Options;

/// <summary>
/// Which frames of a video become images. The kinds that name moments (<see cref="Rate"/>, <see cref="Every"/>, <see cref="Count"/>,
/// <see cref="Timestamps"/>) take for a moment <c>t</c> the frame that is on screen at <c>t</c>: the last frame whose presentation time is not
/// after <c>t</c>. Two moments that show the same frame yield it once for each moment, as the manifest says. The other kinds take each
/// frame at most once.
/// </summary>
public abstract record Sampling
{
    private Sampling()
    {
    }

    /// <summary>A regular grid of <paramref name="FramesPerSecond"/> moments a second (positive).</summary>
    public sealed record Rate(Rational FramesPerSecond) : Sampling;

    /// <summary>A regular grid with a moment every <paramref name="Seconds"/> (positive).</summary>
    public sealed record Every(Rational Seconds) : Sampling;

    /// <summary><paramref name="Frames"/> moments (at least 1) spread evenly over the range: the middles of as many equal parts.</summary>
    public sealed record Count(int Frames) : Sampling;

    /// <summary>
    /// The moments <paramref name="Seconds"/> from the video's start, ascending. A moment at which nothing is on screen yields no image and
    /// one warning <c>timestamp_out_of_range</c>.
    /// </summary>
    public sealed record Timestamps(ValueList<Rational> Seconds) : Sampling;

    /// <summary>
    /// The frames with these numbers, counted from 0 in presentation order; ranges ascend and do not overlap. A number the video does not
    /// have yields no image and a warning <c>frame_out_of_range</c>; one for each range.
    /// </summary>
    public sealed record Numbered(ValueList<FrameRange> Numbers) : Sampling;

    /// <summary>Every frame that the video stores as a key frame.</summary>
    public sealed record KeyFrames : Sampling;

    /// <summary>
    /// The first frame and every frame that differs from the one before by more than <paramref name="Threshold"/> (0 to 1). The score is
    /// that of ffmpeg's <c>select='gt(scene,threshold)'</c> and stands in the manifest.
    /// </summary>
    public sealed record Scenes(Rational Threshold) : Sampling;

    /// <summary>Every frame.</summary>
    public sealed record All : Sampling;
}

/// <summary>Frame numbers from <paramref name="First"/> to <paramref name="Last"/>, both included, counted from 0.</summary>
public readonly record struct FrameRange(long First, long Last);

/// <summary>
/// A part of the video in seconds from its start: from <paramref name="From"/> (null for the start itself) to before <paramref name="To"/>
/// (null for the end).
/// </summary>
public readonly record struct TimeRange(Rational? From, Rational? To);
