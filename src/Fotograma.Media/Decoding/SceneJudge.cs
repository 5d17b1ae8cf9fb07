using Fotograma.Media.Conversion;
using Fotograma.Media.Faults;
using Fotograma.Media.Native;
using Fotograma.Media.Plan;
using Fotograma.Media.Reading;

namespace Fotograma.Media.Decoding;

/// <summary>
/// Chooses the beginnings of scenes from parts of a video. The first <see cref="LeadFrames"/> of each part are there to be compared with: what follows
/// has the very scores that it has when everything before is decoded.
/// </summary>
/// <param name="choice">What is wanted.</param>
/// <param name="imagesMax">Images after which nothing more is chosen.</param>
/// <param name="looksMax">Images that may be looked at.</param>
internal sealed class SceneJudge(FrameChoice choice, long imagesMax, long looksMax) : IDisposable
{
    /// <summary>A score is how much the difference to the frame before differs from the difference of the two before.</summary>
    public const int LeadFrames = 2;

    private SceneMeter meter = new();
    private (int Width, int Height, int Format) shape;
    private long last = -1;
    private int compared;
    private long chosen;

    /// <summary>Whether nothing more will be chosen.</summary>
    public bool IsFull => chosen >= imagesMax;

    /// <summary>How much the last frame differs from the one before it.</summary>
    public float Score { get; private set; }

    /// <summary>The parts of the video to decode for the scenes in <paramref name="ranges"/>, in ticks.</summary>
    public static IReadOnlyList<(long From, long Until)> PartsFor(IReadOnlyList<(long From, long Until)> ranges, PacketMap map) =>
        SamplingPlan.Joined(ranges.Select(range => (map.TimeOf(Math.Max(0, map.FirstFrom(range.From) - LeadFrames)), range.Until)));

    /// <summary>Whether the next frame begins a scene. Frames come in presentation order.</summary>
    /// <exception cref="IndexNotTrueException">The pictures change their shape where a part begins; what is compared then depends on frames before it.</exception>
    public bool Takes(NativeFrame frame, long number, long time)
    {
        if (number != last + 1) Restart();
        last = number;
        var next = (frame.Width, frame.Height, frame.Format);
        if (compared is > 0 and <= LeadFrames && next != shape) throw new IndexNotTrueException("The picture's shape changes.");
        (shape, compared) = (next, Math.Min(compared + 1, LeadFrames + 1));
        Score = (float)meter.Score(frame);
        if (IsFull || choice.Take(new FrameFacts(number, time, frame.IsKey, Score), Libav.NoTimestamp) == 0) return false;
        return ++chosen <= looksMax ? true : throw new MediaException(MediaFault.TooManyFrames, $"More than {looksMax} images.");
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private void Restart()
    {
        meter.Dispose();
        meter = new SceneMeter();
        compared = 0;
    }
}
