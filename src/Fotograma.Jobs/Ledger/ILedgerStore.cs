using Fotograma.Jobs.Leases;
using Fotograma.Messages;

namespace Fotograma.Jobs.Ledger;

/// <summary>
/// The port to whatever keeps videos and jobs. The faces above it (the catalogue, the leases, the rescue, the trash) decide what shall happen; a driver makes each of these
/// methods one write that happens whole or not at all, events included. A driver has the clock of its store: the faces hand it durations, never times of day.
/// The contract suite is the specification.
/// </summary>
internal interface ILedgerStore : ICatalogueStore, ILeaseStore, INewsStore, ITrashStore, IInstallationStore;

/// <summary>The owner's side of the ledger.</summary>
internal interface ICatalogueStore
{
    /// <summary>Writes a video, its first job, due at once, and the events that tell of them.</summary>
    /// <returns>False, and nothing is written, when the owner has this video already. Throws when the id is another owner's.</returns>
    Task<bool> AcceptAsync(VideoRow video, JobRow job, IReadOnlyList<CloudEvent> events, CancellationToken cancellation);

    /// <summary>Adds a job, due at once, to a video whose newest job is <paramref name="last"/>, and its event.</summary>
    /// <returns>False, and nothing is written, when that is not the newest job any more.</returns>
    Task<bool> FollowAsync(JobRow last, JobRow next, CloudEvent happened, CancellationToken cancellation);

    /// <summary>A video with its newest job, whoever owns it.</summary>
    Task<LedgerEntry?> FindVideoAsync(Guid videoId, CancellationToken cancellation);

    /// <summary>A job with its video, whoever owns it.</summary>
    Task<LedgerEntry?> FindJobAsync(Guid jobId, CancellationToken cancellation);

    /// <summary>The owner's videos with their newest jobs, by descending id, at most <paramref name="limit"/>, from below <paramref name="before"/>.</summary>
    Task<IReadOnlyList<LedgerEntry>> ListAsync(Guid owner, int limit, Guid? before, CancellationToken cancellation);

    /// <summary>The owner's jobs that have not ended, oldest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<LedgerEntry>> ListActiveAsync(Guid owner, int limit, CancellationToken cancellation);

    /// <summary>The places of the owner's waiting jobs in the queue, 1 = next. A driver may leave out those that are too far behind to be worth counting.</summary>
    Task<IReadOnlyDictionary<Guid, int>> PlacesAsync(Guid owner, CancellationToken cancellation);

    /// <summary>Cancels a job of the owner that has not ended. What is known of its lease stays, because its worker may not have noticed yet.</summary>
    /// <returns>Whether it was this call that ended the job.</returns>
    Task<bool> CancelAsync(Guid owner, Guid jobId, CancellationToken cancellation);

    /// <summary>
    /// Deletes a video of the owner with its jobs. The prefixes of their blobs go to the trash, due at once, and once more after <paramref name="busyFor"/> for a job
    /// whose worker may still be writing.
    /// </summary>
    /// <returns>The ids of the deleted jobs; null when the owner has no such video.</returns>
    Task<IReadOnlyList<Guid>?> DeleteAsync(Guid owner, Guid videoId, TimeSpan busyFor, CancellationToken cancellation);
}

/// <summary>The worker's side of the ledger.</summary>
internal interface ILeaseStore
{
    /// <summary>
    /// Gives the next due jobs to a worker: attempt + 1, epoch + 1, a lease begins, earlier progress is forgotten. Whose job is next is the driver's rule of fairness.
    /// No job is given to two. One that must run alone is never among several.
    /// </summary>
    /// <returns>At most as many as are wanted, and as few as the driver likes, but none only when none is due that is wanted.</returns>
    Task<IReadOnlyList<LedgerEntry>> ClaimAsync(string worker, WantedJobs wanted, TimeSpan lease, CancellationToken cancellation);

    /// <summary>Begins the lease anew and writes the progress.</summary>
    /// <returns>False when the fence rejected it.</returns>
    Task<bool> RenewAsync(Hold hold, JobProgress progress, TimeSpan lease, CancellationToken cancellation);

