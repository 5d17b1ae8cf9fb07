using Fotograma.Jobs.Ledger;
using Fotograma.Kernel.Errors;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Leases;

/// <summary>Takes jobs away from workers that are gone, so that none stays "processing" for ever.</summary>
public sealed class JobRescue
{
    private const int JobsPerRound = 100;
    private readonly IDbContextFactory<LedgerDb> databases;
    private readonly Outbox<LedgerDb> outbox;
    private readonly JobSignals signals;
    private readonly JobOptions options;
    private readonly RetryDelays delays;
    private readonly TimeProvider clock;

    internal JobRescue(
        IDbContextFactory<LedgerDb> databases, Outbox<LedgerDb> outbox, JobSignals signals, JobOptions options, RetryDelays delays, TimeProvider clock)
    {
        this.databases = databases;
        this.outbox = outbox;
        this.signals = signals;
        this.options = options;
        this.delays = delays;
        this.clock = clock;
    }

    /// <summary>Rescues jobs whose lease ran out.</summary>
    /// <returns>How many.</returns>
    public Task<int> RescueExpiredAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        return RescueAsync(jobs => jobs.Where(job => job.LeaseUntil < now), wait: true, cancellation);
    }

    /// <summary>Rescues jobs held by a worker of which it is certain that it is gone: an earlier life of the caller.</summary>
    /// <returns>How many.</returns>
    public Task<int> RescueOrphansOfAsync(string worker, CancellationToken cancellation) =>
        RescueAsync(jobs => jobs.Where(job => job.LeaseOwner == worker), wait: false, cancellation);

    private async Task<int> RescueAsync(Func<IQueryable<JobRow>, IQueryable<JobRow>> lost, bool wait, CancellationToken cancellation)
    {
        List<JobRow> jobs;
        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            jobs = await lost(db.Jobs.Where(job => job.State == JobState.Processing)).Include(job => job.Video)
                .OrderBy(job => job.Id).Take(JobsPerRound).ToListAsync(cancellation);
            foreach (var job in jobs) Rescue(db, job, wait);
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }
        if (jobs.Count > 0) outbox.Wake();
        foreach (var job in jobs) signals.Changed(job.OwnerId, job.Id);
        return jobs.Count;
    }

    private void Rescue(LedgerDb db, JobRow job, bool wait)
    {
        var now = clock.GetUtcNow();
        job.LeaseOwner = null;
        job.LeaseUntil = null;
        job.EtaSeconds = null;
        job.Revision++;
        if (job.Attempt < options.AttemptsMax)
        {
            job.State = JobState.Pending;
            job.Percent = 0;
            job.FramesDone = 0;
            job.FramesExpected = null;
            job.Speed = null;
            job.NextRunAt = wait && job.Attempt > 1 ? now + delays.After(job.Attempt) : now;
            return;
        }
        var reason = ErrorCatalogue.AttemptsExhausted;
        job.State = JobState.Failed;
        job.FinishedAt = now;
        job.ErrorCode = reason.Code;
        job.ErrorMessage = reason.Advice;
        outbox.Add(db, new VideoFailed(job.VideoId, job.Id, job.OwnerId, job.Video!.Name, reason.Code, reason.Advice));
    }
}
