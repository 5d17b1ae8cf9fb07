using Fotograma.Media.Plan;

namespace Fotograma.Media.Reading;

/// <summary>
/// Finds out where decoding can really start. Containers also list pictures from which on others become right only bit by bit (H.264 with intra refresh): for what is shown
/// after them, decoding has to begin earlier. Times do not tell that, packets do.
/// </summary>
/// <param name="map">The packets.</param>
/// <param name="sight">Tells a real start from one that is only called so.</param>
/// <param name="walk">Reads the packets that are looked at.</param>
internal sealed class CleanEntries(PacketMap map, PacketSight sight, PacketWalk walk)
{
    /// <summary>Entries that are looked at, spread over the plan, before the others are taken to be like them.</summary>
    private const int SamplesMax = 4;

    // Where decoding really starts for each entry that was looked at. Nothing lies before the first one.
    private readonly Dictionary<int, int> known = new() { [0] = 0 };

    /// <summary>
    /// The plan with groups that begin where decoding can start, so that what it costs is known before it is carried out. A video of which some entries are none is
    /// looked at entry by entry; of others a few are looked at, and what is wrong with the rest is found when they are decoded.
    /// </summary>
    /// <exception cref="IndexNotTrueException">The video is not what its map says.</exception>
    public GroupPlan Settle(GroupPlan plan, CancellationToken cancellation)
    {
        var asked = plan.Groups.Select(group => group.Entry).Where(entry => entry > 0).ToList();
        var samples = Math.Min(SamplesMax, asked.Count);
        var areClean = Enumerable.Range(0, samples).All(number => IsClean(asked[(int)((long)number * asked.Count / samples)], cancellation));
        return areClean ? plan : plan.StartingAt(entry => StartOf(entry, cancellation), map);
    }

    private bool IsClean(int entry, CancellationToken cancellation)
    {
        walk.GoTo(map.Entries[entry], cancellation);
        return sight.IsCleanStart(walk.Packet.Data);
    }

    private int StartOf(int entry, CancellationToken cancellation)
    {
        var start = entry;
        while (!known.ContainsKey(start) && !IsClean(start, cancellation)) start--;
        var found = known.GetValueOrDefault(start, start);
        for (var passed = start; passed <= entry; passed++) known[passed] = found;
        return found;
    }
}
