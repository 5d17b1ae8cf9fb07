namespace Fotograma.Media.Faults;

/// <summary>
/// Why a video could not be turned into images: a stable code, a sentence for the person who sent it that says what to do, and whether trying
/// again can help. The codes are part of the public contract.
/// </summary>
public sealed record MediaFault(string Code, string Sentence, bool Transient = false)
{
    /// <summary>Names of the limits (<see cref="Isolation.DecoderLimits"/>) one of which was met; empty where it is none.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>The file has no bytes.</summary>
    public static readonly MediaFault Empty = new("media.empty", "The file is empty. Check that the recording finished and send it again.");

    /// <summary>The bytes are not a container on the allow-list.</summary>
    public static readonly MediaFault NotAVideo = new("media.not_a_video",
        "This is not a video file Fotograma can open. Send MP4, MOV, MKV, WebM, AVI, WMV, FLV, MPEG-TS, MPEG-PS, 3GP or OGG.");

    /// <summary>The file is a playlist or a script that names other files.</summary>
    public static readonly MediaFault Playlist = new("media.playlist",
        "This file only points to other files. Send the video itself instead of a playlist.");

    /// <summary>There is sound but no picture.</summary>
    public static readonly MediaFault NoVideoStream = new("media.no_video_stream",
        "The file has no picture, only sound or data. Send a file with a video track.");

    /// <summary>The video's codec is not on the allow-list.</summary>
    public static readonly MediaFault CodecNotAllowed = new("media.codec_not_allowed",
        "The video is stored in a format Fotograma does not decode. Convert it to H.264, HEVC, VP9 or AV1 and send it again.");

    /// <summary>The video's codec is one of old archives, which are decoded only where that was asked for.</summary>
    public static readonly MediaFault CodecTooOld = new("media.codec_too_old",
        "The video is stored in an old format that is decoded only where that was switched on. Convert it to H.264, HEVC, VP9 or AV1, or ask the operator to switch it on.");

    /// <summary>The container ends before its index or its data.</summary>
    public static readonly MediaFault Truncated = new("media.truncated",
        "The file is cut off and its index is missing. Export or copy the video again and send the whole file.");

    /// <summary>No frame could be decoded.</summary>
    public static readonly MediaFault Undecodable = new("media.undecodable",
        "No picture in this file could be decoded. The file is damaged; export it again from where it came from.");

    /// <summary>The range or sampling selects no frame.</summary>
    public static readonly MediaFault NothingSelected = new("media.nothing_selected",
        "The chosen range contains no frame. Choose a range inside the video's length.");

    /// <summary>The rectangle to cut out is not inside the picture.</summary>
    public static readonly MediaFault CropOutside = new("media.crop_outside",
        "The rectangle to cut out is not wholly inside the picture. Choose one within the picture's size.");

    /// <summary>This build of libav cannot encode the image format.</summary>
    public static readonly MediaFault FormatUnavailable = new("media.format_unavailable",
        "Images in the chosen format cannot be written here. Choose PNG or JPEG.");

    /// <summary>A frame is larger than <see cref="Isolation.DecoderLimits.FramePixelsMax"/>.</summary>
    public static readonly MediaFault FrameTooLarge = new("media.frame_too_large",
        "The picture is larger than is allowed here. Scale the video down, or ask the operator to raise the limit.")
    {
        Limits = [nameof(Isolation.DecoderLimits.FramePixelsMax)],
    };

    /// <summary>More images than <see cref="Isolation.DecoderLimits.FramesOutMax"/>.</summary>
    public static readonly MediaFault TooManyFrames = new("media.too_many_frames",
        "These options would make more images than are allowed here. Choose fewer frames per second or a shorter range.")
    {
        Limits = [nameof(Isolation.DecoderLimits.FramesOutMax)],
    };

    /// <summary>More bytes than <see cref="Isolation.DecoderLimits.OutputBytesMax"/>.</summary>
    public static readonly MediaFault OutputTooLarge = new("media.output_too_large",
        "The images would be larger than is allowed here. Choose fewer or smaller images, or JPEG.")
    {
        Limits = [nameof(Isolation.DecoderLimits.OutputBytesMax), nameof(Isolation.DecoderLimits.OutputTimesInputMax), nameof(Isolation.DecoderLimits.OutputFreeBytes)],
    };

    /// <summary>The video is longer than <see cref="Isolation.DecoderLimits.DurationSecondsMax"/>.</summary>
    public static readonly MediaFault TooLong = new("media.too_long",
        "The video is longer than is allowed here. Cut it into parts, or ask the operator to raise the limit.")
    {
        Limits = [nameof(Isolation.DecoderLimits.DurationSecondsMax)],
    };

    /// <summary>The work took longer than <see cref="Isolation.DecoderLimits.WallClockSecondsMax"/>.</summary>
    public static readonly MediaFault TimedOut = new("media.timed_out",
        "The video took too long to process. Choose a shorter range or fewer frames.")
    {
        Limits = [nameof(Isolation.DecoderLimits.WallClockSecondsMax), nameof(Isolation.DecoderLimits.ProbeSecondsMax)],
    };

    /// <summary>The decoder showed no progress for <see cref="Isolation.DecoderLimits.NoProgressSecondsMax"/>.</summary>
    public static readonly MediaFault Stalled = new("media.stalled",
        "Processing stopped making progress, usually because the file is damaged. Export the video again and send it anew.", Transient: true)
    {
        Limits = [nameof(Isolation.DecoderLimits.NoProgressSecondsMax)],
    };

