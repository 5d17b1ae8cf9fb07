namespace Fotograma.Media.Png;

/// <summary>Tries both codings on a few strips of a picture, and takes the shorter.</summary>
internal sealed class RowCodingChoice(FilteredRows rows)
{
    private const int Strips = 4;
    private const int StripRows = 6;

    /// <summary>Looking for pixels takes several times as long as looking for zeros: it must save this many percent at least.</summary>
    private const int WorthwhilePercent = 3;

    private readonly DeflateBlock deflate = new();

    /// <summary>The coding that promises to make <paramref name="picture"/> shorter.</summary>
    public RowCoding Choose(Picture picture)
    {
        var smooth = Bits(picture, RowCoding.Smooth);
        var repeating = Bits(picture, RowCoding.Repeating);
        return repeating < smooth - (smooth * WorthwhilePercent / 100) ? RowCoding.Repeating : RowCoding.Smooth;
    }

    private long Bits(Picture picture, RowCoding coding)
    {
        rows.Clear();
        var bits = 0L;
        for (var strip = 0; strip < Strips; strip++)
        {
            var first = (int)((((2L * strip) + 1) * picture.Height / (2 * Strips)) - (StripRows / 2));
            first = Math.Max(0, first);
            rows.Filter(picture, first, Math.Min(picture.Height, first + StripRows), coding);
            bits += deflate.Prepare(rows.Block, rows.Sequences.Items);
        }

        return bits;
    }
}
