using Fotograma.Suites.Ledger;

namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>What the actors of one schedule share, and what they were promised.</summary>
internal sealed class Scene(TestLedger ledger, Random chance)
{
    public TestLedger Ledger => ledger;

    public Random Chance => chance;

    public BlobShelf Blobs { get; } = new();

    /// <summary>Videos that were accepted, with their first jobs.</summary>
    public Dictionary<Guid, Guid> Accepted { get; } = [];

    /// <summary>Videos whose deletion was asked for, whatever the answer was.</summary>
    public HashSet<Guid> DeletionTried { get; } = [];

    /// <summary>Jobs whose worker was told that its result is the job's.</summary>
    public Dictionary<Guid, string> Completed { get; } = [];

    /// <summary>Writes that the fence rejected.</summary>
    public int Rejected { get; set; }
}

/// <summary>Blobs, by the prefixes that they lie under.</summary>
internal sealed class BlobShelf
{
    private readonly SortedSet<string> prefixes = new(StringComparer.Ordinal);

    public bool Holds(string prefix) => prefixes.Contains(prefix);

    public void Write(string prefix) => prefixes.Add(prefix);

    public void Remove(string prefix) => prefixes.Remove(prefix);

    public void RemoveAllBelow(string prefix) => prefixes.RemoveWhere(found => found.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Some attempt whose blobs are there.</summary>
    public (Guid Job, long Epoch)? AnyResult(Random chance)
    {
        var results = prefixes.Where(prefix => prefix.StartsWith(BlobKeys.Jobs, StringComparison.Ordinal)).ToList();
        if (results.Count == 0) return null;
        var parts = results[chance.Next(results.Count)].Split('/');
        return (Guid.Parse(parts[1]), long.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture));
    }
}
