namespace Fotograma.Media.Native;

/// <summary>
/// The self-test that stands between a layout table and a hostile file: it makes one of each structure through libav's own functions, which
/// fill in values known from the documentation, and reads them back by offset. Values set through offsets must come out of the functions.
/// A library that was built with another layout fails here and is refused by name, instead of corrupting memory later.
/// </summary>
internal static unsafe class LayoutCheck
{
    private const long No = Libav.NoTimestamp;

    /// <summary>A fraction nobody has set.</summary>
    private static readonly NativeRational Unknown = new(0, 1);

    /// <summary>Why the loaded libraries cannot be used; null when they can.</summary>
    public static string? FindProblem(LibavLayout layout)
    {
        (string Name, uint Version, int Major)[] versions =
        [
            ("libavutil", AvUtil.Version(), layout.UtilMajor), ("libavcodec", AvCodec.Version(), layout.CodecMajor),
            ("libavformat", AvFormat.Version(), layout.CodecMajor), ("libswscale", SwScale.Version(), layout.ScaleMajor),
        ];
        foreach (var (name, version, major) in versions)
            if (version >> 16 != major) return $"{name} says it is version {version >> 16} in a file named for version {major}.";

        string? structure = !Packet(layout) ? "AVPacket"
            : !Frame(layout) ? "AVFrame"
            : !Parameters(layout) ? "AVCodecParameters or AVCodecContext"
            : !Streams(layout) ? "AVFormatContext or AVStream"
            : !Pixels(layout) ? "AVPixFmtDescriptor"
            : null;
        return structure is null ? null : $"{structure} of libavcodec {layout.CodecMajor} is not laid out as expected.";
    }

    private static bool Packet(LibavLayout layout)
    {
        const int PayloadBytes = 123;
        var packet = AvCodec.AllocatePacket();
        if (packet == 0) return false;
        try
        {
            return AvCodec.AllocatePayload(packet, PayloadBytes) >= 0
                && Memory.Field<long>(packet, layout.PacketPts) == No
                && Memory.Field<long>(packet, layout.PacketDts) == No
                && Memory.Field<nint>(packet, layout.PacketData) != 0
                && Memory.Field<int>(packet, layout.PacketSize) == PayloadBytes
                && Memory.Field<int>(packet, layout.PacketStream) == 0
                && Memory.Field<int>(packet, layout.PacketFlags) == 0
                && Memory.Field<long>(packet, layout.PacketDuration) == 0
                && Memory.Field<long>(packet, layout.PacketPosition) == -1;
        }
        finally
        {
            AvCodec.FreePacket(&packet);
        }
    }

    private static bool Frame(LibavLayout layout)
    {
        const int Width = 70;
        const int Height = 50;
        const int Unspecified = 2;
        var frame = AvUtil.AllocateFrame();
        if (frame == 0) return false;
        try
        {
            var fresh = Memory.Field<int>(frame, layout.FrameFormat) == -1
                && Memory.Field<long>(frame, layout.FramePts) == No
                && Memory.Field<long>(frame, layout.FrameBestEffort) == No
                && Memory.Field<long>(frame, layout.FrameDuration) == 0
                && Memory.Field<int>(frame, layout.FrameColorRange) == 0
                && Memory.Field<NativeRational>(frame, layout.FramePixelAspect) == Unknown
                && Memory.Field<int>(frame, layout.FrameColorSpace) == Unspecified
                && Memory.Field<int>(frame, layout.FrameColorPrimaries) == Unspecified
                && Memory.Field<int>(frame, layout.FrameColorTransfer) == Unspecified
                && Memory.Field<int>(frame, layout.FrameDecodeErrors) == 0
                && Memory.Field<int>(frame, layout.FrameQuality) == 0;
            if (!fresh) return false;
            Memory.Field<int>(frame, layout.FrameWidth) = Width;
            Memory.Field<int>(frame, layout.FrameHeight) = Height;
            Memory.Field<int>(frame, layout.FrameFormat) = AvUtil.PixelFormatByName("yuv420p");
            return AvUtil.AllocatePlanes(frame, 0) >= 0
                && Memory.Field<nint>(frame, layout.FrameData) != 0
                && Memory.Field<nint>(frame, layout.FrameData + 2 * sizeof(nint)) != 0
                && Memory.Field<nint>(frame, layout.FrameData + 3 * sizeof(nint)) == 0
                && Memory.Field<int>(frame, layout.FrameLineSize) is >= Width and < Width * 4
                && Memory.Field<int>(frame, layout.FrameLineSize + sizeof(int)) is >= Width / 2 and < Width * 4
                && Memory.Field<int>(frame, layout.FrameLineSize + 3 * sizeof(int)) == 0;
        }
        finally
        {
            AvUtil.FreeFrame(&frame);
        }
    }

