namespace Fotograma.Media.Native;

/// <summary>A decoded picture (<c>AVFrame</c>). Holds a counted reference to its pixels.</summary>
internal sealed unsafe class NativeFrame() : NativeStruct(LibavError.Check(AvUtil.AllocateFrame(), "av_frame_alloc"))
{
    private const int KeyFlag = 1 << 1;
    private const int CorruptFlag = 1;
    private const int InterlacedFlag = 1 << 3;
    private const int TopFirstFlag = 1 << 4;
    private const int DisplayMatrixType = 6;

    private static LibavLayout Layout => Libav.Layout;

    public ref int Width => ref Field<int>(Layout.FrameWidth);
    public ref int Height => ref Field<int>(Layout.FrameHeight);

    /// <summary>Pixel format number; -1 for none.</summary>
    public ref int Format => ref Field<int>(Layout.FrameFormat);
    public ref long Pts => ref Field<long>(Layout.FramePts);
    public ref int Quality => ref Field<int>(Layout.FrameQuality);

    /// <summary>0 unspecified, 1 limited, 2 full.</summary>
    public ref int ColorRange => ref Field<int>(Layout.FrameColorRange);
    public ref int ColorSpace => ref Field<int>(Layout.FrameColorSpace);
    public ref int ColorPrimaries => ref Field<int>(Layout.FrameColorPrimaries);
    public ref int ColorTransfer => ref Field<int>(Layout.FrameColorTransfer);

    /// <summary>Width and height of a pixel to each other; 0 to something where it is not known.</summary>
    public NativeRational PixelAspect => Field<NativeRational>(Layout.FramePixelAspect);

    /// <summary>The decoder's best guess of the presentation time, in the unit the packets had.</summary>
    public ref long BestEffort => ref Field<long>(Layout.FrameBestEffort);
    public long Duration => Field<long>(Layout.FrameDuration);

    public bool IsKey => Layout.FrameKey is { } offset ? Field<int>(offset) != 0 : (Field<int>(Layout.FrameFlags) & KeyFlag) != 0;

    /// <summary>Whether the picture consists of two fields taken one after the other.</summary>
    public bool IsInterlaced => Layout.FrameInterlaced is { } offset ? Field<int>(offset) != 0 : (Field<int>(Layout.FrameFlags) & InterlacedFlag) != 0;

    /// <summary>Whether the even rows, counted from 0, were taken before the odd ones.</summary>
    public bool IsTopFirst => Layout.FrameTopFirst is { } offset ? Field<int>(offset) != 0 : (Field<int>(Layout.FrameFlags) & TopFirstFlag) != 0;

    /// <summary>Whether the decoder knows that pixels are wrong.</summary>
    public bool IsDamaged => (Field<int>(Layout.FrameFlags) & CorruptFlag) != 0 || Field<int>(Layout.FrameDecodeErrors) != 0;

    /// <summary>Address of the array of plane pointers.</summary>
    public nint Planes => handle + Layout.FrameData;

    /// <summary>Address of the array of row lengths.</summary>
    public nint LineSizes => handle + Layout.FrameLineSize;

    /// <summary>The nine numbers of the display matrix; zero when there is none.</summary>
    public int* DisplayMatrix
    {
        get
        {
            var sideData = AvUtil.FrameSideData(handle, DisplayMatrixType);
            return sideData == 0 ? null : (int*)Memory.Field<nint>(sideData, Layout.SideDataBytes);
        }
    }

    /// <summary>Row length of a plane in bytes; negative for a picture stored bottom up.</summary>
    public int LineSize(int plane) => Field<int>(Layout.FrameLineSize + plane * sizeof(int));

    /// <summary>First row of a plane; null when there is no such plane.</summary>
    public byte* Plane(int plane) => (byte*)Field<nint>(Layout.FrameData + plane * sizeof(nint));

    /// <summary>A frame that shares the picture of <paramref name="source"/>.</summary>
    public static NativeFrame SharedWith(NativeFrame source)
    {
        var frame = new NativeFrame();
        frame.Share(source);
        return frame;
    }

    /// <summary>Drops the picture and shares that of <paramref name="source"/>.</summary>
    public void Share(NativeFrame source)
    {
        AvUtil.ReleaseFrame(handle);
        LibavError.Check(AvUtil.ReferFrame(handle, source.handle), "av_frame_ref");
    }

    /// <summary>Drops the picture.</summary>
    public void Clear() => AvUtil.ReleaseFrame(handle);

    /// <summary>Takes over what <paramref name="source"/> says about its colours.</summary>
    public void UseColorsOf(NativeFrame source) =>
        (ColorSpace, ColorRange, ColorPrimaries, ColorTransfer) = (source.ColorSpace, source.ColorRange, source.ColorPrimaries, source.ColorTransfer);

    /// <summary>Drops the picture and makes room for one of the given shape, and for a pixel more in each row where their number is odd.</summary>
    public void Reshape(int width, int height, int format)
    {
        if (Width == width && Height == height && Format == format && Plane(0) != null) return;
        AvUtil.ReleaseFrame(handle);
        Width = width + width % 2;
        Height = height;
        Format = format;
        LibavError.Check(AvUtil.AllocatePlanes(handle, 0), "av_frame_get_buffer");
        Width = width;
    }

    protected override bool ReleaseHandle()
    {
        var pointer = handle;
        AvUtil.FreeFrame(&pointer);
        return true;
    }
}
