using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Jobs.Trash;
using Fotograma.Messages;

namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>The store did not answer. What was asked for may have been done or not.</summary>
internal sealed class NoAnswerException() : IOException("The store does not answer.");

/// <summary>How reliable the store is at the moment.</summary>
internal sealed class Shakiness
{
    /// <summary>Called before every call; the caller waits for its turn there.</summary>
    public Func<Task> BeforeAsync { get; set; } = () => Task.CompletedTask;

    /// <summary>Whether the call that begins now fails before anything happens.</summary>
    public Func<bool> Refuses { get; set; } = () => false;

    /// <summary>Whether the answer of the call that was just executed is lost.</summary>
    public Func<bool> LosesAnswer { get; set; } = () => false;

    /// <summary>Whether the answer of the call that begins now is lost before the call is executed, which happens all the same, later.</summary>
    public Func<bool> Delays { get; set; } = () => false;

    /// <summary>Executes something later.</summary>
    public Action<Func<Task>> Later { get; set; } = _ => { };

    /// <summary>Called before places in the queue are told; schedules leave it alone, because nothing hangs on them.</summary>
    public Func<CancellationToken, Task> BeforePlacesAsync { get; set; } = _ => Task.CompletedTask;

    /// <summary>From now on everything is answered at once.</summary>
    public void Calm()
    {
        BeforeAsync = () => Task.CompletedTask;
        Refuses = LosesAnswer = Delays = () => false;
    }
}

/// <summary>
/// Stands before the real store: other actors may run before every call, calls fail, answers of calls that were executed get lost, and calls are executed after their
/// caller was told that nobody answers, as a commit is that was under way when the connection broke.
/// </summary>
internal sealed class ShakyStore(ILedgerStore inner, Shakiness shakiness) : ILedgerStore
{
    private const int UniqueBroken = 2067;
    private const int KeyBroken = 1555;

    public Task<bool> AcceptAsync(VideoRow video, JobRow job, IReadOnlyList<CloudEvent> events, CancellationToken cancellation) =>
        CallAsync(() => inner.AcceptAsync(video, job, events, cancellation));

    public Task<bool> FollowAsync(JobRow last, JobRow next, CloudEvent happened, CancellationToken cancellation) =>
        CallAsync(() => inner.FollowAsync(last, next, happened, cancellation));

    public Task<LedgerEntry?> FindVideoAsync(Guid videoId, CancellationToken cancellation) => CallAsync(() => inner.FindVideoAsync(videoId, cancellation));

    public Task<LedgerEntry?> FindJobAsync(Guid jobId, CancellationToken cancellation) => CallAsync(() => inner.FindJobAsync(jobId, cancellation));

    public Task<IReadOnlyList<LedgerEntry>> ListAsync(Guid owner, int limit, Guid? before, CancellationToken cancellation) =>
        CallAsync(() => inner.ListAsync(owner, limit, before, cancellation));

    public Task<IReadOnlyList<LedgerEntry>> ListActiveAsync(Guid owner, int limit, CancellationToken cancellation) =>
        CallAsync(() => inner.ListActiveAsync(owner, limit, cancellation));

    // Places are shown, nothing hangs on them: no turn of their own, to keep schedules short.
    public async Task<IReadOnlyDictionary<Guid, int>> PlacesAsync(Guid owner, CancellationToken cancellation)
    {
        await shakiness.BeforePlacesAsync(cancellation);
        return new Dictionary<Guid, int>();
    }

    public Task<bool> CancelAsync(Guid owner, Guid jobId, CancellationToken cancellation) => CallAsync(() => inner.CancelAsync(owner, jobId, cancellation));

    public Task<IReadOnlyList<Guid>?> DeleteAsync(Guid owner, Guid videoId, TimeSpan busyFor, CancellationToken cancellation) =>
        CallAsync(() => inner.DeleteAsync(owner, videoId, busyFor, cancellation));

