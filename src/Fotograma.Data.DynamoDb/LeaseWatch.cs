using System.Collections.Concurrent;

namespace Fotograma.Data.DynamoDb;

/// <summary>
/// Tells which leases ran out without any clock that two machines would have to agree on. Whoever holds something leaves a mark in it that nobody else leaves, and another one at every
/// renewal; a lease whose mark stood still, as this process saw it, for the length of a lease by this process's own monotonic clock has run out. A process that looks
/// seldom, or has just started, finds out later, never too early; and a wrong guess meets the condition of the write.
/// </summary>
/// <typeparam name="TMark">What is held, by whom, and after how many renewals.</typeparam>
public sealed class LeaseWatch<TMark>(TimeProvider clock)
    where TMark : notnull
{
    private readonly ConcurrentDictionary<TMark, long> watched = new();

    /// <summary>Looks at every mark that there is now; those that are gone are forgotten.</summary>
    /// <returns>For how long each has stood still, the longest silence first.</returns>
    public IReadOnlyList<(TMark Mark, TimeSpan Still)> Look(IReadOnlyCollection<TMark> present)
    {
        var now = clock.GetTimestamp();
        var still = present.Select(mark => (Mark: mark, Still: clock.GetElapsedTime(watched.GetOrAdd(mark, now), now))).ToList();
        var known = present.ToHashSet();
        foreach (var mark in watched.Keys.Where(mark => !known.Contains(mark))) watched.TryRemove(mark, out _);
        return [.. still.OrderByDescending(seen => seen.Still)];
    }

    /// <summary>A mark that this process left itself, and so knows of before it looks.</summary>
    /// <param name="mark">The mark.</param>
    /// <param name="since">The clock's timestamp before it was left.</param>
    public void Left(TMark mark, long since) => watched[mark] = since;
}
