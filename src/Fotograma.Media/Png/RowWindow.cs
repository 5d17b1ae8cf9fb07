namespace Fotograma.Media.Png;

/// <summary>
/// A picture whose rows are made as they are needed and forgotten soon after: never whole in memory, and still in a core's cache when it is compressed. Rows are
/// asked for from top to bottom, or from anywhere anew.
/// </summary>
internal abstract class RowWindow
{
    /// <summary>Rows are made in multiples of so many, from a row on that is one, but for the last ones.</summary>
    protected const int StepRows = 16;

    private int top;
    private int bottom;

    /// <summary>How many rows there are.</summary>
    public int Height { get; private set; }

    /// <summary>The row <paramref name="y"/>, which was asked for last.</summary>
    public ReadOnlySpan<byte> Row(int y) => Held(y - top);

    /// <summary>Makes the rows from <paramref name="first"/> up to <paramref name="last"/>, which is not included, and forgets those before them.</summary>
    public void Show(int first, int last)
    {
        if (first >= top && last <= bottom) return;
        if (first < top || first >= bottom) top = bottom = first / StepRows * StepRows;
        else Move(first);
        var end = Math.Min(Height, (last + StepRows - 1) / StepRows * StepRows);
        MakeRoom(end - top);
        Make(bottom, end, bottom - top);
        bottom = end;
    }

    /// <summary>Begins another picture of <paramref name="height"/> rows.</summary>
    protected void Begin(int height) => (Height, top, bottom) = (height, 0, 0);

    /// <summary>The memory of a row, counted from the first that is held.</summary>
    protected abstract Span<byte> Held(int place);

    /// <summary>Makes room for so many rows, and keeps what is there.</summary>
    protected abstract void MakeRoom(int rows);

    /// <summary>Makes the rows from <paramref name="first"/> up to <paramref name="end"/> at the given place.</summary>
    protected abstract void Make(int first, int end, int place);

    private void Move(int first)
    {
        for (var y = first; y < bottom; y++) Held(y - top).CopyTo(Held(y - first));
        top = first;
    }
}
