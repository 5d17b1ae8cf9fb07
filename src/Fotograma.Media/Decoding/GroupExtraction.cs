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
/// Decodes the groups of a plan, several at a time. A worker that has done with one takes the next, and may run ahead by a few frames; what they decode is
/// handed to the encoders in presentation order.
/// </summary>
internal sealed class GroupExtraction(
    DecoderRequest request, VideoInput input, SafeFileHandle file, PacketMap map, GroupPlan plan, FramePipeline pipeline, ProgressPump progress, int cores, PictureRoom room)
{
    private readonly NativeRational unit = input.Stream.TimeBase;
    private readonly VideoWatch watch = new(input.Stream.TimeBase);
    private readonly Channel<ChannelReader<Ready>> order = Channel.CreateUnbounded<ChannelReader<Ready>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock taking = new();
    private long detours;
    private int taken;
    private long collected;
    private long framesDecoded;
    private long packetsDecoded;

    /// <summary>Chooses among what the plan names, where times alone do not decide; null where they do.</summary>
    public SceneJudge? Judge { get; init; }

    private bool IsFull => pipeline.IsFull || Judge is { IsFull: true };

    /// <summary>Does all groups.</summary>
    /// <exception cref="IndexNotTrueException">
    /// The video is not what its map says. What the pipeline was given so far is right, and no frame is missing before the last one.
    /// </exception>
    public async Task<ExtractionOutcome> RunAsync(CancellationToken cancellation)
    {
        watch.Take(map.Gaps);
        var costs = plan.Groups.Select(group => GroupSchedule.CostsOf(group, map)).ToList();
        var crew = GroupSchedule.CrewFor(costs, cores, GroupReader.Spares(input.Stream), GroupReader.HasThreads(input.Stream), room);
        var workers = crew.Workers;
        if (workers == 0) return new ExtractionOutcome(0, 0, [.. watch.Warnings()]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var lanes = new Channel<Ready>[workers];
        var work = new Task<Exception?>[workers];
        for (var i = 0; i < workers; i++)
        {
            var lane = lanes[i] = Channel.CreateBounded<Ready>(new BoundedChannelOptions(GroupSchedule.AheadMax) { SingleReader = true, SingleWriter = true });
            work[i] = Task.Run(() => DecodeAsync(lane, crew.Threads, stop.Token), CancellationToken.None);
        }

        try
        {
            for (var i = 0; i < plan.Groups.Count && !IsFull; i++) await CollectAsync(await order.Reader.ReadAsync(cancellation), cancellation);
            // What is wrong behind the last frame of a group is known only now.
            for (var i = 0; i < workers && !IsFull; i++)
                if (await work[i] is { } failure) throw Known(failure);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(work);
            foreach (var lane in lanes)
                while (lane.Reader.TryRead(out var left)) left.Frame.Dispose();
        }

        return new ExtractionOutcome(framesDecoded, packetsDecoded, [.. watch.Warnings()]);
    }

    /// <summary>Hands over the frames of one group.</summary>
    private async Task CollectAsync(ChannelReader<Ready> lane, CancellationToken cancellation)
    {
        for (var isLast = false; !isLast;)
        {
            // A frame that waits here for an encoder would be one more in memory.
            await pipeline.WaitForRoomAsync(cancellation);
            var ready = await ReadAsync(lane, cancellation);
            var frame = ready.Frame;
            isLast = ready.IsLast;
            watch.SeeSize(frame);
            progress.Do((double)++collected / plan.Frames);
            var number = ready.Target.Frame;
            if (!IsTaken(frame, number)) continue;
            var header = ChosenFrame.Head(frame, unit, frame.Pts, map.DurationOf(number, plan.EndTicks), number) with { SceneScore = Judge?.Score ?? -1 };
            await pipeline.AddAsync(ChosenFrame.Of(frame, input.Stream, header, ready.Target.Copies), cancellation);
        }
    }

    /// <summary>Whether a frame becomes an image; it is freed when it does not.</summary>
    private bool IsTaken(NativeFrame frame, int number)
    {
        var isTaken = false;
        try
        {
            return isTaken = Judge is null || Judge.Takes(frame, number, map.TimeOf(number));
        }
        finally
        {
            if (!isTaken) frame.Dispose();
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
            throw Known(failure);
        }
    }

    private static Exception Known(Exception failure) => failure is IndexNotTrueException ? new IndexNotTrueException(failure.Message) : failure;

    /// <summary>Takes the next group that nobody has, and says that its frames come in <paramref name="lane"/>; null when there is none.</summary>
    private Group? Take(ChannelReader<Ready> lane)
    {
        lock (taking)
        {
            if (taken == plan.Groups.Count) return null;
            order.Writer.TryWrite(lane);
            return plan.Groups[taken++];
        }
    }

    private async Task<Exception?> DecodeAsync(Channel<Ready> lane, int threads, CancellationToken cancellation)
    {
        Exception? failure = null;
        try
        {
            using var reader = new GroupReader(input, file, map, request.Limits.FramePixelsMax, threads, cancellation)
            {
                // Also the frames that are only decoded for others: a target may stand at the end of a group of an hour.
                OnFrame = progress.Step,
                OnPacket = progress.Stir,
                OnDetour = Bear,
            };
            while (!cancellation.IsCancellationRequested && Take(lane) is { } group) await DecodeAsync(reader, group, lane, cancellation);
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

        lane.Writer.TryComplete(failure);
        // A worker that fails before it has a group is heard of all the same.
        if (failure is not null) order.Writer.TryWrite(lane);
        return failure;
    }

    /// <summary>A group begins so many packets earlier than planned. With too many of them, decoding everything once is less.</summary>
    private void Bear(int packets)
    {
        if (plan.Packets + Interlocked.Add(ref detours, packets) > map.Packets) throw new IndexNotTrueException("Too few key frames are places to start.");
    }

    private async Task DecodeAsync(GroupReader reader, Group group, ChannelWriter<Ready> lane, CancellationToken cancellation)
    {
        var left = group.Targets.Count;
        foreach (var (target, frame) in reader.Read(group, cancellation))
        {
            try
            {
                Check(frame);
                await lane.WriteAsync(new Ready(target, frame, --left == 0), cancellation);
            }
            catch
            {
                frame.Dispose();
                throw;
            }
        }
    }

    private void Check(NativeFrame frame)
    {
        if ((long)frame.Width * frame.Height > request.Limits.FramePixelsMax)
            throw new MediaException(MediaFault.FrameTooLarge, $"A frame is {frame.Width}x{frame.Height}.");
        if (!frame.IsKey && request.Options!.Sampling is Options.Sampling.KeyFrames) throw new IndexNotTrueException("A key frame is none.");
        if (frame.IsInterlaced && request.Options!.Deinterlace != Options.Deinterlacing.Off) throw new IndexNotTrueException("A frame is interlaced.");
    }

    /// <summary>A decoded target, and whether it is the last of its group.</summary>
    private readonly record struct Ready(Target Target, NativeFrame Frame, bool IsLast);
}
