using Fotograma.Media.Conversion;
using Fotograma.Media.Faults;
using Fotograma.Media.Input;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Plan;
using Fotograma.Media.Reading;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Decoding;

/// <summary>Reads a video's frames, chooses those on screen at the wanted moments and hands them to the encoders.</summary>
internal sealed class Extraction(
    DecoderRequest request, VideoInput input, SafeFileHandle file, MessageWriter writer, ProgressPump progress)
{
    private const int DecoderThreadsMax = 8;

    private readonly NativeRational unit = input.Stream.TimeBase;
    private readonly ExtractionOptions options = request.Options!;
    private readonly VideoWatch watch = new(input.Stream.TimeBase);
    private int chosen;
    private long lastTime;

    private DecoderLimits Limits => request.Limits;

    private bool IsFull => chosen >= options.MaxFrames;

    /// <summary>Does all of it.</summary>
    public async Task<DecoderSummary> RunAsync(CancellationToken cancellation)
    {
        var extent = SamplingPlan.NeedsExtent(options) ? ScanExtent(cancellation) : default;
        var grid = SamplingPlan.Make(options, unit, extent);
        int? expected = options.Sampling is Sampling.Count ? Cap(grid.CountBetween(extent.Start, extent.End)) : null;
        await writer.WriteAsync(DecoderMessage.Plan, new DecoderPlan(expected), DecoderJson.Default.DecoderPlan, cancellation);

        var threads = Math.Clamp(Environment.ProcessorCount, 1, DecoderThreadsMax);
        using var reader = new FrameReader(input, Limits.FramePixelsMax, threads);
        var settings = new ImageSettings(options.Format, options.Quality, options.Width, options.Height, request.ThumbnailWidth);
        await using var pipeline = new FramePipeline(writer, settings, Limits.OutputBytesMax, Environment.ProcessorCount, cancellation);
        await ChooseAsync(reader, grid, pipeline, cancellation);
        await pipeline.CompleteAsync();
        if (reader.FramesDecoded == 0) throw new MediaException(MediaFault.Undecodable, $"{reader.PacketsRead} packets gave no frame.");
        if (pipeline.Written == 0) throw new MediaException(MediaFault.NothingSelected, $"{reader.FramesDecoded} frames, none at a chosen moment.");
        foreach (var warning in watch.Warnings(reader))
            await writer.WriteAsync(DecoderMessage.Warning, warning, DecoderJson.Default.MediaWarning, cancellation);
        return new DecoderSummary(pipeline.Written, reader.FramesDecoded, reader.PacketsRead);
    }

    private Extent ScanExtent(CancellationToken cancellation)
    {
        using var second = VideoInput.Open(file, Limits, cancellation);
        return ExtentScan.Read(second, cancellation);
    }

    private int Cap(long frames) => (int)Math.Min(frames, Math.Min(options.MaxFrames ?? int.MaxValue, Limits.FramesOutMax));

    private async Task ChooseAsync(FrameReader reader, MomentGrid grid, FramePipeline pipeline, CancellationToken cancellation)
    {
        using var screen = new OnScreen(grid);
        var next = new NativeFrame();
        try
        {
            while (!screen.IsOver && !IsFull && reader.Read(next, cancellation))
            {
                Check(next);
                progress.Step(Ticks.Seconds(next.BestEffort, unit));
                await PassAsync(screen, next.BestEffort, reader, pipeline, cancellation);
                next = screen.Show(next);
            }

            if (!screen.IsOver && !IsFull) await PassAsync(screen, reader.Clock.EndTicks, reader, pipeline, cancellation);
        }
        finally
        {
            next.Dispose();
        }
    }

    /// <summary>Chooses the frame on screen for every moment before <paramref name="tick"/>.</summary>
    private async Task PassAsync(OnScreen screen, long tick, FrameReader reader, FramePipeline pipeline, CancellationToken cancellation)
    {
        var moments = screen.CountUntil(tick);
        if (moments == 0) return;
        screen.Pass(moments);
        var wanted = Math.Min(moments, (options.MaxFrames ?? int.MaxValue) - chosen);
        if (wanted > Limits.FramesOutMax - chosen) throw new MediaException(MediaFault.TooManyFrames, $"More than {Limits.FramesOutMax} images.");
        chosen += (int)wanted;
        await pipeline.AddAsync(Choose(screen, reader, (int)wanted), cancellation);
    }

    private unsafe ChosenFrame Choose(OnScreen screen, FrameReader reader, int copies)
    {
        var frame = screen.Shown!;
        var matrix = frame.DisplayMatrix;
        var turn = Turn.FromMatrix(matrix != null ? matrix : input.Stream.DisplayMatrix);
        var header = new FrameHeader(
            0, TimeOf(frame) + reader.Clock.OriginTicks, Math.Max(0, frame.Duration), unit.Numerator, unit.Denominator, screen.ShownNumber,
            frame.IsKey, 0, 0, 0, 0);
        var picture = new NativeFrame();
        picture.Share(frame);
        return new ChosenFrame(picture, turn, header, copies);
    }

    /// <summary>A frame's time, or that of the frame before where it has none.</summary>
    private long TimeOf(NativeFrame frame) => lastTime = frame.BestEffort == Libav.NoTimestamp ? lastTime : frame.BestEffort;

    private void Check(NativeFrame frame)
    {
        if ((long)frame.Width * frame.Height > Limits.FramePixelsMax)
            throw new MediaException(MediaFault.FrameTooLarge, $"A frame is {frame.Width}x{frame.Height}.");
        if (frame.BestEffort != Libav.NoTimestamp && Ticks.Seconds(frame.BestEffort, unit) > Limits.DurationSecondsMax)
            throw new MediaException(MediaFault.TooLong, $"A frame is at {Ticks.Seconds(frame.BestEffort, unit)} s.");
        watch.See(frame);
    }
}
