namespace Fotograma.Media.Options;

/// <summary>
/// Which moments of a video become images. A moment <c>t</c> yields the frame that is on screen at <c>t</c>: the last frame whose
/// presentation time is not after <c>t</c>. Two moments that show the same frame yield it once for each moment, as the manifest says.
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
}
