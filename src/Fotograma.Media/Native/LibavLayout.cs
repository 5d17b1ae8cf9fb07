namespace Fotograma.Media.Native;

/// <summary>
/// Where the fields the engine reads lie in libav's structures, as byte offsets on a 64-bit machine, for one library generation. Fields
/// are part of the public headers and keep their place within a major version; the numbers were taken with <c>offsetof</c> from the
/// headers of FFmpeg 5.1, 6.0, 6.1, 7.0, 7.1, 8.0 and 8.1, and <see cref="LayoutCheck"/> verifies them against the library that was loaded.
/// </summary>
internal sealed record LibavLayout
{
    /// <summary>Major version of libavcodec and libavformat.</summary>
    public required int CodecMajor { get; init; }

    /// <summary>Major version of libavutil.</summary>
    public int UtilMajor => CodecMajor - 2;

    /// <summary>Major version of libswscale.</summary>
    public int ScaleMajor => CodecMajor - 53;

    // AVFormatContext and its parts; the ones without "required" have never moved.
    public int FormatInput { get; init; } = 8;
    public int FormatIo { get; init; } = 32;
    public int FormatStreamCount { get; init; } = 44;
    public int FormatStreams { get; init; } = 48;
    public required int FormatStartTime { get; init; }
    public required int FormatDuration { get; init; }
    public required int FormatProbeSize { get; init; }
    public int InputName { get; init; }
    public int InputFlags { get; init; } = 16;
    public int IoBuffer { get; init; } = 8;

    // AVStream.
    public required int StreamIndex { get; init; }
    public required int StreamParameters { get; init; }
    public required int StreamTimeBase { get; init; }
    public required int StreamStartTime { get; init; }
    public required int StreamDuration { get; init; }
    public required int StreamDisposition { get; init; }
    public required int StreamDiscard { get; init; }

    /// <summary>The container's word on the shape of pixels.</summary>
    public int StreamPixelAspect => StreamDiscard + sizeof(int);
    public required int StreamAverageRate { get; init; }
    public required int StreamWrapBits { get; init; }

    // AVCodecParameters.
    public int ParametersType { get; init; }
    public int ParametersCodec { get; init; } = 4;
    public int ParametersSetUp { get; init; } = 16;
    public int ParametersSetUpBytes { get; init; } = 24;
    public required int ParametersFormat { get; init; }
    public required int ParametersWidth { get; init; }
    public required int ParametersHeight { get; init; }
    public int ParametersPixelAspect => ParametersHeight + sizeof(int);
    public required int ParametersFieldOrder { get; init; }
    public required int ParametersColorRange { get; init; }
    public required int ParametersColorTransfer { get; init; }
    public required int ParametersColorSpace { get; init; }

    /// <summary>Side data of the stream; null where it hangs on the stream itself and is had by a function.</summary>
    public int? ParametersSideData { get; init; }
    public int ParametersSideDataCount { get; init; }

    // AVPacket.
    public int PacketPts { get; init; } = 8;
    public int PacketDts { get; init; } = 16;
    public int PacketData { get; init; } = 24;
    public int PacketSize { get; init; } = 32;
    public int PacketStream { get; init; } = 36;
    public int PacketFlags { get; init; } = 40;
    public int PacketDuration { get; init; } = 64;
    public int PacketPosition { get; init; } = 72;

    // AVFrame.
    public int FrameData { get; init; }
    public int FrameLineSize { get; init; } = 64;
    public int FrameWidth { get; init; } = 104;
    public int FrameHeight { get; init; } = 108;
    public int FrameFormat { get; init; } = 116;
    public int FramePixelAspect { get; init; } = 128;
    public int FramePts { get; init; } = 136;
    public required int FrameQuality { get; init; }
    public required int FrameFlags { get; init; }
    public required int FrameColorRange { get; init; }
    public int FrameColorPrimaries => FrameColorRange + sizeof(int);
    public required int FrameColorSpace { get; init; }
    public required int FrameColorTransfer { get; init; }
    public required int FrameBestEffort { get; init; }
    public required int FrameDuration { get; init; }
    public required int FrameDecodeErrors { get; init; }

    /// <summary>The key-frame number of old libraries; null where <see cref="FrameFlags"/> holds it as a bit.</summary>
    public int? FrameKey { get; init; }

