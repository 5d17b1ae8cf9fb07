namespace Fotograma.Fleeting.Store;

/// <summary>
/// The port to a memory that may forget: marks with an end, counters of a window of time, and copies of what can be had elsewhere at a higher price. Callers hold a <see cref="FleetingMemory"/>, which bounds every
/// call by its cancellation and goes on without the store when it fails. The contract suite is the specification.
/// </summary>
public interface IFleetingStore
{
    /// <summary>The driver's name in configuration and health.</summary>
    string Name { get; }

    /// <summary>Sets a mark for so long. Setting it again begins its life anew; a life that is over already sets nothing.</summary>
    Task MarkAsync(string mark, TimeSpan life, CancellationToken cancellation);

    /// <summary>Whether the mark is set.</summary>
    Task<bool> IsMarkedAsync(string mark, CancellationToken cancellation);

    /// <summary>
    /// Adds to a counter in one step and says what it then is. A counter begins at 0 with the first addition and is forgotten when its window, counted from there, is
    /// over. Taking away never goes below 0 and begins no window.
    /// </summary>
    Task<WindowCount> AddAsync(string counter, int amount, TimeSpan window, CancellationToken cancellation);

    /// <summary>Keeps a copy of something under a name for so long, in place of what was kept there. A life that is over already keeps nothing.</summary>
    Task KeepAsync(string name, ReadOnlyMemory<byte> copy, TimeSpan life, CancellationToken cancellation);

    /// <summary>What is kept under a name; null when nothing is, or nothing is any more.</summary>
    Task<byte[]?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>Asks for a sign of life.</summary>
    Task PingAsync(CancellationToken cancellation);
}

/// <summary>A counter.</summary>
/// <param name="Count">What was counted in the current window.</param>
/// <param name="EndsIn">When the window is over and the count is 0 again.</param>
public readonly record struct WindowCount(long Count, TimeSpan EndsIn);
