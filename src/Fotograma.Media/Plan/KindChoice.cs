using Fotograma.Media.Options;

namespace Fotograma.Media.Plan;

/// <summary>Chooses frames for what they are: all of them, key frames, or the beginnings of scenes.</summary>
/// <param name="sampling">The kind.</param>
/// <param name="ranges">The parts of the video to look at, in ticks (from, to before), ascending; empty for all of it.</param>
internal sealed class KindChoice(Sampling sampling, IReadOnlyList<(long From, long Until)> ranges) : FrameChoice
{
    private readonly double threshold = sampling is Sampling.Scenes scenes ? scenes.Threshold.ToDouble() : 0;
    private readonly RangeWalk walk = new(ranges);
    private int lastRange = -1;

    /// <inheritdoc/>
    public override bool IsOver => walk.IsOver;

    /// <inheritdoc/>
    public override bool NeedsScores => sampling is Sampling.Scenes;

    /// <inheritdoc/>
    public override long Take(in FrameFacts frame, long until)
    {
        var range = walk.Find(frame.Time);
        if (range < 0) return 0;
        var isFirst = lastRange != range;
        lastRange = range;
        var taken = sampling switch
        {
            Sampling.KeyFrames => frame.IsKey,
            Sampling.Scenes => isFirst || frame.SceneScore > threshold,
            _ => true,
        };
        return taken ? 1 : 0;
    }
}
