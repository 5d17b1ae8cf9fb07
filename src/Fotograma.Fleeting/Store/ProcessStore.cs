namespace Fotograma.Fleeting.Store;

/// <summary>Marks, counters and copies in the memory of this process.</summary>
public sealed class ProcessStore : IFleetingStore
{
    /// <summary>Most marks, and most counters, that are held at a time.</summary>
    public const int EntriesMax = 100_000;

    /// <summary>Most copies that are held at a time; with <see cref="FleetingMemory.CopyBytesMax"/> a bound on the memory they take.</summary>
    public const int CopiesMax = 512;

    private readonly ExpiringTable<byte[]> copies;
    private readonly ExpiringTable<bool> marks;
    private readonly ExpiringTable<long> counters;

    /// <summary>An empty memory.</summary>
    public ProcessStore(TimeProvider clock) : this(clock, EntriesMax, CopiesMax)
    {
    }

    internal ProcessStore(TimeProvider clock, int entriesMax, int copiesMax)
    {
        copies = new ExpiringTable<byte[]>(copiesMax, clock);
        marks = new ExpiringTable<bool>(entriesMax, clock);
        counters = new ExpiringTable<long>(entriesMax, clock);
    }

    /// <inheritdoc/>
    public string Name => "process";

    /// <inheritdoc/>
    public Task MarkAsync(string mark, TimeSpan life, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        marks.Change(mark, _ => (true, life));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> IsMarkedAsync(string mark, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(marks.Has(mark));
    }

    /// <inheritdoc/>
    public Task<WindowCount> AddAsync(string counter, int amount, TimeSpan window, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var (count, life) = counters.Change(counter, present =>
        {
            if (present is { } running) return (Math.Max(0, running.Value + amount), running.Life);
            return amount > 0 ? (amount, window) : (0, TimeSpan.Zero);
        });
        return Task.FromResult(new WindowCount(count, life));
    }

    /// <inheritdoc/>
    public Task KeepAsync(string name, ReadOnlyMemory<byte> copy, TimeSpan life, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        copies.Change(name, _ => (copy.ToArray(), life));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<byte[]?> FindAsync(string name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(copies.Find(name));
    }

    /// <inheritdoc/>
    public Task PingAsync(CancellationToken cancellation) => Task.CompletedTask;
}
