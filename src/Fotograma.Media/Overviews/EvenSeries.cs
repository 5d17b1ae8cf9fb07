namespace Fotograma.Media.Overviews;

/// <summary>
/// Keeps an even selection of things that come one after the other, without knowing how many will come: all, then every second, every fourth,
/// and so on, always fewer than the limit allows.
/// </summary>
internal sealed class EvenSeries<T>(int limit)
{
    private readonly List<T> kept = [];
    private long seen;

    /// <summary>What was kept, in order.</summary>
    public IReadOnlyList<T> Kept => kept;

    /// <summary>Every how-many-eth thing was kept, from the first.</summary>
    public int Step { get; private set; } = 1;

    /// <summary>Whether the next thing would be kept: if not, <see cref="Add"/> need not be given one.</summary>
    public bool WantsNext => seen % Step == 0;

    /// <summary>Takes the next thing.</summary>
    public void Add(T thing)
    {
        if (WantsNext)
        {
            if (kept.Count == limit) Thin();
            if (WantsNext) kept.Add(thing);
        }

        seen++;
    }

    private void Thin()
    {
        for (var i = 0; 2 * i < kept.Count; i++) kept[i] = kept[2 * i];
        kept.RemoveRange((kept.Count + 1) / 2, kept.Count / 2);
        Step *= 2;
    }
}
