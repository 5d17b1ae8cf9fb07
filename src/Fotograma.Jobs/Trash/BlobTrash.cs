using Fotograma.Jobs.Ledger;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Jobs.Trash;

/// <summary>Key prefixes whose blobs are to be deleted, and the question whether a blob still belongs to anything.</summary>
public sealed class BlobTrash
{
    private readonly ILedgerStore store;
    private readonly Ids ids;

    internal BlobTrash(ILedgerStore store, Ids ids) => (this.store, this.ids) = (store, ids);

    /// <summary>Which ledger this is.</summary>
    public Task<LedgerIdentity> LedgerAsync(CancellationToken cancellation) => store.InstallationAsync(ids.New(), cancellation);

    /// <summary>Counts one more look at all blobs; asked for the identity before.</summary>
    /// <returns>How many there were, this one included.</returns>
    public Task<long> CountSweepAsync(CancellationToken cancellation) => store.CountSweepAsync(cancellation);

    /// <summary>Makes the caller the one process that compares all blobs with the ledger; see <see cref="SweepTurn"/>.</summary>
    /// <returns>False while another does, or when the last sweep was not long enough ago.</returns>
    public async Task<bool> TryBeginSweepAsync(SweepTurn turn, CancellationToken cancellation)
    {
        await LedgerAsync(cancellation);
        return await store.TryBeginSweepAsync(turn, cancellation);
    }

    /// <summary>Says that the sweep goes on.</summary>
    /// <returns>False when it is not the caller's any more.</returns>
    public Task<bool> RenewSweepAsync(SweepTurn turn, CancellationToken cancellation) => store.RenewSweepAsync(turn, cancellation);

    /// <summary>Ends the sweep. One that <paramref name="swept"/> nothing may be begun again at once, by anybody.</summary>
    public Task EndSweepAsync(SweepTurn turn, bool swept, CancellationToken cancellation) => store.EndSweepAsync(turn, swept, cancellation);

    /// <summary>What may be deleted now, at most <paramref name="limit"/> prefixes.</summary>
    public async Task<IReadOnlyList<TrashedPrefix>> DueAsync(int limit, CancellationToken cancellation) =>
        limit == 0 ? [] : await store.TrashDueAsync(limit, cancellation);

    /// <summary>Forgets a prefix whose blobs are gone.</summary>
    public Task ForgetAsync(TrashedPrefix trashed, CancellationToken cancellation) => store.ForgetTrashAsync(trashed, cancellation);

    /// <summary>Whether a video of this id exists.</summary>
    public async Task<bool> IsVideoKnownAsync(Guid videoId, CancellationToken cancellation) => await store.FindVideoAsync(videoId, cancellation) is not null;

    /// <summary>Whether these blobs are the job's result.</summary>
    public async Task<bool> IsCommittedAsync(Guid jobId, string resultPrefix, CancellationToken cancellation) =>
        await store.FindJobAsync(jobId, cancellation) is { } found && found.Job.ResultPrefix == resultPrefix;

    /// <summary>Whether this epoch's blobs are the job's result, or its worker may still be writing them.</summary>
    public async Task<bool> IsAttemptAliveAsync(Guid jobId, long epoch, CancellationToken cancellation) =>
        await store.FindJobAsync(jobId, cancellation) is { Job: var job }
            && (job.ResultPrefix == BlobKeys.OfAttempt(jobId, epoch) || (job.State == JobState.Processing && job.Epoch == epoch));
}

/// <summary>Which ledger this is, and how old.</summary>
/// <param name="Id">It has the id from its beginning and takes it along into every backup.</param>
/// <param name="Sweeps">How often all blobs were looked at: an older copy of the ledger has fewer.</param>
public sealed record LedgerIdentity(Guid Id, long Sweeps);

/// <summary>One process's wish to be the one that sweeps. Whoever swept last comes first, because only it remembers what it suspected then.</summary>
/// <param name="Sweeper">The process.</param>
/// <param name="Every">How long two sweeps are apart.</param>
/// <param name="Lease">For how long a sweeper that falls silent keeps others out.</param>
public sealed record SweepTurn(Guid Sweeper, TimeSpan Every, TimeSpan Lease);

/// <summary>A prefix in the trash.</summary>
/// <param name="Id">The entry, in whatever the store counts.</param>
/// <param name="Prefix">Everything below it is to be deleted.</param>
public sealed record TrashedPrefix(string Id, string Prefix);
