using Fotograma.Jobs.Ledger;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Catalogue;

/// <summary>
/// The owner's side of the ledger: accepts videos, lists them, cancels, deletes, runs again. Everything is scoped to its owner: what belongs to
/// another does not exist here.
/// </summary>
public sealed class VideoCatalogue
{
    private readonly IDbContextFactory<LedgerDb> databases;
    private readonly Outbox<LedgerDb> outbox;
    private readonly JobSignals signals;
    private readonly JobOptions options;
    private readonly Ids ids;
    private readonly TimeProvider clock;

    internal VideoCatalogue(
        IDbContextFactory<LedgerDb> databases, Outbox<LedgerDb> outbox, JobSignals signals, JobOptions options, Ids ids, TimeProvider clock)
    {
        this.databases = databases;
        this.outbox = outbox;
        this.signals = signals;
        this.options = options;
        this.ids = ids;
        this.clock = clock;
    }

    /// <summary>
    /// Writes the video, its job and the event <c>video.uploaded</c> in one transaction. Accepting the same id again, because the first answer was
    /// lost, writes nothing and returns what is there.
    /// </summary>
    public async Task<VideoView> AcceptAsync(NewVideo accepted, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var job = NewJob(accepted.Id, accepted.OwnerId, accepted.Options, now);
        var video = NewVideoRow(accepted, job.Id, now);
        if (await AddAsync(video, job, cancellation))
        {
            outbox.Wake();
            signals.Waiting(video.OwnerId, job.Id);
        }
        return await FindVideoAsync(video.OwnerId, video.Id, cancellation) ?? JobProjection.View(video, job);
    }

    /// <summary>Adds another job to a video whose newest job has ended; null options repeat the last ones.</summary>
    /// <returns>Null when the video does not exist; otherwise the newest job, and whether this call made it: it does not when the one before has not ended.</returns>
    public async Task<RunAgainAnswer?> RunAgainAsync(Guid owner, Guid videoId, string? jobOptions, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var video = await db.Videos.SingleOrDefaultAsync(v => v.Id == videoId && v.OwnerId == owner, cancellation);
        if (video is null) return null;
        var last = await db.Jobs.AsNoTracking().SingleAsync(job => job.Id == video.CurrentJobId, cancellation);
        if (!JobState.IsFinal(last.State)) return new RunAgainAnswer(JobProjection.View(last, video.Name), Made: false);
        var again = NewJob(videoId, owner, jobOptions ?? last.Options, clock.GetUtcNow());
        db.Add(again);
        video.CurrentJobId = again.Id;
        outbox.Add(db, new VideoUploaded(videoId, again.Id, owner));
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        outbox.Wake();
        signals.Waiting(owner, again.Id);
        return new RunAgainAnswer(await FindJobAsync(owner, again.Id, cancellation) ?? JobProjection.View(again, video.Name), Made: true);
    }

    /// <summary>One page of the owner's videos, newest first.</summary>
    public async Task<VideoPage> ListAsync(Guid owner, int limit, Guid? before, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var query = db.Videos.AsNoTracking().Where(video => video.OwnerId == owner);
        if (before is { } id) query = query.Where(video => video.Id.CompareTo(id) < 0);
        var rows = await query.OrderByDescending(video => video.Id).Take(limit + 1)
            .Join(db.Jobs, video => video.CurrentJobId, job => job.Id, (video, job) => new { video, job }).ToListAsync(cancellation);
        rows.Sort((left, right) => string.CompareOrdinal(right.video.Id.ToString(), left.video.Id.ToString()));
        var places = await QueuePositions.OfAsync(db, owner, clock.GetUtcNow(), cancellation);
        var page = rows.Take(limit).Select(row => JobProjection.View(row.video, row.job, places.Of(row.job.Id))).ToList();
        return new VideoPage(page, rows.Count > limit ? page[^1].Id : null);
    }

    /// <summary>One video of the owner.</summary>
    public async Task<VideoView?> FindVideoAsync(Guid owner, Guid videoId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db.Videos.AsNoTracking().Where(video => video.Id == videoId && video.OwnerId == owner)
            .Join(db.Jobs, video => video.CurrentJobId, job => job.Id, (video, job) => new { video, job }).SingleOrDefaultAsync(cancellation);
        if (row is null) return null;
        return JobProjection.View(row.video, row.job, await PlaceAsync(db, row.job, cancellation));
    }

    /// <summary>One job of the owner.</summary>
    public async Task<JobView?> FindJobAsync(Guid owner, Guid jobId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var job = await db.Jobs.AsNoTracking().Include(j => j.Video).SingleOrDefaultAsync(j => j.Id == jobId && j.OwnerId == owner, cancellation);
        return job is null ? null : JobProjection.View(job, job.Video!.Name, await PlaceAsync(db, job, cancellation));
    }

