namespace Fotograma.Media.Png;

/// <summary>
/// A picture as it comes: <paramref name="height"/> rows of <paramref name="rowBytes"/> bytes, <paramref name="stride"/> bytes apart; or made row by row.
/// </summary>
internal readonly ref struct Picture(ReadOnlySpan<byte> bytes, int rowBytes, int height, int stride, int pixelBytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private readonly int stride = stride;

    /// <summary>Where the rows come from, when not from memory.</summary>
    public RowWindow? Window { get; init; }

    /// <summary>How many bytes of a row are picture.</summary>
    public int RowBytes { get; } = rowBytes;

    /// <summary>How many rows there are.</summary>
    public int Height { get; } = height;

    /// <summary>How many bytes a pixel has: 3 or 4.</summary>
    public int PixelBytes { get; } = pixelBytes;

    /// <summary>The row <paramref name="y"/>; 0 is the top.</summary>
    public ReadOnlySpan<byte> Row(int y) => Window is null ? bytes.Slice(checked(y * stride), RowBytes) : Window.Row(y)[..RowBytes];
}

/// <summary>How the rows of a picture are made shorter.</summary>
internal enum RowCoding
{
    /// <summary>Filter Paeth, runs of zeros: what a camera saw.</summary>
    Smooth,

    /// <summary>Filter Up, pixels that occurred before: what was drawn or written, and much noise.</summary>
    Repeating,
}

/// <summary>
/// Filters some rows at a time and finds what repeats in them. The last of the rows before stay in memory, as far back as can be copied
/// from.
/// </summary>
internal sealed class FilteredRows
{
    /// <summary>Filtered bytes made into one block: enough to pay for its codes, few enough to stay in a core's cache.</summary>
    private const int BlockBytes = 256 << 10;

    private readonly PixelMatches pixels = new();
    private byte[] bytes = [];
    private int start;
    private int end;
    private int forgotten;

    /// <summary>The rows last filtered, each with its filter's number before it.</summary>
    public ReadOnlySpan<byte> Block => bytes.AsSpan(start, end - start);

    /// <summary>What repeats in <see cref="Block"/>.</summary>
    public SequenceList Sequences { get; } = new();

    /// <summary>How many rows of <paramref name="picture"/> make a block.</summary>
    public static int RowsPerBlock(Picture picture) => Math.Clamp(BlockBytes / (picture.RowBytes + 1), 1, picture.Height);

    /// <summary>Forgets all rows: another stream begins.</summary>
    public void Clear()
    {
        pixels.Clear();
        (start, end, forgotten) = (0, 0, 0);
    }

    /// <summary>Filters the rows from <paramref name="first"/> up to <paramref name="last"/>, which is not included.</summary>
    public void Filter(Picture picture, int first, int last, RowCoding coding)
    {
        var length = checked((last - first) * (picture.RowBytes + 1));
        MakeRoom(length);
        picture.Window?.Show(Math.Max(0, first - 1), last);
        for (var y = first; y < last; y++)
        {
            var target = bytes.AsSpan(end, picture.RowBytes + 1);
            end += target.Length;
            if (y == 0) RowFilter.Sub(picture.Row(y), picture.PixelBytes, target);
            else if (coding == RowCoding.Smooth) RowFilter.Paeth(picture.Row(y), picture.Row(y - 1), picture.PixelBytes, target);
            else RowFilter.Up(picture.Row(y), picture.Row(y - 1), target);
        }

        if (coding == RowCoding.Smooth) ZeroRuns.Find(Block, Sequences);
        else pixels.Find(bytes.AsSpan(0, end), start, forgotten, picture.PixelBytes, Sequences);
    }

    private void MakeRoom(int length)
    {
        var kept = Math.Min(end, PixelMatches.WindowBytes);
        if (bytes.Length < PixelMatches.WindowBytes + length)
        {
            var grown = GC.AllocateUninitializedArray<byte>(PixelMatches.WindowBytes + length);
            bytes.AsSpan(end - kept, kept).CopyTo(grown);
            bytes = grown;
        }
        else
        {
            bytes.AsSpan(end - kept, kept).CopyTo(bytes);
        }

        forgotten = unchecked(forgotten + end - kept);
        (start, end) = (kept, kept);
    }
}
