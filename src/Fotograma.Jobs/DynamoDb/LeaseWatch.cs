using System.Collections.Concurrent;
using Fotograma.Data.DynamoDb;
using Fotograma.Jobs.Ledger;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>
/// Tells which leases ran out without any clock that two machines would have to agree on: each claim counts its renewals, and a lease whose count stood still, as this
/// process saw it, for the length of a lease by this process's own monotonic clock has run out. A process that looks seldom, or has just started, finds out later,
/// never too early; and a wrong guess meets the fence.
/// </summary>
internal sealed class LeaseWatch(TimeProvider clock)
{
    private readonly ConcurrentDictionary<Guid, Seen> watched = new();

    /// <summary>Looks at every job that is held now.</summary>
    /// <returns>The fences of those that ran out, the longest silence first.</returns>
    public IReadOnlyList<Hold> Look(IReadOnlyList<Item> held, TimeSpan lease)
    {
        var now = clock.GetTimestamp();
        var expired = new List<(Hold Hold, long Since)>();
        foreach (var item in held)
        {
            var (id, epoch, renewals) = (item.Id("id"), item.Number("epoch"), item.Number("renewals"));
            var seen = watched.AddOrUpdate(id, _ => new Seen(epoch, renewals, now), (_, before) => (before.Epoch, before.Renewals) == (epoch, renewals) ? before : new Seen(epoch, renewals, now));
            if (clock.GetElapsedTime(seen.Since, now) >= lease) expired.Add((new Hold(id, epoch, renewals), seen.Since));
        }
        var present = held.Select(item => item.Id("id")).ToHashSet();
        foreach (var id in watched.Keys.Where(id => !present.Contains(id))) watched.TryRemove(id, out _);
        return [.. expired.OrderBy(found => found.Since).Select(found => found.Hold)];
    }

    private sealed record Seen(long Epoch, long Renewals, long Since);
}
