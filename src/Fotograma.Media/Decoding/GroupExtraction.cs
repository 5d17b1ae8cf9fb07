using System.Threading.Channels;
using Fotograma.Media.Faults;
using Fotograma.Media.Input;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Fotograma.Media.Plan;
using Fotograma.Media.Reading;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Decoding;

/// <summary>
/// Decodes the groups of a plan, several at a time. Each worker takes every n-th group and may run ahead by a few frames; what they decode is
/// handed to the encoders in presentation order.
/// </summary>
internal sealed class GroupExtraction(
    DecoderRequest request, VideoInput input, SafeFileHandle file, PacketMap map, GroupPlan plan, FramePipeline pipeline, ProgressPump progress, int cores)
{
    /// <summary>Frames that a worker may have decoded before they are asked for.</summary>
    private const int AheadMax = 1;

    private readonly NativeRational unit = input.Stream.TimeBase;
    private readonly VideoWatch watch = new(input.Stream.TimeBase);
    private long framesDecoded;
    private long packetsDecoded;

    /// <summary>Does all groups.</summary>
    /// <exception cref="IndexNotTrueException">
    /// The video is not what its map says. What the pipeline was given so far is right, and no frame is missing before the last one.
    /// </exception>
    public async Task<ExtractionOutcome> RunAsync(CancellationToken cancellation)
    {
        var workers = Math.Min(cores, plan.Groups.Count);
        if (workers == 0) return new ExtractionOutcome(0, 0, []);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var lanes = new Channel<Ready>[workers];
        var work = new Task[workers];
        for (var i = 0; i < workers; i++)
        {
            var (first, lane) = (i, Channel.CreateBounded<Ready>(new BoundedChannelOptions(AheadMax) { SingleReader = true, SingleWriter = true }));
            lanes[i] = lane;
            work[i] = Task.Run(() => DecodeAsync(first, workers, lane.Writer, stop.Token), CancellationToken.None);
        }

        try
        {
            for (var i = 0; i < plan.Groups.Count && !pipeline.IsFull; i++) await CollectAsync(lanes[i % workers].Reader, cancellation);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(work);
            foreach (var lane in lanes)
                while (lane.Reader.TryRead(out var left)) left.Frame?.Dispose();
        }

        watch.Take(map.Gaps);
        return new ExtractionOutcome(framesDecoded, packetsDecoded, [.. watch.Warnings()]);
    }

    /// <summary>Hands over the frames of one group.</summary>
    private async Task CollectAsync(ChannelReader<Ready> lane, CancellationToken cancellation)
    {
        while (true)
        {
            var ready = await ReadAsync(lane, cancellation);
            if (ready.Frame is not { } frame) return;
            watch.SeeSize(frame);
            progress.Reach(Ticks.Seconds(map.TimeOf(ready.Target.Frame), unit));
            var header = ChosenFrame.Head(frame, unit, frame.Pts, ready.Target.Frame);
            await pipeline.AddAsync(ChosenFrame.Of(frame, input.Stream, header, ready.Target.Copies), cancellation);
        }
    }

    private static async ValueTask<Ready> ReadAsync(ChannelReader<Ready> lane, CancellationToken cancellation)
    {
        try
        {
            return await lane.ReadAsync(cancellation);
        }
        catch (ChannelClosedException closed) when (closed.InnerException is { } failure)
        {
            throw failure is IndexNotTrueException ? new IndexNotTrueException(failure.Message) : failure;
        }
    }

    private async Task DecodeAsync(int first, int step, ChannelWriter<Ready> lane, CancellationToken cancellation)
    {
        Exception? failure = null;
        try
        {
            using var reader = new GroupReader(input, file, map, request.Limits.FramePixelsMax, Math.Max(1, cores / step), cancellation)
            {
                // Also the frames that are only decoded for others: a target may stand at the end of a group of an hour.
                OnFrame = progress.Step,
                OnPacket = progress.Stir,
            };
            for (var i = first; i < plan.Groups.Count; i += step)
            {
                foreach (var (target, frame) in reader.Read(plan.Groups[i], cancellation))
                {
                    try
                    {
                        Check(frame);
                        await lane.WriteAsync(new Ready(target, frame), cancellation);
                    }
                    catch
                    {
                        frame.Dispose();
                        throw;
                    }
                }

                await lane.WriteAsync(default, cancellation);
            }

            Interlocked.Add(ref framesDecoded, reader.FramesDecoded);
            Interlocked.Add(ref packetsDecoded, reader.PacketsDecoded);
        }
        catch (LibavException exception)
        {
            failure = new IndexNotTrueException(exception.Message);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        lane.TryComplete(failure);
    }

    private void Check(NativeFrame frame)
    {
        if ((long)frame.Width * frame.Height > request.Limits.FramePixelsMax)
            throw new MediaException(MediaFault.FrameTooLarge, $"A frame is {frame.Width}x{frame.Height}.");
        if (!frame.IsKey && request.Options!.Sampling is Options.Sampling.KeyFrames) throw new IndexNotTrueException("A key frame is none.");
        if (frame.IsInterlaced && request.Options!.Deinterlace != Options.Deinterlacing.Off) throw new IndexNotTrueException("A frame is interlaced.");
    }

    /// <summary>A decoded target, or (default) the end of a group.</summary>
    private readonly record struct Ready(Target Target, NativeFrame? Frame);
}
