namespace Fotograma.Media.Native;

/// <summary>What libav knows about a pixel format.</summary>
internal readonly record struct PixelFormat(int Number)
{
    private const ulong BitstreamFlag = 1 << 2;
    private const ulong PaletteFlag = 1 << 1;
    private const ulong HardwareFlag = 1 << 3;
    private const ulong PlanarFlag = 1 << 4;
    private const ulong RgbFlag = 1 << 5;

    private static LibavLayout Layout => Libav.Layout;

    public string? Name => Memory.Text(AvUtil.PixelFormatName(Number));
    public int Components => Memory.Field<byte>(Descriptor, Layout.PixelComponents);
    public int ChromaWidthShift => Memory.Field<byte>(Descriptor, Layout.PixelChromaWidthShift);
    public int ChromaHeightShift => Memory.Field<byte>(Descriptor, Layout.PixelChromaHeightShift);
    public int Depth => Memory.Field<int>(Descriptor, Layout.PixelComponent + Layout.ComponentDepth);

    /// <summary>Bytes from one sample to the next in the first component's plane.</summary>
    public int SampleBytes => Memory.Field<int>(Descriptor, Layout.PixelComponent + Layout.ComponentStep);

    public bool IsRgb => (Flags & RgbFlag) != 0;

    /// <summary>Every component has its own plane, so that planes can be turned one by one.</summary>
    public bool IsFullyPlanar => Components < 2 || ((Flags & PlanarFlag) != 0 && Components == PlaneCount);

    public bool IsUsable => Descriptor != 0 && (Flags & (BitstreamFlag | PaletteFlag | HardwareFlag)) == 0;

    /// <summary>Bytes of one picture, without what libav adds to its rows; of a format that it does not know, as many as the larger ones have.</summary>
    public long PictureBytes(int width, int height)
    {
        var pixels = (long)width * height;
        if (!IsUsable) return 3 * pixels;
        if (PlaneCount == 1) return pixels * SampleBytes;
        var chroma = (((long)width + (1 << ChromaWidthShift) - 1) >> ChromaWidthShift) * ((height + (1 << ChromaHeightShift) - 1) >> ChromaHeightShift);
        // Luma, two of chroma or one of both, and alpha.
        return SampleBytes * ((Components > 3 ? 2 * pixels : pixels) + (2 * chroma));
    }

    private int PlaneCount
    {
        get
        {
            var last = 0;
            for (var i = 0; i < Components; i++)
                last = Math.Max(last, Memory.Field<int>(Descriptor, Layout.PixelComponent + i * Layout.ComponentStride));
            return last + 1;
        }
    }

    private ulong Flags => Memory.Field<ulong>(Descriptor, Layout.PixelFlags);

    private nint Descriptor => AvUtil.PixelFormatDescriptor(Number);

    /// <summary>The format with libav's name <paramref name="name"/>.</summary>
    public static PixelFormat Named(string name) => new(AvUtil.PixelFormatByName(name));
}