    /// <summary>The decoder process ended without a result.</summary>
    public static readonly MediaFault DecoderCrashed = new("media.decoder_crashed",
        "The decoder could not survive this file. Export the video again; if it happens again, report the file to the operator.", Transient: true);

    /// <summary>The decoder wrote something that breaks its protocol.</summary>
    public static readonly MediaFault DecoderMisbehaved = new("media.decoder_misbehaved",
        "The decoder gave an impossible answer for this file and was stopped. Export the video again and send it anew.", Transient: true);

    /// <summary>The decoder program or its libraries cannot be used on this machine.</summary>
    public static readonly MediaFault DecoderUnavailable = new("media.decoder_unavailable",
        "This server's decoder is not usable. Ask the operator to look at the server's health page.", Transient: true);

    /// <summary>The decoder is not confined as it must be, so it was given no video.</summary>
    public static readonly MediaFault NotConfined = new("media.not_confined",
        "This server's decoder could not be locked in safely, so the video was not opened. Ask the operator to look at the server's health page.",
        Transient: true);

    /// <summary>The file is longer than <see cref="Isolation.DecoderLimits.InputBytesMax"/>.</summary>
    public static readonly MediaFault InputTooLarge = new("media.input_too_large",
        "The file is larger than is allowed here. Cut the video into parts, or ask the operator to raise the limit.")
    {
        Limits = [nameof(Isolation.DecoderLimits.InputBytesMax)],
    };

    /// <summary>More frames than <see cref="Isolation.DecoderLimits.FramesDecodedMax"/> had to be decoded.</summary>
    public static readonly MediaFault TooManyDecoded = new("media.too_many_decoded",
        "The video has more frames than may be decoded here. Choose a shorter range, or cut the video into parts.")
    {
        Limits = [nameof(Isolation.DecoderLimits.FramesDecodedMax)],
    };

    /// <summary>The work took more processor time than <see cref="Isolation.DecoderLimits.CpuSecondsMax"/>.</summary>
    public static readonly MediaFault CpuExhausted = new("media.cpu_exhausted",
        "The video took too much computing time. Choose a shorter range or fewer frames, or ask the operator to raise the limit.")
    {
        Limits = [nameof(Isolation.DecoderLimits.CpuSecondsMax)],
    };

    /// <summary>The work took more memory than <see cref="Isolation.DecoderLimits.MemoryBytesMax"/>.</summary>
    public static readonly MediaFault MemoryExhausted = new("media.memory_exhausted",
        "The video needs more memory than one job may have here. Scale the video down, or ask the operator to raise the limit.")
    {
        Limits = [nameof(Isolation.DecoderLimits.MemoryBytesMax), nameof(Isolation.DecoderLimits.MemoryBytesPerCoreMax)],
    };

    /// <summary>One frame would be written more often than <see cref="Isolation.DecoderLimits.RepeatsMax"/>.</summary>
    public static readonly MediaFault Frozen = new("media.frozen",
        "The picture stands still for so long that the same image would be made over and over. Choose fewer frames per second or a range without that part.")
    {
        Limits = [nameof(Isolation.DecoderLimits.RepeatsMax)],
    };

    /// <summary>The file has more streams than <see cref="Isolation.DecoderLimits.StreamsMax"/>.</summary>
    public static readonly MediaFault TooManyStreams = new("media.too_many_streams",
        "The file has more tracks than are allowed here. Keep the picture and the sound you need and send it again.")
    {
        Limits = [nameof(Isolation.DecoderLimits.StreamsMax)],
    };

    /// <summary>Every fault, for lookup by code and for the documentation.</summary>
    public static IReadOnlyList<MediaFault> All { get; } =
    [
        Empty, NotAVideo, Playlist, NoVideoStream, CodecNotAllowed, CodecTooOld, Truncated, Undecodable, NothingSelected, CropOutside,
        FormatUnavailable, FrameTooLarge, TooManyFrames, OutputTooLarge, TooLong, TimedOut, Stalled, DecoderCrashed, DecoderMisbehaved, DecoderUnavailable,
        NotConfined, InputTooLarge, TooManyDecoded, CpuExhausted, MemoryExhausted, Frozen, TooManyStreams,
    ];
}

/// <summary>A job-ending fault with what is known about this one occurrence.</summary>
public sealed class MediaException(MediaFault fault, string detail, Exception? inner = null) : Exception($"{fault.Code}: {detail}", inner)
{
    /// <summary>The fault.</summary>
    public MediaFault Fault { get; } = fault;

    /// <summary>What the library said; for operators, not shown to users.</summary>
    public string Detail { get; } = detail;

    /// <summary>What was known before it happened: with <see cref="MediaFault.NothingSelected"/>, what was asked for by name and is not there, one by one.</summary>
    public IReadOnlyList<MediaWarning> Warnings { get; init; } = [];
}

/// <summary>Something a user should know about a result that is good all the same.</summary>
/// <param name="Code">Stable code, for example <c>variable_frame_rate</c> or <c>rotation_applied</c>.</param>
/// <param name="Message">A sentence.</param>
/// <param name="AtSeconds">Where in the video, if anywhere.</param>
public sealed record MediaWarning(string Code, string Message, double? AtSeconds = null)
{
    /// <summary>Code of a moment that was asked for and at which nothing is on screen.</summary>
    public const string TimestampOutOfRange = "timestamp_out_of_range";

    /// <summary>Code of a frame that was asked for by its number and that the video does not have.</summary>
    public const string FrameOutOfRange = "frame_out_of_range";
}