    private static bool Parameters(LibavLayout layout)
    {
        const int Width = 322;
        const int Height = 182;
        const int Unspecified = 2;
        var parameters = AvCodec.AllocateParameters();
        var context = AvCodec.AllocateContext(0);
        try
        {
            if (parameters == 0 || context == 0) return false;
            var fresh = Memory.Field<int>(parameters, layout.ParametersType) == -1
                && Memory.Field<int>(parameters, layout.ParametersFormat) == -1
                && Memory.Field<int>(parameters, layout.ParametersWidth) == 0
                && Memory.Field<NativeRational>(parameters, layout.ParametersPixelAspect) == Unknown
                && Memory.Field<int>(parameters, layout.ParametersColorRange) == 0
                && Memory.Field<int>(parameters, layout.ParametersColorSpace) == Unspecified
                && Memory.Field<int>(parameters, layout.ParametersColorTransfer) == Unspecified
                && (layout.ParametersSideData is not { } side || Memory.Field<nint>(parameters, side) == 0);
            if (!fresh) return false;
            var format = AvUtil.PixelFormatByName("yuv422p");
            Memory.Field<int>(parameters, layout.ParametersType) = 0;
            Memory.Field<int>(parameters, layout.ParametersFormat) = format;
            Memory.Field<int>(parameters, layout.ParametersWidth) = Width;
            Memory.Field<int>(parameters, layout.ParametersHeight) = Height;
            return AvCodec.ApplyParameters(context, parameters) >= 0
                && Memory.Field<int>(context, layout.CodecWidth) == Width
                && Memory.Field<int>(context, layout.CodecHeight) == Height
                && Memory.Field<int>(context, layout.CodecFormat) == format
                && Memory.Field<int>(context, layout.CodecReorder) == 0
                && Memory.Field<NativeRational>(context, layout.CodecRate) == Unknown;
        }
        finally
        {
            AvCodec.FreeContext(&context);
            AvCodec.FreeParameters(&parameters);
        }
    }

    private static bool Streams(LibavLayout layout)
    {
        const long ProbeBytes = 1_234_567;
        var format = AvFormat.AllocateContext();
        if (format == 0) return false;
        try
        {
            if (AvUtil.SetOption(format, "probesize", ProbeBytes, 0) < 0) return false;
            _ = AvFormat.AddStream(format, 0);
            var second = AvFormat.AddStream(format, 0);
            return second != 0
                && Memory.Field<long>(format, layout.FormatProbeSize) == ProbeBytes
                && Memory.Field<int>(format, layout.FormatStreamCount) == 2
                && Memory.Field<nint>(Memory.Field<nint>(format, layout.FormatStreams), sizeof(nint)) == second
                && Memory.Field<long>(format, layout.FormatStartTime) == 0
                && Memory.Field<long>(format, layout.FormatDuration) == 0
                && Memory.Field<int>(second, layout.StreamIndex) == 1
                && Memory.Field<long>(second, layout.StreamStartTime) == No
                && Memory.Field<long>(second, layout.StreamDuration) == No
                && Memory.Field<int>(second, layout.StreamDiscard) == 0
                && Memory.Field<int>(second, layout.StreamDisposition) == 0
                && Memory.Field<NativeRational>(second, layout.StreamPixelAspect) == Unknown
                && Memory.Field<nint>(second, layout.StreamParameters) is var parameters && parameters != 0
                && Memory.Field<int>(parameters, layout.ParametersType) == -1;
        }
        finally
        {
            AvFormat.FreeContext(format);
        }
    }

    private static bool Pixels(LibavLayout layout)
    {
        const int PlanarFlag = 1 << 4;
        var descriptor = AvUtil.PixelFormatDescriptor(AvUtil.PixelFormatByName("yuv420p10le"));
        return descriptor != 0
            && Memory.Text(Memory.Field<nint>(descriptor, 0)) == "yuv420p10le"
            && Memory.Field<byte>(descriptor, layout.PixelComponents) == 3
            && Memory.Field<byte>(descriptor, layout.PixelChromaWidthShift) == 1
            && Memory.Field<byte>(descriptor, layout.PixelChromaHeightShift) == 1
            && Memory.Field<ulong>(descriptor, layout.PixelFlags) == PlanarFlag
            && Memory.Field<int>(descriptor, layout.PixelComponent + layout.ComponentStride) == 1
            && Memory.Field<int>(descriptor, layout.PixelComponent + layout.ComponentStep) == 2
            && Memory.Field<int>(descriptor, layout.PixelComponent + layout.ComponentDepth) == 10;
    }
}