    /// <summary>Ends the job and writes the event that tells of it.</summary>
    /// <returns>False, and nothing is written, when the fence rejected it.</returns>
    Task<bool> EndAsync(Hold hold, JobEnding ending, CloudEvent happened, CancellationToken cancellation);

    /// <summary>Lets the job wait again.</summary>
    /// <returns>False when the fence rejected it.</returns>
    Task<bool> GiveBackAsync(Hold hold, GivenBack back, CancellationToken cancellation);

    /// <summary>Jobs whose lease ran out, at most <paramref name="limit"/>. What is done about one says <see cref="Hold.Lease"/>, so that a late renewal wins.</summary>
    Task<IReadOnlyList<HeldJob>> FindExpiredAsync(int limit, TimeSpan lease, CancellationToken cancellation);

    /// <summary>What is due and waits.</summary>
    Task<JobBacklog> BacklogAsync(CancellationToken cancellation);

    /// <summary>
    /// Keeps the job that must run alone and has been due for longest, of those that have been due for long enough, for a worker that makes itself free for it. Others may claim it all the
    /// same, but nobody else keeps it, or any behind it, until the time is over.
    /// </summary>
    /// <returns>Whether it is this worker's: since now, or since an earlier call, which counts from then.</returns>
    Task<bool> KeepAloneAsync(string worker, WantedAlone wanted, CancellationToken cancellation);

    /// <summary>Jobs in the hands of a worker, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<HeldJob>> FindHeldByAsync(string worker, int limit, CancellationToken cancellation);
}

/// <summary>What was told to others, and can be told again.</summary>
internal interface INewsStore
{
    /// <summary>
    /// Jobs that were completed or failed within the last <paramref name="within"/>, at most <paramref name="limit"/>, in an order of the driver's own: those behind the job
    /// <paramref name="after"/>, which may be gone by now. Less than the limit is the end. What ends while they are read may be among them or not.
    /// </summary>
    Task<IReadOnlyList<LedgerEntry>> ListEndedAsync(TimeSpan within, Guid? after, int limit, CancellationToken cancellation);
}

/// <summary>Prefixes of blobs that are to be deleted.</summary>
internal interface ITrashStore
{
    /// <summary>What is due, oldest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<Trash.TrashedPrefix>> TrashDueAsync(int limit, CancellationToken cancellation);

    /// <summary>Forgets an entry; harmless when repeated.</summary>
    Task ForgetTrashAsync(Trash.TrashedPrefix trashed, CancellationToken cancellation);
}

/// <summary>Which ledger this is.</summary>
internal interface IInstallationStore
{
    /// <summary>The id of this ledger, which it keeps for ever and takes along into every backup, and its age in sweeps.</summary>
    /// <param name="fresh">What the id becomes where there is none yet. Of several processes that ask at the same time all get the same.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<Trash.LedgerIdentity> InstallationAsync(Guid fresh, CancellationToken cancellation);

    /// <summary>Counts one more sweep of a ledger that has an id.</summary>
    /// <returns>How many there were, this one included.</returns>
    Task<long> CountSweepAsync(CancellationToken cancellation);

    /// <summary>Makes the caller the one who sweeps, of a ledger that has an id.</summary>
    /// <returns>False while another sweeps, and until enough time has passed since the last sweep: <see cref="Trash.SweepTurn.Every"/> for whoever swept last, a lease more for everybody else.</returns>
    Task<bool> TryBeginSweepAsync(Trash.SweepTurn turn, CancellationToken cancellation);

    /// <summary>Begins the sweeper's lease anew.</summary>
    /// <returns>False when the sweep is another's, or nobody's.</returns>
    Task<bool> RenewSweepAsync(Trash.SweepTurn turn, CancellationToken cancellation);

    /// <summary>Ends the sweep, unless it is another's. One that <paramref name="swept"/> nothing may be begun again at once, by anybody.</summary>
    Task EndSweepAsync(Trash.SweepTurn turn, bool swept, CancellationToken cancellation);
}
