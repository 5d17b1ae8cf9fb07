namespace Fotograma.Media.Conversion;

/// <summary>
/// A hash under which pictures that look alike differ in few bits: the difference hash of N. Krawetz ("Kind of Like That", 2013). The picture is
/// averaged to nine by eight fields of luma, and each bit says whether a field is brighter than its left neighbour. Here it has to be brighter by
/// more than two levels of 256, so that noise in even areas decides nothing. Bit 63 is the top left pair, bit 0 the bottom right one.
/// </summary>
internal static class PictureHash
{
    /// <summary>Width in pixels of the small picture that is hashed.</summary>
    public const int Width = FieldColumns * FieldSide;

    /// <summary>Height in pixels of the small picture that is hashed.</summary>
    public const int Height = FieldRows * FieldSide;

    /// <summary>Fields in a row.</summary>
    public const int FieldColumns = 9;

    /// <summary>Rows of fields.</summary>
    public const int FieldRows = 8;

    private const int FieldSide = 8;
    private const double MarginLevels = 2;

    /// <summary>The hash of <see cref="Height"/> rows of <see cref="Width"/> luma samples, each <paramref name="stride"/> after the one before.</summary>
    public static ulong Of(ReadOnlySpan<byte> luma, int stride)
    {
        Span<double> means = stackalloc double[FieldColumns * FieldRows];
        means.Clear();
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++) means[y / FieldSide * FieldColumns + x / FieldSide] += luma[y * stride + x];
        }

        foreach (ref var mean in means) mean /= FieldSide * FieldSide;
        return Of(means);
    }

    /// <summary>The hash of fields, row by row, by their mean luma in levels of 256.</summary>
    public static ulong Of(ReadOnlySpan<double> means)
    {
        var hash = 0UL;
        for (var row = 0; row < FieldRows; row++)
        {
            var fields = means.Slice(row * FieldColumns, FieldColumns);
            for (var column = 1; column < FieldColumns; column++) hash = hash << 1 | (fields[column] > fields[column - 1] + MarginLevels ? 1UL : 0);
        }

        return hash;
    }
}
