using Fotograma.Media.Faults;
using Fotograma.Media.Input;
using Fotograma.Media.Isolation;
using Fotograma.Media.Native;
using Fotograma.Media.Probing;
using Fotograma.Media.Reading;
using Microsoft.Win32.SafeHandles;

namespace Fotograma.Media.Decoding;

/// <summary>
/// The work of the decoder process: answers one <see cref="DecoderRequest"/> about one opened file with <see cref="DecoderMessage"/>s. Every
/// failure becomes a <see cref="DecoderMessage.Fault"/>.
/// </summary>
internal static class DecodeSession
{
    /// <summary>Exit code of the process after <see cref="DecoderMessage.Done"/>.</summary>
    public const int DoneExitCode = 0;

    /// <summary>What most pictures take at most: 4:2:0 with 16 bits, or 4:4:4 with eight.</summary>
    private const int PictureBytesPerPixel = 3;

    /// <summary>Exit code of the process after <see cref="DecoderMessage.Fault"/>.</summary>
    public const int FaultExitCode = 3;

    /// <summary>Does what <paramref name="request"/> says with <paramref name="file"/> and gives the exit code.</summary>
    public static async Task<int> RunAsync(
        DecoderRequest request, SafeFileHandle file, Stream output, TimeProvider time, CancellationToken cancellation)
    {
        using var writer = new MessageWriter(output);
        try
        {
            var summary = await AnswerAsync(request, file, writer, time, cancellation);
            // Pictures that got no memory were left out without a word.
            MemoryWatch.MustHaveSufficed();
            await writer.WriteAsync(DecoderMessage.Done, summary, DecoderJson.Default.DecoderSummary, cancellation);
            return DoneExitCode;
        }
        catch (Exception failure) when (IsShortage(failure))
        {
            return await FailAsync(writer, MediaFault.MemoryExhausted, failure.Message, cancellation);
        }
        catch (MediaException failure)
        {
            return await FailAsync(writer, failure.Fault, failure.Detail, cancellation);
        }
        catch (LibavException failure)
        {
            return await FailAsync(writer, MediaFault.Undecodable, failure.Message, cancellation);
        }
    }

    /// <summary>Writes a fault and gives the exit code.</summary>
    public static async Task<int> FailAsync(MessageWriter writer, MediaFault fault, string detail, CancellationToken cancellation)
    {
        await writer.WriteAsync(DecoderMessage.Fault, new DecoderFault(fault.Code, detail), DecoderJson.Default.DecoderFault, cancellation);
        return FaultExitCode;
    }

    // What looks like damage is none when memory had run out before.
    private static bool IsShortage(Exception failure) => failure switch
    {
        OutOfMemoryException or LibavException { Code: LibavError.OutOfMemory } => true,
        LibavException => MemoryWatch.RanOut,
        MediaException { InnerException: { } inner } when IsShortage(inner) => true,
        MediaException media => MemoryWatch.RanOut && (media.Fault == MediaFault.Undecodable || media.Fault == MediaFault.NothingSelected),
        _ => false,
    };

    private static async Task<DecoderSummary> AnswerAsync(
        DecoderRequest request, SafeFileHandle file, MessageWriter writer, TimeProvider time, CancellationToken cancellation)
    {
        using var input = VideoInput.Open(file, request.Limits, AllowList.For(request.OldCodecs), cancellation);
        var facts = FactsReader.Read(input, request.Options);
        MemoryWatch.Expect((long)input.Stream.Width * input.Stream.Height * PictureBytesPerPixel);
        await writer.WriteAsync(DecoderMessage.Facts, facts, DecoderJson.Default.ProbeReport, cancellation);
        return request switch
        {
            { Operation: "probe" } => await ProbeAsync(new Survey(input, file, request.Limits, time), writer, cancellation),
            { Operation: "extract", Options: not null } => await ExtractAsync(request, input, facts, file, writer, time, cancellation),
            _ => throw new MediaException(MediaFault.DecoderUnavailable, $"The operation {request.Operation} is not known."),
        };
    }

    private static async Task<DecoderSummary> ProbeAsync(Survey survey, MessageWriter writer, CancellationToken cancellation)
    {
        foreach (var warning in survey.Warnings(cancellation))
            await writer.WriteAsync(DecoderMessage.Warning, warning, DecoderJson.Default.MediaWarning, cancellation);
        return new DecoderSummary(0, 0, 0);
    }

    private static async Task<DecoderSummary> ExtractAsync(
        DecoderRequest request, VideoInput input, ProbeReport facts, SafeFileHandle file, MessageWriter writer, TimeProvider time,
        CancellationToken cancellation)
    {
        await using var progress = new ProgressPump(writer, facts.DurationSeconds ?? 0, request.Limits.FramesDecodedMax, time);
        var extraction = new Extraction(request, input, facts, file, writer, progress);
        return await Task.Run(() => extraction.RunAsync(cancellation), cancellation);
    }
}
