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

    private const int FieldColumns = 9;
    private const int FieldRows = 8;
    private const int FieldSide = 8;

    /// <summary>Two levels, summed over the pixels of a field.</summary>
    private const int Margin = 2 * FieldSide * FieldSide;

    /// <summary>The hash of <see cref="Height"/> rows of <see cref="Width"/> luma samples, each <paramref name="stride"/> after the one before.</summary>
    public static ulong Of(ReadOnlySpan<byte> luma, int stride)
    {
        var hash = 0UL;
        Span<int> fields = stackalloc int[FieldColumns];
        for (var row = 0; row < FieldRows; row++)
        {
            fields.Clear();
            for (var y = row * FieldSide; y < (row + 1) * FieldSide; y++)
            {
                for (var x = 0; x < Width; x++) fields[x / FieldSide] += luma[y * stride + x];
            }

            for (var column = 1; column < FieldColumns; column++) hash = hash << 1 | (fields[column] > fields[column - 1] + Margin ? 1UL : 0);
        }

        return hash;
    }
}
