using Fotograma.Media.Native;

namespace Fotograma.Media.Plan;

/// <summary>What is known of a frame when it has to be chosen or not.</summary>
/// <param name="Number">Its number in presentation order, from 0.</param>
/// <param name="Time">Its presentation time in ticks from the video's start, or <see cref="Libav.NoTimestamp"/>.</param>
/// <param name="IsKey">Whether it is a key frame.</param>
/// <param name="SceneScore">How much it differs from the frame before, 0 to 1; only where the choice asks for it.</param>
internal readonly record struct FrameFacts(long Number, long Time, bool IsKey, double SceneScore = 0);

/// <summary>
/// Decides, frame by frame in presentation order, how often a frame becomes an image. A frame is decided on when it is known when the next
/// thing happens: the next frame, or the end of the video.
/// </summary>
internal abstract class FrameChoice
{
    /// <summary>No further frame will be chosen, whatever comes.</summary>
    public abstract bool IsOver { get; }

    /// <summary>Whether <see cref="FrameFacts.SceneScore"/> has to be known, and so every frame decoded.</summary>
    public virtual bool NeedsScores => false;

    /// <summary>Whether it has to hear of all frames until it is over, also when no further image is wanted: to know what is <see cref="Missing"/>.</summary>
    public virtual bool MustBeFinished => false;

    /// <summary>How often <paramref name="frame"/> is taken, when the next thing happens at <paramref name="until"/> (ticks).</summary>
    public abstract long Take(in FrameFacts frame, long until);

    /// <summary>What was asked for by name and is not there, when the video has come to its end: seconds or numbers, as text.</summary>
    public virtual IEnumerable<Missing> Missing() => [];
}

/// <summary>Something that was asked for by name and that the video does not have. <paramref name="Seconds"/> is null for frame numbers.</summary>
internal readonly record struct Missing(string Name, double? Seconds);
