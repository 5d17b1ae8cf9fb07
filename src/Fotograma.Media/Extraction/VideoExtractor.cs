using System.Globalization;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;
using Fotograma.Media.Probing;
using Fotograma.Media.Sandbox;

namespace Fotograma.Media.Extraction;

/// <summary>How a <see cref="VideoExtractor"/> works.</summary>
public sealed record VideoExtractorOptions
{
    /// <summary>Path of the program <c>fotograma-decoder</c>.</summary>
    public required string DecoderPath { get; init; }

    /// <summary>What one video may cost.</summary>
    public DecoderLimits Limits { get; init; } = new();

    /// <summary>How the decoder must be confined.</summary>
    public SandboxMode Sandbox { get; init; } = SandboxMode.Required;

    /// <summary>Width of the thumbnails in pixels, for outputs that want them.</summary>
    public int ThumbnailWidth { get; init; } = 160;

    /// <summary>
    /// Whether codecs that only old archives hold are decoded too: H.263, Microsoft's MPEG-4 versions 2 and 3, VC-1. Each is one more decoder
    /// that a hostile file can choose.
    /// </summary>
    public bool OldCodecs { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>
/// Turns a video file into an archive of images. Every call starts a decoder process of its own and treats it as already taken over by the
/// video: it is confined by the kernel and given one file, everything it says is checked, and it is ended when it lies, falls silent or takes too long. When a call
/// returns, its process is gone. Instances hold no state and may be used from any thread.
/// </summary>
public sealed class VideoExtractor(VideoExtractorOptions options)
{
    /// <summary>How long a decoder may take to end by itself after its last word.</summary>
    private static readonly TimeSpan FarewellWait = TimeSpan.FromSeconds(1);

    /// <summary>Says what kind of video is in the file at <paramref name="path"/>.</summary>
    /// <exception cref="MediaException">The file is not a video that can be used, or the decoder failed.</exception>
    public async Task<ProbeReport> ProbeAsync(string path, CancellationToken cancellation)
    {
        _ = InputBytes(path);
        var seconds = TimeSpan.FromSeconds(options.Limits.ProbeSecondsMax);
        using var watch = new DecoderWatch(options.Time, seconds, seconds, cancellation);
        var request = new DecoderRequest("probe", Path.GetFullPath(path), Options: null, options.Limits, ThumbnailWidth: 0, OldCodecs: options.OldCodecs);
        var conversation = await ConverseAsync(request, watch, new Ears());
        return conversation.Video with { Warnings = [.. conversation.Warnings] };
    }

    /// <summary>
    /// Extracts images from the file at <paramref name="inputPath"/> and writes them, as they come, to <paramref name="outputs"/>. Errors
    /// of those streams come through unchanged. After any exception what was written is not a result.
    /// </summary>
    /// <exception cref="ArgumentException">The options are none that there can be; no process was started.</exception>
    /// <exception cref="MediaException">The file is not a video that can be used, a limit was met, or the decoder failed.</exception>
    public async Task<ExtractionResult> ExtractAsync(
        string inputPath, InputFacts facts, ExtractionOptions extraction, ExtractionOutputs outputs,
        IProgress<ExtractionProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(outputs);
        extraction = OptionsCheck.Checked(extraction, nameof(extraction));
        var limits = options.Limits;
        using var watch = Watch(cancellation);
        var thumbnailWidth = outputs.Thumbnails is null ? 0 : options.ThumbnailWidth;
        var gate = new FrameGate(extraction, limits, thumbnailWidth, InputBytes(inputPath));
        var extraGate = new ExtraGate(extraction);
        var sink = new FrameSink(outputs, extraction, outputs.Timestamp ?? options.Time.GetUtcNow());
        var request = new DecoderRequest("extract", Path.GetFullPath(inputPath), extraction, limits, thumbnailWidth, OldCodecs: options.OldCodecs);

        var conversation = await ConverseAsync(request, watch, new Ears
        {
            OnFrame = (reader, token) => TakeFrameAsync(reader, watch, gate, sink.AddAsync, token),
            OnExtra = (reader, token) => TakeExtraAsync(reader, watch, extraGate, sink, token),
            OnProgress = now => progress?.Report(Describe(now, sink)),
        });
        if (sink.Ledger.Count == 0) throw new MediaException(MediaFault.NothingSelected, "The decoder finished without a frame.");
        extraGate.CheckEnd(sink.Ledger.Count);
        var manifest = new ManifestFacts(facts, conversation.Video, extraction, conversation.Warnings, conversation.Summary.Duplicates);
        await sink.FinishAsync(manifest, cancellation);
        return Summarize(conversation, sink);
    }

    /// <summary>The length of the file, which is not looked into here. A file that is not there is the decoder's to report.</summary>
    private long InputBytes(string path)
    {
        var bytes = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
        return bytes <= options.Limits.InputBytesMax ? bytes : throw new MediaException(MediaFault.InputTooLarge, $"The file has {bytes} bytes.");
    }

    /// <summary>
    /// Reads images from the file at <paramref name="path"/> one by one, without an archive. Nothing happens before the result is enumerated.
    /// <see cref="ExtractionOptions.Extras"/> and <see cref="ExtractionOptions.Name"/> mean nothing here.
    /// </summary>
    /// <exception cref="ArgumentException">The options are none that there can be.</exception>
    public VideoReading ReadAsync(string path, ExtractionOptions extraction, CancellationToken cancellation)
    {
        extraction = OptionsCheck.Checked(extraction, nameof(extraction));
        var request = new DecoderRequest("extract", Path.GetFullPath(path), extraction with { Extras = Extras.None }, options.Limits, ThumbnailWidth: 0, OldCodecs: options.OldCodecs);
        return new VideoReading(DecodeAsync, cancellation);

        async Task<DecoderConversation> DecodeAsync(
            Func<FrameHeader, ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, Action<DecoderConversation> hear, CancellationToken stop)
        {
            using var watch = Watch(stop);
            var gate = new FrameGate(extraction, options.Limits, thumbnailWidth: 0, InputBytes(path));
            return await ConverseAsync(request, watch, new Ears
            {
                OnFrame = (reader, token) => TakeFrameAsync(reader, watch, gate, (head, image, _, taking) => take(head, image, taking), token),
                OnProgress = hear,
            });
        }
    }

    private static int NamedIn(ExtractionOptions? extraction) => extraction?.Sampling switch
    {
        Sampling.Timestamps moments => moments.Seconds.Count,
        // Every range may cut a run of numbers in two.
        Sampling.Numbered frames => frames.Numbers.Count + extraction.Ranges.Count,
        _ => 0,
    };

    private DecoderWatch Watch(CancellationToken cancellation) => new(
        options.Time, TimeSpan.FromSeconds(options.Limits.WallClockSecondsMax), TimeSpan.FromSeconds(options.Limits.NoProgressSecondsMax), cancellation);

    private async Task<DecoderConversation> ConverseAsync(DecoderRequest request, DecoderWatch watch, Ears ears)
    {
        if (watch.Token.IsCancellationRequested) throw watch.Explain();
        await using var decoder = DecoderProcess.Start(options.DecoderPath, options.Sandbox, options.Time);
        await using var threads = new ThreadWatch(decoder, options.Limits.ThreadsMax, options.Time);
        await using var ending = watch.Token.UnsafeRegister(static state => ((DecoderProcess)state!).Kill(), decoder);
        try
        {
            await decoder.SendAsync(request, watch.Token);
            var conversation = new DecoderConversation(new DecoderReader(decoder.Output), watch, options.Time)
            {
                OnFrame = ears.OnFrame, OnExtra = ears.OnExtra, OnProgress = ears.OnProgress, NamedMax = NamedIn(request.Options),
                OnConfined = options.Sandbox is SandboxMode.Off ? null : new ConfinementWitness(decoder, options.Sandbox).LetBeginAsync,
            };
            var finished = await conversation.RunAsync();
            threads.Check();
            if (finished)
            {
                await decoder.LetEndAsync(FarewellWait);
                return conversation;
            }
        }
        catch (OperationCanceledException) when (watch.Token.IsCancellationRequested)
        {
            throw watch.Explain();
        }

        // The output ended: because of our own signal, or because the decoder is dead. Ctrl-C may kill it before we hear of the signal.
        var end = watch.Token.IsCancellationRequested ? null : await decoder.EndAsync(FarewellWait);
        throw end is null || watch.Token.IsCancellationRequested ? watch.Explain() : end.ToException();
    }

    /// <summary>Reads and checks one frame and hands it to <paramref name="take"/>; false when the output ends in it.</summary>
    internal static async ValueTask<bool> TakeFrameAsync(
        DecoderReader reader, DecoderWatch watch, FrameGate gate,
        Func<FrameHeader, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken cancellation)
    {
        if (reader.PayloadBytes < FrameHeader.Bytes) throw new MediaException(MediaFault.DecoderMisbehaved, "It sent a frame without a head.");
        if (await reader.BytesAsync(FrameHeader.Bytes, cancellation) is not { } prefix) return false;
        var head = FrameHeader.Read(prefix.Span);
        gate.CheckHead(head, reader.PayloadBytes);
        if (await reader.BytesAsync(head.ImageBytes + head.ThumbnailBytes, cancellation) is not { } images) return false;
        watch.Heard();
        var (image, thumbnail) = (images[..head.ImageBytes], images[head.ImageBytes..]);
        gate.CheckImages(head, image.Span, thumbnail.Span);
        await take(head, image, thumbnail, cancellation);
        return true;
    }

    /// <summary>Reads, checks and stores one extra; false when the output ends in it.</summary>
    internal static async ValueTask<bool> TakeExtraAsync(
        DecoderReader reader, DecoderWatch watch, ExtraGate gate, FrameSink sink, CancellationToken cancellation)
    {
        if (reader.PayloadBytes < ExtraHeader.Bytes) throw new MediaException(MediaFault.DecoderMisbehaved, "It sent an extra without a head.");
        if (await reader.BytesAsync(ExtraHeader.Bytes, cancellation) is not { } prefix) return false;
        var head = ExtraHeader.Read(prefix.Span);
        gate.CheckHead(head, reader.PayloadBytes, sink.Ledger.Count);
        if (await reader.BytesAsync(reader.PayloadBytes - ExtraHeader.Bytes, cancellation) is not { } jpeg) return false;
        watch.Heard();
        ExtraGate.CheckPicture(head, jpeg.Span);
        await sink.AddAsync(head, jpeg, cancellation);
        return true;
    }

    private static ExtractionProgress Describe(DecoderConversation conversation, FrameSink sink) => new(
        sink.Ledger.Count, conversation.Plan?.ExpectedFrames, conversation.Progress.PositionSeconds,
        conversation.Progress.DurationSeconds > 0 ? conversation.Progress.DurationSeconds : conversation.Video.DurationSeconds,
        sink.Ledger.ImageBytes);

    private static ExtractionResult Summarize(DecoderConversation conversation, FrameSink sink)
    {
        var (first, last) = (sink.Ledger[0], sink.Ledger[sink.Ledger.Count - 1]);
        return new ExtractionResult
        {
            Frames = sink.Ledger.Count,
            DuplicatesRemoved = conversation.Summary.Duplicates,
            ArchiveBytes = sink.ArchiveBytes,
            ImageBytes = sink.Ledger.ImageBytes,
            ThumbnailBytes = sink.Ledger.ThumbnailBytes,
            FirstSeconds = decimal.Parse(first.Time, CultureInfo.InvariantCulture),
            LastSeconds = decimal.Parse(last.Time, CultureInfo.InvariantCulture),
            Width = first.Width,
            Height = first.Height,
            Video = conversation.Video,
            Extras = sink.ExtraFiles,
            Warnings = conversation.Warnings,
        };
    }

    /// <summary>Who hears what of a conversation.</summary>
    private sealed record Ears
    {
        public Func<DecoderReader, CancellationToken, ValueTask<bool>>? OnFrame { get; init; }

        public Func<DecoderReader, CancellationToken, ValueTask<bool>>? OnExtra { get; init; }

        public Action<DecoderConversation>? OnProgress { get; init; }
    }
}
