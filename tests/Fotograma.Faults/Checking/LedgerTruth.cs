namespace Fotograma.Faults.Checking;

/// <summary>
/// Reads the stores behind the program's back. A witness that the program knows nothing of writes down what happens to jobs, every write to one that has ended
/// among them, and every event: what the program says of itself is no evidence.
/// </summary>
internal abstract class LedgerTruth
{
    /// <summary>Begins to note what happens. What is there already is not noted.</summary>
    public abstract Task PlaceWitnessAsync(CancellationToken cancellation);

    public abstract Task<List<JobTruth>> JobsAsync(CancellationToken cancellation);

    /// <summary>Jobs that have not ended.</summary>
    public virtual async Task<long> OpenJobsAsync(CancellationToken cancellation) => (await JobsAsync(cancellation)).Count(job => !job.IsFinal);

    public abstract Task<List<VideoTruth>> VideosAsync(CancellationToken cancellation);

    /// <summary>What the witness noted of jobs, in its order.</summary>
    public abstract Task<List<Transition>> TransitionsAsync(CancellationToken cancellation);

    /// <summary>Jobs that are under a worker's lease now.</summary>
    public abstract Task<List<Lease>> LeasedAsync(CancellationToken cancellation);

    /// <summary>The time by the clock that the witness goes by.</summary>
    public abstract Task<DateTimeOffset> NowAsync(CancellationToken cancellation);

    /// <summary>Events in the ledger's outbox.</summary>
    public abstract Task<long> WaitingEventsAsync(CancellationToken cancellation);

    /// <summary>Blobs that the ledger still has to delete.</summary>
    public abstract Task<long> TrashAsync(CancellationToken cancellation);

    /// <summary>Every notification that was written down.</summary>
    public abstract Task<List<NoticeTruth>> NoticesAsync(CancellationToken cancellation);

    /// <summary>All that the stores know, with the mails that were sent and the blobs that are there.</summary>
    public async Task<Evidence> ReadAsync(IReadOnlyList<SentMail> mails, StoredBlobs blobs, CancellationToken cancellation) => new(
        await JobsAsync(cancellation), await VideosAsync(cancellation), await TransitionsAsync(cancellation), await EventsAsync(cancellation),
        await NoticesAsync(cancellation), mails, await blobs.KeysAsync(cancellation));

    /// <summary>Events about jobs that the witness saw come into the outbox, in its order.</summary>
    protected abstract Task<List<EventTruth>> EventsAsync(CancellationToken cancellation);
}
