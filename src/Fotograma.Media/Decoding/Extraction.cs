using Fotograma.Media.Conversion;
using Fotograma.Media.Faults;
using Fotograma.Media.Input;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Fotograma.Media.Options;
using Fotograma.Media.Plan;
using Fotograma.Media.Probing;
using Fotograma.Media.Reading;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Decoding;

/// <summary>
/// Makes the images of one video: plans from the packets' times what has to be decoded, decodes that, and falls back to decoding everything
/// in order where the plan cannot be made or turns out wrong. Both ways give the same images.
/// </summary>
internal sealed class Extraction(
    DecoderRequest request, VideoInput input, ProbeReport facts, SafeFileHandle file, MessageWriter writer, ProgressPump progress)
{
    /// <summary>Threads of a decoder, where there are as many cores.</summary>
    public const int DecoderThreadsMax = 8;

    /// <summary>Share of the packets in groups with targets from which on no group is left out that would be worth it.</summary>
    private const double DenseShare = 0.9;

    /// <summary>Share of the frames that become images, up to which enough others may be left out within groups.</summary>
    private const double SparseShare = 0.5;

    private readonly NativeRational unit = input.Stream.TimeBase;
    private readonly ExtractionOptions options = request.Options!;
    private readonly int cores = Math.Clamp(Environment.ProcessorCount, 1, DecoderThreadsMax);
    private readonly PictureRoom room = PictureRoom.For(input.Stream, request.Limits, Environment.ProcessorCount);

    private DecoderLimits Limits => request.Limits;

    /// <summary>Images that may be chosen. Where some are left out again, that is not the number that may be written.</summary>
    private long ImagesMax => options.DuplicateDistance is null ? Math.Min(options.MaxFrames ?? int.MaxValue, (long)Limits.FramesOutMax + 1) : LooksMax + 1L;

    /// <summary>Images that may be looked at.</summary>
    private int LooksMax => options.DuplicateDistance is null ? Limits.FramesOutMax : InOrderExtraction.LooksForDuplicatesMax;

    /// <summary>Does all of it.</summary>
    public async Task<DecoderSummary> RunAsync(CancellationToken cancellation)
    {
        var scan = PacketScan.For(options, ImagesMax, input, file, Limits.FramePixelsMax);
        var map = NeedsMap ? scan.Read(progress.Stir, cancellation) : null;
        var choice = Choice(map);
        var plan = map is { Problem: null } && request.LeastWork && !MayDeinterlace ? Plan(map, choice, scan.IsPartial, cancellation) : null;
        var expected = plan?.Images ?? (SamplingPlan.Expected(options) is { } images ? Math.Min(images, ImagesMax) : null);
        if (options.DuplicateDistance is not null || choice.NeedsScores) expected = null;
        await writer.WriteAsync(DecoderMessage.Plan, new DecoderPlan((int?)expected), DecoderJson.Default.DecoderPlan, cancellation);

        var settings = new ImageSettings(options, request.ThumbnailWidth, Limits.FramePixelsMax);
        var encoders = settings.Encoders(input.Stream.Width, input.Stream.Height, PixelAspect.Of(input.Stream), Environment.ProcessorCount);
        await using var pipeline = new FramePipeline(writer, settings, Limits, encoders, cancellation);
        var outcome = plan is not null && (plan.Packets < map!.Packets * DenseShare || plan.Frames < map.Frames * SparseShare)
            ? await InGroupsAsync(map, plan, choice, pipeline, cancellation)
            : null;
        var inOrder = outcome is null;
        if (inOrder) progress.Last(WorkExtent.InOrderSeconds(options, facts.DurationSeconds ?? 0));
        outcome ??= await InOrderAsync(map, pipeline, cancellation);
        await pipeline.CompleteAsync(cancellation);
        if (outcome.FramesDecoded == 0 && inOrder) throw new MediaException(MediaFault.Undecodable, $"{outcome.PacketsRead} packets gave no frame.");
        foreach (var warning in outcome.Warnings.Concat(settings.Notes.Warnings(options).ExceptBy(facts.Warnings.Select(known => known.Code), warning => warning.Code)))
            await writer.WriteAsync(DecoderMessage.Warning, warning, DecoderJson.Default.MediaWarning, cancellation);
        if (pipeline.Taken == 0) throw new MediaException(MediaFault.NothingSelected, $"{outcome.FramesDecoded} frames, none at a chosen moment.");
        return new DecoderSummary(pipeline.Written, outcome.FramesDecoded, outcome.PacketsRead, pipeline.Duplicates);
    }

    /// <summary>Reading the packets beforehand pays unless everything is wanted anyway.</summary>
    private bool NeedsMap => SamplingPlan.NeedsExtent(options)
        || (request.LeastWork && !MayDeinterlace && PacketScan.MayTrust(input) && (options.Sampling is not (Sampling.All or Sampling.Scenes) || options.Ranges.Count > 0));

    /// <summary>Neighbouring pictures are needed, which only decoding in order has at hand.</summary>
    private bool MayDeinterlace => options.Deinterlace == Deinterlacing.On || (options.Deinterlace == Deinterlacing.Auto && input.Stream.IsInterlaced);

    private FrameChoice Choice(PacketMap? map) => SamplingPlan.Make(options, unit, map?.Extent ?? default);

    /// <summary>Gives null when a part of the packets was read and they do not suffice after all.</summary>
    private GroupPlan? Plan(PacketMap map, FrameChoice choice, bool isPartial, CancellationToken cancellation)
    {
        using var codec = VideoDecoder.Open(input.Stream, Limits.FramePixelsMax, threads: 1);
        var last = map.TimeOf(map.Frames - 1);
        if (Ticks.Seconds(last, unit) > Limits.DurationSecondsMax) throw new MediaException(MediaFault.TooLong, $"A frame is at {Ticks.Seconds(last, unit)} s.");
        var end = PacketClock.EndAfter(last, map.LastDuration, unit, codec.Rate);
        // Of scenes it is known only which frames have to be looked at.
        var plan = choice.NeedsScores
            ? GroupPlan.Make(map, new KindChoice(new Sampling.All(), SceneJudge.PartsFor(SamplingPlan.Joined(options.Ranges, unit), map)), end, long.MaxValue)
            : GroupPlan.Make(map, choice, end, ImagesMax);
        if (isPartial && plan.ReachesEnd) return null;
        if (plan.Images > LooksMax && !choice.NeedsScores) throw new MediaException(MediaFault.TooManyFrames, $"More than {LooksMax} images.");
        return Settle(map, plan, cancellation);
    }

    /// <summary>The plan with groups that decoding can start with; null when the video is not what its map says.</summary>
    private GroupPlan? Settle(PacketMap map, GroupPlan plan, CancellationToken cancellation)
    {
        var sight = new PacketSight(input.Stream);
        if (!sight.DoubtsKeys || plan.Groups.All(group => group.Entry == 0)) return plan;
        try
        {
            using var walk = new PacketWalk(input, file, map, cancellation) { OnPacket = progress.Stir };
            return new CleanEntries(map, sight, walk).Settle(plan, cancellation);
        }
        catch (Exception failure) when (failure is IndexNotTrueException or LibavException)
        {
            return null;
        }
    }

    /// <summary>Gives null when the plan was wrong; the images that are already on their way are right all the same.</summary>
    private async Task<ExtractionOutcome?> InGroupsAsync(
        PacketMap map, GroupPlan plan, FrameChoice choice, FramePipeline pipeline, CancellationToken cancellation)
    {
        progress.Last(WorkExtent.InPartsSeconds(options, facts.DurationSeconds ?? 0));
        using var judge = choice.NeedsScores ? new SceneJudge(choice, ImagesMax, LooksMax) : null;
        var extraction = new GroupExtraction(request, input, file, map, plan, pipeline, progress, cores, room) { Judge = judge };
        try
        {
            var outcome = await extraction.RunAsync(cancellation);
            var missing = choice.MustBeFinished || (plan.Images < ImagesMax && !pipeline.IsFull) ? choice.Missing() : [];
            IEnumerable<MediaWarning> cutOff = plan.ReachesEnd && AnnouncedEnd.IsMissed(input, plan.EndTicks) ? [AnnouncedEnd.Warning] : [];
            return outcome with { Warnings = [.. outcome.Warnings, .. cutOff, .. MissingWarnings.Of(missing, options.Ranges.Count > 0)] };
        }
        catch (IndexNotTrueException)
        {
            return null;
        }
    }

    private async Task<ExtractionOutcome> InOrderAsync(PacketMap? map, FramePipeline pipeline, CancellationToken cancellation)
    {
        var choice = Choice(map);
        using var reader = new FrameReader(input, Limits.FramePixelsMax, Math.Min(cores, room.Threads)) { OnPacket = progress.Stir };
        using var extraction = new InOrderExtraction(request, input, reader, choice, pipeline, progress);
        return await extraction.RunAsync(cancellation);
    }
}

/// <summary>What an extraction came to.</summary>
internal sealed record ExtractionOutcome(long FramesDecoded, long PacketsRead, IReadOnlyList<MediaWarning> Warnings);
