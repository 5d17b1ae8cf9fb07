namespace Fotograma.Media.Native;

/// <summary>A conversion between two picture shapes (<c>SwsContext</c>).</summary>
internal sealed unsafe class NativeScaler : NativeStruct
{
    private const int ReservedColorSpace = 8;
    private const int ColorSpaceLast = 10;
    private const int Bt470Bg = 5;

    private NativeScaler(nint pointer) : base(pointer)
    {
    }

    /// <summary>Sets up a conversion with the options the ffmpeg program's scale filter sets, by their names.</summary>
    public static NativeScaler Open(params ReadOnlySpan<(string Name, long Value)> options)
    {
        var scaler = new NativeScaler(LibavError.Check(SwScale.AllocateContext(), "sws_alloc_context"));
        try
        {
            foreach (var (name, value) in options) LibavError.Check(AvUtil.SetOption(scaler.handle, name, value, 0), name);
            LibavError.Check(SwScale.Initialise(scaler.handle, 0, 0), "sws_init_context");
            return scaler;
        }
        catch
        {
            scaler.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Takes the matrix and the range from a frame's tags, as the scale filter does: an unknown matrix is BT.601, an unspecified range
    /// leaves what the pixel format implies. <paramref name="targetFull"/> forces the target's range.
    /// </summary>
    public void UseColorsOf(NativeFrame frame, bool? targetFull)
    {
        nint sourceTable, targetTable;
        int sourceFull, full, brightness, contrast, saturation;
        if (SwScale.GetDetails(handle, &sourceTable, &sourceFull, &targetTable, &full, &brightness, &contrast, &saturation) < 0) return;
        var space = frame.ColorSpace is < 1 or > ColorSpaceLast or ReservedColorSpace ? Bt470Bg : frame.ColorSpace;
        var table = SwScale.Coefficients(space);
        if (frame.ColorRange != AvColorRange.Unspecified) sourceFull = frame.ColorRange == AvColorRange.Full ? 1 : 0;
        if (targetFull is { } forced) full = forced ? 1 : 0;
        _ = SwScale.SetDetails(handle, table, sourceFull, table, full, brightness, contrast, saturation);
    }

    /// <summary>Converts a whole picture.</summary>
    public void Convert(NativeFrame source, NativeFrame target) =>
        LibavError.Check(
            SwScale.Convert(handle, source.Planes, source.LineSizes, 0, source.Height, target.Planes, target.LineSizes), "sws_scale");

    /// <summary>
    /// Converts some rows of a planar picture as if they were its first, into rows of a packed one, and gives how many rows that made.
    /// </summary>
    public int ConvertRows(NativeFrame source, int first, int rows, NativeFrame target, int place)
    {
        const int Planes = 4;
        var shift = new PixelFormat(source.Format).ChromaHeightShift;
        var from = stackalloc nint[Planes];
        var to = stackalloc nint[Planes];
        for (var plane = 0; plane < Planes && source.Plane(plane) != null; plane++)
            from[plane] = (nint)(source.Plane(plane) + ((nint)(plane == 0 ? first : first >> shift) * source.LineSize(plane)));
        to[0] = (nint)(target.Plane(0) + ((nint)place * target.LineSize(0)));
        return SwScale.Convert(handle, (nint)from, source.LineSizes, 0, rows, (nint)to, target.LineSizes);
    }

    protected override bool ReleaseHandle()
    {
        SwScale.FreeContext(handle);
        return true;
    }
}
