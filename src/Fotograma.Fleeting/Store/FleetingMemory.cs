using Fotograma.Kernel.Hosting;

namespace Fotograma.Fleeting.Store;

/// <summary>
/// Marks, counters and copies for whoever needs some. No call fails because of the store and none takes longer than <see cref="FleetingOptions.Timeout"/>: where the shared
/// store does not answer, this process's own memory does, and the store is left alone until <see cref="FleetingWatch"/> finds it back.
/// </summary>
public sealed class FleetingMemory
{
    /// <summary>The largest copy that is kept, in bytes.</summary>
    public const int CopyBytesMax = 65_536;

    private readonly IFleetingStore shared;
    private readonly ProcessStore own;
    private readonly Link link;
    private readonly FleetingOptions options;

    internal FleetingMemory(IFleetingStore shared, ProcessStore own, Link link, FleetingOptions options)
    {
        this.shared = shared;
        this.own = own;
        this.link = link;
        this.options = options;
    }

    /// <summary>Sets a mark for so long; this process knows it in any case.</summary>
    public async Task MarkAsync(string mark, TimeSpan life, CancellationToken cancellation)
    {
        await own.MarkAsync(mark, life, cancellation);
        await AskAsync(async (store, bound) =>
        {
            await store.MarkAsync(mark, life, bound);
            return true;
        }, cancellation);
    }

    /// <summary>Whether the mark is set, as far as is known.</summary>
    public async Task<bool> IsMarkedAsync(string mark, CancellationToken cancellation) =>
        await own.IsMarkedAsync(mark, cancellation) || await AskAsync((store, bound) => store.IsMarkedAsync(mark, bound), cancellation);

    /// <summary>Adds to a counter of a window of time; see <see cref="IFleetingStore.AddAsync"/>.</summary>
    public Task<WindowCount> AddAsync(string counter, int amount, TimeSpan window, CancellationToken cancellation) =>
        AskAsync((store, bound) => store.AddAsync(counter, amount, window, bound), cancellation);

    /// <summary>How long copies are kept; zero where none are.</summary>
    public TimeSpan CopyLife => options.CopyLife;

    /// <summary>
    /// A copy of something that never changes under its name: this process's own, else the shared store's, else what <paramref name="make"/> gives, which is then kept for
    /// <see cref="CopyLife"/>. Whoever can write to the shared store decides what it hands out: the caller reads a copy as data.
    /// </summary>
    /// <param name="name">Names it for ever.</param>
    /// <param name="make">Gets it from where it is; null when it is not there. More than <see cref="CopyBytesMax"/> is handed on and not kept.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<byte[]?> CopyAsync(string name, Func<CancellationToken, Task<byte[]?>> make, CancellationToken cancellation)
    {
        if (CopyLife == TimeSpan.Zero) return await make(cancellation);
        if (await own.FindAsync(name, cancellation) is { } mine) return mine;
        if (await AskAsync((store, bound) => store.FindAsync(name, bound), cancellation) is { } found)
        {
            await own.KeepAsync(name, found, CopyLife, cancellation);
            return found;
        }
        var made = await make(cancellation);
        if (made is null || made.Length > CopyBytesMax) return made;
        await own.KeepAsync(name, made, CopyLife, cancellation);
        await AskAsync(async (store, bound) =>
        {
            await store.KeepAsync(name, made, CopyLife, bound);
            return true;
        }, cancellation);
        return made;
    }

    /// <summary>Looks whether the shared store answers.</summary>
    internal async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            using var bound = Bound(cancellation);
            await shared.PingAsync(bound.Token);
            link.Works();
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            link.Fails(exception);
        }
    }

    private async Task<T> AskAsync<T>(Func<IFleetingStore, CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        if (!ReferenceEquals(shared, own) && link.IsUp)
        {
            try
            {
                using var bound = Bound(cancellation);
                var answer = await ask(shared, bound.Token);
                link.Works();
                return answer;
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                link.Fails(exception);
            }
        }
        return await ask(own, cancellation);
    }

    private CancellationTokenSource Bound(CancellationToken cancellation)
    {
        var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(options.Timeout);
        return bound;
    }
}
