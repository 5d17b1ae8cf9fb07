using Fotograma.Media.Native;

namespace Fotograma.Media.Conversion;

/// <summary>
/// One plane of a frame and, where they are at hand, of its neighbours, seen as fields. Rows outside the picture are mirrored at its edge, which
/// keeps them in their field.
/// </summary>
internal readonly unsafe struct PlaneFields
{
    private readonly NativeFrame now;
    private readonly NativeFrame? before;
    private readonly NativeFrame? after;
    private readonly float most;

    /// <summary>Looks at a plane.</summary>
    public PlaneFields(NativeFrame now, NativeFrame? before, NativeFrame? after, int plane, bool topFirst, PixelFormat format)
    {
        (this.now, this.before, this.after) = (now, before, after);
        var chroma = plane is 1 or 2 && !format.IsRgb;
        var (across, down) = chroma ? (format.ChromaWidthShift, format.ChromaHeightShift) : (0, 0);
        Plane = plane;
        Width = (now.Width + (1 << across) - 1) >> across;
        Height = (now.Height + (1 << down) - 1) >> down;
        KeptParity = topFirst ? 0 : 1;
        most = (1 << format.Depth) - 1;
    }

    /// <summary>Number of the plane.</summary>
    public int Plane { get; }

    /// <summary>Samples in a row.</summary>
    public int Width { get; }

    /// <summary>Rows of both fields.</summary>
    public int Height { get; }

    /// <summary>0 when the even rows stay, 1 when the odd ones do.</summary>
    public int KeptParity { get; }

    /// <summary>A row of the frame itself.</summary>
    public T* Now<T>(int row) where T : unmanaged => Row<T>(now, row);

    /// <summary>
    /// What fills the missing <paramref name="row"/>. The field before it lies in the frame before, without which the row comes from its own field
    /// alone; the field after it lies in the same frame. The frame after only tells whether something moves.
    /// </summary>
    public FieldFilter<T> Filter<T>(int row) where T : unmanaged
    {
        var (past, future) = (before ?? now, after ?? now);
        return new FieldFilter<T>
        {
            Above = Now<T>(row - 1), Below = Now<T>(row + 1), FarAbove = Now<T>(row - 3), FarBelow = Now<T>(row + 3),
            AboveBefore = Row<T>(past, row - 1), BelowBefore = Row<T>(past, row + 1),
            AboveAfter = Row<T>(future, row - 1), BelowAfter = Row<T>(future, row + 1),
            Earlier = Rows<T>(past, row), Later = Rows<T>(now, row),
            Most = most, HasNeighbours = before is not null,
        };
    }

    /// <summary>Fills a row that is too short for the filter.</summary>
    public void Average<T>(T* target, int row) where T : unmanaged
    {
        for (var x = 0; x < Width; x++)
        {
            if (typeof(T) == typeof(byte)) ((byte*)target)[x] = (byte)((Now<byte>(row - 1)[x] + Now<byte>(row + 1)[x] + 1) / 2);
            else ((ushort*)target)[x] = (ushort)((Now<ushort>(row - 1)[x] + Now<ushort>(row + 1)[x] + 1) / 2);
        }
    }

    private FieldRows<T> Rows<T>(NativeFrame frame, int row) where T : unmanaged => new()
    {
        Row = Row<T>(frame, row), Above = Row<T>(frame, row - 2), Below = Row<T>(frame, row + 2), FarAbove = Row<T>(frame, row - 4), FarBelow = Row<T>(frame, row + 4),
    };

    private T* Row<T>(NativeFrame frame, int row) where T : unmanaged
    {
        if (row < 0) row = -row;
        if (row >= Height) row = 2 * (Height - 1) - row;
        return (T*)(frame.Plane(Plane) + (nint)Math.Clamp(row, 0, Height - 1) * frame.LineSize(Plane));
    }
}
