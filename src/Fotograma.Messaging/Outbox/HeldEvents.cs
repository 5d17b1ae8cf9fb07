namespace Fotograma.Messaging.Outbox;

/// <summary>
/// A relay's memory of events that were refused while others were taken: each has a pace of its own, so that nobody waits for it, and a time at which it is put aside. A relay
/// that is started anew begins to count anew.
/// </summary>
internal sealed class HeldEvents(MessagingOptions options, TimeProvider clock)
{
    /// <summary>When more are held, those that were tried often enough are put aside before their time: every look at the outbox passes over all of them.</summary>
    public const int Most = 2000;

    private const int TriesMin = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, Held> held = new(StringComparer.Ordinal);

    public bool IsEmpty => held.Count == 0;

    public bool Contains(string key) => held.ContainsKey(key);

    public bool IsDue(string key) => clock.GetUtcNow() >= held[key].NextAt;

    /// <summary>How often it was refused.</summary>
    public int TriesOf(string key) => held.TryGetValue(key, out var one) ? one.Tries : 0;

    /// <summary>When it was refused last; those come first that were not tried for the longest time.</summary>
    public DateTimeOffset RefusedAt(string key) => held[key].RefusedAt;

    /// <summary>It was refused, once more or for the first time, while another event was taken.</summary>
    /// <returns>True when it was refused often enough and for long enough to be put aside.</returns>
    public bool Refuse(string key)
    {
        var one = Find(key);
        one.Tries++;
        one.RefusedAt = clock.GetUtcNow();
        var pause = FirstPause * Math.Pow(2, Math.Min(one.Tries - 1, 10));
        one.NextAt = clock.GetUtcNow() + (pause < LongestPause ? pause : LongestPause);
        return one.Tries >= TriesMin && (clock.GetUtcNow() - one.Since >= options.GiveUpAfter || held.Count > Most);
    }

    /// <summary>It was not tried, or there was nothing to compare it with: it stays as it is, and waits a little.</summary>
    public void Postpone(string key) => Find(key).NextAt = clock.GetUtcNow() + FirstPause;

    /// <summary>Forgets what does not wait any more.</summary>
    public void KeepOnly(IReadOnlySet<string> waiting)
    {
        foreach (var gone in held.Keys.Where(key => !waiting.Contains(key)).ToList()) held.Remove(gone);
    }

    private Held Find(string key) => held.TryGetValue(key, out var one) ? one : held[key] = new Held { Since = clock.GetUtcNow() };
}

/// <summary>One event that is held.</summary>
internal sealed class Held
{
    public required DateTimeOffset Since { get; init; }

    public int Tries { get; set; }

    public DateTimeOffset RefusedAt { get; set; }

    public DateTimeOffset NextAt { get; set; }
}
