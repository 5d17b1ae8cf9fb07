namespace Fotograma.Media.Jpeg;

/// <summary>One component of a picture: 8-bit samples, top row first, each row <c>Stride</c> bytes after the one before.</summary>
internal readonly ref struct Plane(ReadOnlySpan<byte> samples, int stride)
{
    public ReadOnlySpan<byte> Samples { get; } = samples;
    public int Stride { get; } = stride;
}

/// <summary>A picture in the colours of JPEG: full-range BT.601, chroma at most halved in either direction.</summary>
/// <param name="width">Width in pixels.</param>
/// <param name="height">Height in pixels.</param>
/// <param name="chromaWidthShift">1 when chroma has half the columns, rounded up; else 0.</param>
/// <param name="chromaHeightShift">1 when chroma has half the rows, rounded up; else 0.</param>
internal ref struct YuvPicture(int width, int height, int chromaWidthShift, int chromaHeightShift)
{
    public const int Components = 3;

    /// <summary>The most pixels of a side that a JPEG can tell.</summary>
    public const int SideMax = ushort.MaxValue;

    public Plane Luma { readonly get; init; }
    public Plane Blue { readonly get; init; }
    public Plane Red { readonly get; init; }
    public readonly int Width => width;
    public readonly int Height => height;
    public readonly int ChromaWidthShift => chromaWidthShift;
    public readonly int ChromaHeightShift => chromaHeightShift;

    /// <summary>Luma, blue or red.</summary>
    public readonly Plane this[int component] => component switch { 0 => Luma, 1 => Blue, _ => Red };

    /// <summary>Columns of a component.</summary>
    public readonly int ColumnsOf(int component) => component == 0 ? width : (width + (1 << chromaWidthShift) - 1) >> chromaWidthShift;

    /// <summary>Rows of a component.</summary>
    public readonly int RowsOf(int component) => component == 0 ? height : (height + (1 << chromaHeightShift) - 1) >> chromaHeightShift;

    /// <summary>Checks that the planes hold what the dimensions say.</summary>
    /// <exception cref="ArgumentException">They do not, or the dimensions are none that a JPEG can have.</exception>
    public readonly void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((chromaWidthShift | chromaHeightShift) >> 1, 0, "chroma shifts");
        for (var component = 0; component < Components; component++)
        {
            var plane = this[component];
            var (columns, rows) = (ColumnsOf(component), RowsOf(component));
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, SideMax);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, SideMax);
            ArgumentOutOfRangeException.ThrowIfLessThan(plane.Stride, columns);
            if (plane.Samples.Length < (long)plane.Stride * (rows - 1) + columns) throw new ArgumentException("A plane is shorter than its dimensions say.");
        }
    }
}