    /// <summary>Whether a frame is interlaced, likewise.</summary>
    public int? FrameInterlaced { get; init; }

    /// <summary>Whether the upper field comes first in time, likewise; it follows <see cref="FrameInterlaced"/>.</summary>
    public int? FrameTopFirst => FrameInterlaced + sizeof(int);
    public int SideDataBytes { get; init; } = 8;

    // AVCodecContext.
    public required int CodecWidth { get; init; }
    public required int CodecHeight { get; init; }
    public required int CodecFormat { get; init; }
    public required int CodecReorder { get; init; }
    public required int CodecRate { get; init; }

    // AVPixFmtDescriptor and AVComponentDescriptor.
    public int PixelComponents { get; init; } = 8;
    public int PixelChromaWidthShift { get; init; } = 9;
    public int PixelChromaHeightShift { get; init; } = 10;
    public int PixelFlags { get; init; } = 16;
    public int PixelComponent { get; init; } = 24;
    public int ComponentStride { get; init; } = 20;
    public int ComponentStep { get; init; } = 4;
    public int ComponentDepth { get; init; } = 16;

    /// <summary>Every generation that is understood, newest last.</summary>
    public static IReadOnlyList<LibavLayout> Known { get; } = [Five, Six, Seven, Eight];

    /// <summary>FFmpeg 5.</summary>
    private static LibavLayout Five => new()
    {
        CodecMajor = 59,
        FormatStartTime = 64, FormatDuration = 72, FormatProbeSize = 104,
        StreamIndex = 0, StreamParameters = 208, StreamTimeBase = 16, StreamStartTime = 24, StreamDuration = 32, StreamDisposition = 48,
        StreamDiscard = 52, StreamAverageRate = 72, StreamWrapBits = 216,
        ParametersFormat = 28, ParametersWidth = 56, ParametersHeight = 60, ParametersFieldOrder = 72, ParametersColorRange = 76, ParametersColorTransfer = 84,
        ParametersColorSpace = 88,
        FrameQuality = 168, FrameFlags = 316, FrameColorRange = 320, FrameColorTransfer = 328, FrameColorSpace = 332, FrameBestEffort = 344,
        FrameDuration = 360, FrameDecodeErrors = 376, FrameKey = 120, FrameInterlaced = 188,
        CodecWidth = 116, CodecHeight = 120, CodecFormat = 136, CodecReorder = 172, CodecRate = 712,
    };

    /// <summary>FFmpeg 6.</summary>
    private static LibavLayout Six => Five with
    {
        CodecMajor = 60,
        StreamIndex = 8, StreamParameters = 16, StreamTimeBase = 32, StreamStartTime = 40, StreamDuration = 48, StreamDisposition = 64,
        StreamDiscard = 68, StreamAverageRate = 88, StreamWrapBits = 224,
        FrameDuration = 472,
        CodecRate = 704,
    };

    /// <summary>FFmpeg 7.</summary>
    private static LibavLayout Seven => Six with
    {
        CodecMajor = 61,
        FormatStartTime = 96, FormatDuration = 104, FormatProbeSize = 136,
        ParametersFormat = 44, ParametersWidth = 72, ParametersHeight = 76, ParametersFieldOrder = 96, ParametersColorRange = 100, ParametersColorTransfer = 108,
        ParametersColorSpace = 112, ParametersSideData = 32, ParametersSideDataCount = 40,
        FrameQuality = 160, FrameFlags = 292, FrameColorRange = 296, FrameColorTransfer = 304, FrameColorSpace = 308, FrameBestEffort = 320,
        FrameDuration = 432, FrameDecodeErrors = 344, FrameInterlaced = null,
        CodecFormat = 140, CodecReorder = 176, CodecRate = 100,
    };

    /// <summary>FFmpeg 8.</summary>
    private static LibavLayout Eight => Seven with
    {
        CodecMajor = 62,
        StreamWrapBits = 212,
        FrameFlags = 276, FrameColorRange = 280, FrameColorTransfer = 288, FrameColorSpace = 292, FrameBestEffort = 304,
        FrameDuration = 408, FrameDecodeErrors = 320, FrameKey = null, FramePixelAspect = 124,
        CodecWidth = 112, CodecHeight = 116, CodecFormat = 136, CodecReorder = 172,
    };
}
