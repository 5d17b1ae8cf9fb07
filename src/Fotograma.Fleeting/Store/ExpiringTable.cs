namespace Fotograma.Fleeting.Store;

/// <summary>Values with an end, by name, in the memory of this process. Holds only so many: beyond that it forgets those whose end is nearest.</summary>
internal sealed class ExpiringTable<T>(int entriesMax, TimeProvider clock)
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Lock guard = new();

    /// <summary>Replaces the value of a name, given the one that is there and how long it still lives, and tells the new one.</summary>
    public (T Value, TimeSpan Life) Change(string name, Func<(T Value, TimeSpan Life)?, (T Value, TimeSpan Life)> change)
    {
        lock (guard)
        {
            var changed = change(Living(name));
            if (changed.Life > TimeSpan.Zero)
            {
                if (entries.Count >= entriesMax && !entries.ContainsKey(name)) MakeRoom();
                entries[name] = new Entry(changed.Value, End(changed.Life));
            }
            else
            {
                entries.Remove(name);
            }
            return changed;
        }
    }

    /// <summary>The value of a name; nothing when there is none, or none any more.</summary>
    public T? Find(string name)
    {
        lock (guard) return Living(name) is { } living ? living.Value : default;
    }

    public bool Has(string name)
    {
        lock (guard) return Living(name) is not null;
    }

    private (T Value, TimeSpan Life)? Living(string name)
    {
        if (!entries.TryGetValue(name, out var entry)) return null;
        var life = clock.GetElapsedTime(clock.GetTimestamp(), entry.EndsAt);
        if (life > TimeSpan.Zero) return (entry.Value, life);
        entries.Remove(name);
        return null;
    }

    private void MakeRoom()
    {
        var now = clock.GetTimestamp();
        foreach (var name in entries.Where(entry => entry.Value.EndsAt <= now).Select(entry => entry.Key).ToList()) entries.Remove(name);
        if (entries.Count < entriesMax) return;
        foreach (var name in entries.OrderBy(entry => entry.Value.EndsAt).Take(Math.Max(1, entriesMax / 4)).Select(entry => entry.Key).ToList()) entries.Remove(name);
    }

    private long End(TimeSpan life) => clock.GetTimestamp() + (long)(life.TotalSeconds * clock.TimestampFrequency);

    private readonly record struct Entry(T Value, long EndsAt);
}