    public Task<IReadOnlyList<LedgerEntry>> ClaimAsync(string worker, WantedJobs wanted, TimeSpan lease, CancellationToken cancellation) =>
        CallAsync(() => inner.ClaimAsync(worker, wanted, lease, cancellation));

    public Task<bool> KeepAloneAsync(string worker, WantedAlone wanted, CancellationToken cancellation) => CallAsync(() => inner.KeepAloneAsync(worker, wanted, cancellation));

    public Task<JobBacklog> BacklogAsync(CancellationToken cancellation) => CallAsync(() => inner.BacklogAsync(cancellation));

    public Task<bool> RenewAsync(Hold hold, JobProgress progress, TimeSpan lease, CancellationToken cancellation) =>
        CallAsync(() => inner.RenewAsync(hold, progress, lease, cancellation));

    public Task<bool> EndAsync(Hold hold, JobEnding ending, CloudEvent happened, CancellationToken cancellation) =>
        CallAsync(() => inner.EndAsync(hold, ending, happened, cancellation));

    public Task<bool> GiveBackAsync(Hold hold, GivenBack back, CancellationToken cancellation) =>
        CallAsync(() => inner.GiveBackAsync(hold, back, cancellation));

    public Task<IReadOnlyList<HeldJob>> FindExpiredAsync(int limit, TimeSpan lease, CancellationToken cancellation) =>
        CallAsync(() => inner.FindExpiredAsync(limit, lease, cancellation));

    public Task<IReadOnlyList<HeldJob>> FindHeldByAsync(string worker, int limit, CancellationToken cancellation) =>
        CallAsync(() => inner.FindHeldByAsync(worker, limit, cancellation));

    public Task<IReadOnlyList<TrashedPrefix>> TrashDueAsync(int limit, CancellationToken cancellation) => CallAsync(() => inner.TrashDueAsync(limit, cancellation));

    public Task ForgetTrashAsync(TrashedPrefix trashed, CancellationToken cancellation) => CallAsync(async () =>
    {
        await inner.ForgetTrashAsync(trashed, cancellation);
        return true;
    });

    public Task<LedgerIdentity> InstallationAsync(Guid fresh, CancellationToken cancellation) => CallAsync(() => inner.InstallationAsync(fresh, cancellation));

    public Task<long> CountSweepAsync(CancellationToken cancellation) => CallAsync(() => inner.CountSweepAsync(cancellation));

    public Task<bool> TryBeginSweepAsync(SweepTurn turn, CancellationToken cancellation) => CallAsync(() => inner.TryBeginSweepAsync(turn, cancellation));

    public Task<bool> RenewSweepAsync(SweepTurn turn, CancellationToken cancellation) => CallAsync(() => inner.RenewSweepAsync(turn, cancellation));

    public Task EndSweepAsync(SweepTurn turn, bool swept, CancellationToken cancellation) => CallAsync(async () =>
    {
        await inner.EndSweepAsync(turn, swept, cancellation);
        return true;
    });

    // Read when a broker lost its queues, which none here does.
    public Task<IReadOnlyList<LedgerEntry>> ListEndedAsync(TimeSpan within, Guid? after, int limit, CancellationToken cancellation) =>
        inner.ListEndedAsync(within, after, limit, cancellation);

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        await shakiness.BeforeAsync();
        if (shakiness.Refuses()) throw new NoAnswerException();
        if (shakiness.Delays())
        {
            shakiness.Later(() => ExecuteAsync(call));
            throw new NoAnswerException();
        }
        var answer = await call();
        return shakiness.LosesAnswer() ? throw new NoAnswerException() : answer;
    }

    // Nobody hears what becomes of it, not even that it cannot be done any more.
    private static async Task ExecuteAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
        }
        catch (Exception exception) when (exception is Microsoft.EntityFrameworkCore.DbUpdateException or Microsoft.Data.Sqlite.SqliteException { SqliteExtendedErrorCode: UniqueBroken or KeyBroken })
        {
            // The same was accepted meanwhile.
        }
    }
}
