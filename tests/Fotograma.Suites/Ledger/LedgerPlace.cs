using Fotograma.Jobs.Ledger;
using Fotograma.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Suites.Ledger;

/// <summary>Where a ledger under test lives, as the suite needs it: a store of its own, empty when it is made.</summary>
internal abstract class LedgerPlace : IAsyncDisposable
{
    /// <summary>The configuration that leads there.</summary>
    public abstract IReadOnlyDictionary<string, string?> Settings { get; }

    /// <summary>What is registered beside the ledger or instead of parts of it.</summary>
    public virtual void Register(IServiceCollection services)
    {
    }

    /// <summary>Makes what must be there before the first write; services are not started.</summary>
    public abstract Task PrepareAsync(IServiceProvider services, FakeTimeProvider clock, CancellationToken cancellation);

    /// <summary>The process's clock went on; a store with a clock of its own follows.</summary>
    public virtual Task TimePassedAsync(DateTimeOffset now, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Every job, by id.</summary>
    public abstract Task<IReadOnlyList<JobRow>> JobsAsync(IServiceProvider services, CancellationToken cancellation);

    /// <summary>Every event that waits in the outbox, in the order in which they were written, without the first so many.</summary>
    public abstract Task<IReadOnlyList<CloudEvent>> EventsAsync(IServiceProvider services, int without, CancellationToken cancellation);

    /// <summary>Removes the store, or empties it for the next.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>In what drivers may differ.</summary>
/// <param name="CountsRunning">Who has fewer jobs running goes first. False: only turns count, and who was never served comes by age, not by id.</param>
/// <param name="WatchesLeases">A lease runs out by having been watched unrenewed for its length, not by a clock of the store.</param>
internal sealed record LedgerTraits(bool CountsRunning = true, bool WatchesLeases = false);
