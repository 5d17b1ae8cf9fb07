namespace Fotograma.Media.Native;

/// <summary>One stream of an open container (<c>AVStream</c>); valid as long as the container is open.</summary>
internal readonly unsafe record struct NativeStream(nint Pointer)
{
    private const int VideoType = 0;
    private const int AttachedPicture = 1024;
    private const int DefaultStream = 1;
    private const int DiscardAll = 48;
    private const int ProgressiveOrder = 1;
    private const int DisplayMatrixType = 5;
    private const int DisplayMatrixBytes = 36;

    private static LibavLayout Layout => Libav.Layout;

    public nint Parameters => Field<nint>(Layout.StreamParameters);
    public int Index => Field<int>(Layout.StreamIndex);
    public NativeRational TimeBase => Field<NativeRational>(Layout.StreamTimeBase);
    public long StartTime => Field<long>(Layout.StreamStartTime);
    public long Duration => Field<long>(Layout.StreamDuration);
    public NativeRational AverageRate => Field<NativeRational>(Layout.StreamAverageRate);
    public int WrapBits => Field<int>(Layout.StreamWrapBits);
    public bool IsVideo => Parameter(Layout.ParametersType) == VideoType;
    public bool IsAttachedPicture => (Field<int>(Layout.StreamDisposition) & AttachedPicture) != 0;
    public bool IsDefault => (Field<int>(Layout.StreamDisposition) & DefaultStream) != 0;
    public int Width => Parameter(Layout.ParametersWidth);
    public int Height => Parameter(Layout.ParametersHeight);
    /// <summary>Width and height of a pixel to each other by the container, and by the codec; 0 to something where it is not known.</summary>
    public NativeRational PixelAspect => Field<NativeRational>(Layout.StreamPixelAspect);
    public NativeRational CodecPixelAspect => Memory.Field<NativeRational>(Parameters, Layout.ParametersPixelAspect);
    public int Format => Parameter(Layout.ParametersFormat);
    public int ColorRange => Parameter(Layout.ParametersColorRange);
    public int ColorSpace => Parameter(Layout.ParametersColorSpace);
    public int ColorTransfer => Parameter(Layout.ParametersColorTransfer);

    /// <summary>The decoder's set-up data, for example an avcC or hvcC box.</summary>
    public ReadOnlySpan<byte> SetUp => new(
        (void*)Memory.Field<nint>(Parameters, Layout.ParametersSetUp), Parameter(Layout.ParametersSetUpBytes));

    /// <summary>Whether the container says that pictures are interlaced.</summary>
    public bool IsInterlaced => Parameter(Layout.ParametersFieldOrder) > ProgressiveOrder;

    /// <summary>Short name of the codec.</summary>
    public string Codec => Memory.Text(AvCodec.CodecName(Parameter(Layout.ParametersCodec))) ?? "unknown";

    /// <summary>The nine numbers of the display matrix; null when there is none.</summary>
    public int* DisplayMatrix
    {
        get
        {
            nuint bytes = 0;
            nint data;
            if (Layout.ParametersSideData is { } offset)
            {
                var entry = AvCodec.FindSideData(
                    Memory.Field<nint>(Parameters, offset), Memory.Field<int>(Parameters, Layout.ParametersSideDataCount), DisplayMatrixType);
                if (entry == 0) return null;
                (data, bytes) = (Memory.Field<nint>(entry, 0), Memory.Field<nuint>(entry, Layout.SideDataBytes));
            }
            else
            {
                data = AvFormat.StreamSideData(Pointer, DisplayMatrixType, &bytes);
            }

            return bytes < DisplayMatrixBytes ? null : (int*)data;
        }
    }

    /// <summary>Tells the demuxer that nobody wants this stream's packets.</summary>
    public void Discard() => Field<int>(Layout.StreamDiscard) = DiscardAll;

    private ref T Field<T>(int offset) where T : unmanaged => ref Memory.Field<T>(Pointer, offset);

    private int Parameter(int offset) => Memory.Field<int>(Parameters, offset);
}
