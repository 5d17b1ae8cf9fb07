using Fotograma.Media.Conversion;
using Fotograma.Media.Faults;
using Fotograma.Media.Input;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Plan;
using Fotograma.Media.Reading;

namespace Fotograma.Media.Decoding;

/// <summary>
/// Decodes a video from its beginning and chooses frames as they come: what a frame is chosen for is known as soon as the next frame, or the
/// end of the video, is. What the pipeline was given before, by another way to the same images, is passed over.
/// </summary>
internal sealed class InOrderExtraction(
    DecoderRequest request, VideoInput input, FrameReader reader, FrameChoice choice, FramePipeline pipeline, ProgressPump progress) : IDisposable
{
    /// <summary>
    /// Images that may be looked at where those like the one before are left out: every frame of eleven hours at 50 a second. Only the others
    /// count for <see cref="DecoderLimits.FramesOutMax"/> and <see cref="ExtractionOptions.MaxFrames"/>.
    /// </summary>
    public const int LooksForDuplicatesMax = 2_000_000;

    private readonly NativeRational unit = input.Stream.TimeBase;
    private readonly ExtractionOptions options = request.Options!;
    private readonly VideoWatch watch = new(input.Stream.TimeBase);
    private readonly SceneMeter? meter = choice.NeedsScores ? new SceneMeter() : null;
    private readonly long alreadyTaken = pipeline.Taken;
    private NativeFrame? before;
    private NativeFrame? shown;
    private NativeFrame next = new();
    private double score;
    private long number = -1;
    private long chosen;
    private long lastTime;
    private bool hasTime;

    private long ChosenMax => options.DuplicateDistance is null ? options.MaxFrames ?? long.MaxValue : long.MaxValue;

    private int LooksMax => options.DuplicateDistance is null ? request.Limits.FramesOutMax : LooksForDuplicatesMax;

    private bool IsFull => chosen >= ChosenMax || pipeline.IsFull;

    private bool IsDone => choice.IsOver || (IsFull && !choice.MustBeFinished);

    /// <summary>Decodes until nothing more can be chosen.</summary>
    public async Task<ExtractionOutcome> RunAsync(CancellationToken cancellation)
    {
        while (!IsDone && reader.Read(next, cancellation))
        {
            Check();
            progress.Step(Ticks.Seconds(next.BestEffort, unit));
            var nextScore = meter?.Score(next) ?? 0;
            await DecideAsync(next.BestEffort, next, cancellation);
            Advance();
            score = nextScore;
        }

        if (!IsDone) await DecideAsync(reader.Clock.EndTicks, null, cancellation);
        var missing = IsFull && !choice.MustBeFinished ? [] : choice.Missing();
        return new ExtractionOutcome(
            reader.FramesDecoded, reader.PacketsRead, [.. watch.Warnings(reader), .. MissingWarnings.Of(missing, options.Ranges.Count > 0)]);
    }

    /// <summary>Frees the frames at hand.</summary>
    public void Dispose()
    {
        before?.Dispose();
        shown?.Dispose();
        next.Dispose();
        meter?.Dispose();
    }

    private void Advance()
    {
        var free = before ?? new NativeFrame();
        free.Clear();
        (before, shown, next) = (shown, next, free);
        number++;
    }

    /// <summary>Decides on the frame on screen, now that the next thing happens at <paramref name="until"/>.</summary>
    private async Task DecideAsync(long until, NativeFrame? after, CancellationToken cancellation)
    {
        if (shown is null) return;
        var copies = choice.Take(new FrameFacts(number, shown.BestEffort, shown.IsKey, score), until);
        if (copies == 0 || IsFull) return;
        copies = Math.Min(copies, ChosenMax - chosen);
        if (copies > LooksMax - chosen) throw new MediaException(MediaFault.TooManyFrames, $"More than {LooksMax} images.");
        var fresh = (int)(copies - Math.Clamp(alreadyTaken - chosen, 0, copies));
        chosen += copies;
        if (fresh > 0) await pipeline.AddAsync(Choose(fresh, until, after), cancellation);
    }

    private ChosenFrame Choose(int copies, long until, NativeFrame? after)
    {
        var time = TimeOf(shown!);
        // The end of the video may be rounded; what the last packet says is exact.
        var knowsNext = after is null ? shown!.Duration <= 0 : until != Libav.NoTimestamp;
        var header = ChosenFrame.Head(shown!, unit, Ticks.Sum(time, reader.Clock.OriginTicks), knowsNext ? Ticks.Difference(until, time) : shown!.Duration, number) with { SceneScore = meter is null ? -1 : (float)score };
        var needsNeighbours = options.Deinterlace != Deinterlacing.Off;
        return ChosenFrame.Of(NativeFrame.SharedWith(shown!), input.Stream, header, copies) with
        {
            Before = needsNeighbours && before is not null ? NativeFrame.SharedWith(before) : null,
            After = needsNeighbours && after is not null ? NativeFrame.SharedWith(after) : null,
        };
    }

    /// <summary>
    /// A frame's time, or that of the image before where it has none, or an earlier one: after frames whose times had to be made up, those of the
    /// file may begin again.
    /// </summary>
    private long TimeOf(NativeFrame frame)
    {
        if (frame.BestEffort == Libav.NoTimestamp) return lastTime;
        lastTime = hasTime ? Math.Max(lastTime, frame.BestEffort) : frame.BestEffort;
        hasTime = true;
        return lastTime;
    }

    private void Check()
    {
        if ((long)next.Width * next.Height > request.Limits.FramePixelsMax)
            throw new MediaException(MediaFault.FrameTooLarge, $"A frame is {next.Width}x{next.Height}.");
        if (next.BestEffort != Libav.NoTimestamp && Ticks.Seconds(next.BestEffort, unit) > request.Limits.DurationSecondsMax)
            throw new MediaException(MediaFault.TooLong, $"A frame is at {Ticks.Seconds(next.BestEffort, unit)} s.");
        watch.See(next);
    }
}