    /// <summary>The owner's jobs that have not ended, oldest first, at most <paramref name="limit"/>: what a live view must keep an eye on.</summary>
    public async Task<IReadOnlyList<JobView>> ListActiveAsync(Guid owner, int limit, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var jobs = await db.Jobs.AsNoTracking().Include(job => job.Video)
            .Where(job => job.OwnerId == owner && (job.State == JobState.Pending || job.State == JobState.Processing))
            .OrderBy(job => job.Id).Take(limit).ToListAsync(cancellation);
        if (jobs.Count == 0) return [];
        var places = await QueuePositions.OfAsync(db, owner, clock.GetUtcNow(), cancellation);
        return [.. jobs.Select(job => JobProjection.View(job, job.Video!.Name, places.Of(job.Id)))];
    }

    /// <summary>Cancels a job that has not ended. Its worker notices at its next sign of life and kills the decoder.</summary>
    /// <returns>Whether it was this call that ended the job.</returns>
    public async Task<bool> CancelAsync(Guid owner, Guid jobId, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var changed = await db.Jobs
            .Where(job => job.Id == jobId && job.OwnerId == owner && (job.State == JobState.Pending || job.State == JobState.Processing))
            .ExecuteUpdateAsync(set => set.SetProperty(job => job.State, JobState.Cancelled).SetProperty(job => job.FinishedAt, now)
                .SetProperty(job => job.EtaSeconds, (double?)null).SetProperty(job => job.Revision, job => job.Revision + 1), cancellation);
        if (changed > 0) signals.Cancelled(owner, jobId);
        return changed > 0;
    }

    /// <summary>Deletes a video with its jobs; its blobs go to the trash in the same transaction.</summary>
    /// <returns>False when the owner has no such video.</returns>
    public async Task<bool> DeleteAsync(Guid owner, Guid videoId, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var jobs = await db.Jobs.AsNoTracking().Where(job => job.VideoId == videoId && job.OwnerId == owner)
            .Select(job => new { job.Id, MayBeBusy = job.LeaseUntil != null }).ToListAsync(cancellation);
        if (await db.Videos.Where(video => video.Id == videoId && video.OwnerId == owner).ExecuteDeleteAsync(cancellation) == 0) return false;
        foreach (var job in jobs)
        {
            // A worker that is still busy notices within a heartbeat; a second look after its lease catches what it wrote meanwhile. A cancelled
            // job keeps its lease's time, because its worker may not have noticed yet.
            db.Add(new TrashRow { Prefix = BlobKeys.OfJob(job.Id), NotBefore = now });
            if (job.MayBeBusy) db.Add(new TrashRow { Prefix = BlobKeys.OfJob(job.Id), NotBefore = now + (2 * options.Lease) });
        }
        db.Add(new TrashRow { Prefix = BlobKeys.OfVideo(videoId), NotBefore = now });
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        foreach (var job in jobs) signals.Cancelled(owner, job.Id);
        signals.Removed(owner, videoId);
        return true;
    }

    private static VideoRow NewVideoRow(NewVideo accepted, Guid jobId, DateTimeOffset now) => new()
    {
        Id = accepted.Id,
        OwnerId = accepted.OwnerId,
        Name = accepted.Name,
        Bytes = accepted.Bytes,
        Sha256 = accepted.Sha256,
        Container = accepted.Container,
        SourceKey = accepted.SourceKey,
        CreatedAt = now,
        CurrentJobId = jobId,
    };

    private async Task<bool> AddAsync(VideoRow video, JobRow job, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (await db.Videos.AnyAsync(known => known.Id == video.Id && known.OwnerId == video.OwnerId, cancellation)) return false;
        db.Add(video);
        db.Add(job);
        outbox.Add(db, new VideoUploaded(video.Id, job.Id, video.OwnerId));
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private JobRow NewJob(Guid videoId, Guid owner, string jobOptions, DateTimeOffset now) => new()
    {
        Id = ids.New(),
        VideoId = videoId,
        OwnerId = owner,
        Options = jobOptions,
        CreatedAt = now,
        State = JobState.Pending,
        NextRunAt = now,
        Revision = 1,
    };

    private async Task<int?> PlaceAsync(LedgerDb db, JobRow job, CancellationToken cancellation) => job.State == JobState.Pending
        ? (await QueuePositions.OfAsync(db, job.OwnerId, clock.GetUtcNow(), cancellation)).Of(job.Id)
        : null;
}
