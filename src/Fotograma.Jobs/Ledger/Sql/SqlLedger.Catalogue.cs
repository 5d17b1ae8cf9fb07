using Fotograma.Messages;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>The owner's side.</summary>
internal abstract partial class SqlLedger
{
    // Compiled queries belong to one model, and each provider has its own: they are the driver's, not the class's.
    private readonly Func<LedgerDb, Guid, CancellationToken, Task<VideoRow?>> videoById = EF.CompileAsyncQuery(
        (LedgerDb db, Guid id, CancellationToken cancellation) => db.Videos.AsNoTracking().SingleOrDefault(video => video.Id == id));

    private readonly Func<LedgerDb, Guid, CancellationToken, Task<LedgerEntry?>> videoWithNewestJob = EF.CompileAsyncQuery(
        (LedgerDb db, Guid id, CancellationToken cancellation) => db.Videos.AsNoTracking().Where(video => video.Id == id)
            .Join(db.Jobs.AsNoTracking(), video => video.CurrentJobId, job => job.Id, (video, job) => new LedgerEntry(video, job)).SingleOrDefault());

    private readonly Func<LedgerDb, Guid, CancellationToken, Task<LedgerEntry?>> jobWithVideo = EF.CompileAsyncQuery(
        (LedgerDb db, Guid id, CancellationToken cancellation) => db.Jobs.AsNoTracking().Where(job => job.Id == id)
            .Select(job => new LedgerEntry(job.Video!, job)).SingleOrDefault());

    public virtual async Task<bool> AcceptAsync(VideoRow video, JobRow job, IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        try
        {
            await using var db = await OpenAsync(cancellation);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            if (await IsKnownAsync(db, video, cancellation)) return false;
            job.NextRunAt = await NowAsync(db, cancellation);
            db.Add(video);
            db.Add(job);
            foreach (var happened in events) Add(db, happened);
            await db.SaveChangesAsync(cancellation);
            await OwnerWaitsAsync(db, job.OwnerId, cancellation);
            await transaction.CommitAsync(cancellation);
            return true;
        }
        catch (DbUpdateException)
        {
            // The same video may have been accepted by another connection a moment ago.
            await using var db = await OpenAsync(cancellation);
            if (await IsKnownAsync(db, video, cancellation)) return false;
            throw;
        }
    }

    public async Task<bool> FollowAsync(JobRow last, JobRow next, CloudEvent happened, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var followed = await db.Videos.Where(video => video.Id == last.VideoId && video.CurrentJobId == last.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(video => video.CurrentJobId, next.Id), cancellation);
        if (followed == 0) return false;
        next.NextRunAt = await NowAsync(db, cancellation);
        db.Add(next);
        Add(db, happened);
        await db.SaveChangesAsync(cancellation);
        await OwnerWaitsAsync(db, next.OwnerId, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    public async Task<LedgerEntry?> FindVideoAsync(Guid videoId, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        return await videoWithNewestJob(db, videoId, cancellation);
    }

    public async Task<LedgerEntry?> FindJobAsync(Guid jobId, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        return await jobWithVideo(db, jobId, cancellation);
    }

    public async Task<IReadOnlyList<LedgerEntry>> ListAsync(Guid owner, int limit, Guid? before, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var query = db.Videos.AsNoTracking().Where(video => video.OwnerId == owner);
        if (before is { } id) query = query.Where(video => video.Id.CompareTo(id) < 0);
        var entries = await WithNewestJob(db, query.OrderByDescending(video => video.Id).Take(limit)).ToListAsync(cancellation);
        // A join keeps no order.
        entries.Sort((left, right) => right.Video.Id.CompareTo(left.Video.Id));
        return entries;
    }

    public async Task<IReadOnlyList<LedgerEntry>> ListActiveAsync(Guid owner, int limit, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var active = db.Jobs.AsNoTracking().Where(job => job.OwnerId == owner && (job.State == JobState.Pending || job.State == JobState.Processing));
        return await WithVideo(active.OrderBy(job => job.Id).Take(limit)).ToListAsync(cancellation);
    }

    public async Task<IReadOnlyDictionary<Guid, int>> PlacesAsync(Guid owner, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        return await QueuePositions.OfAsync(db, owner, await NowAsync(db, cancellation), cancellation);
    }

    public async Task<bool> CancelAsync(Guid owner, Guid jobId, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var now = await NowAsync(db, cancellation);
        return await db.Jobs
            .Where(job => job.Id == jobId && job.OwnerId == owner && (job.State == JobState.Pending || job.State == JobState.Processing))
            .ExecuteUpdateAsync(set => set.SetProperty(job => job.State, JobState.Cancelled).SetProperty(job => job.FinishedAt, now)
                .SetProperty(job => job.EtaSeconds, (double?)null).SetProperty(job => job.Revision, job => job.Revision + 1), cancellation) > 0;
    }

    public async Task<IReadOnlyList<Guid>?> DeleteAsync(Guid owner, Guid videoId, TimeSpan busyFor, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var mine = db.Videos.Where(video => video.Id == videoId && video.OwnerId == owner);
        // Changes nothing but locks the video's row, so that no job can follow between the look and the deletion.
        if (await mine.ExecuteUpdateAsync(set => set.SetProperty(video => video.CurrentJobId, video => video.CurrentJobId), cancellation) == 0) return null;
        var now = await NowAsync(db, cancellation);
        var jobs = await db.Jobs.AsNoTracking().Where(job => job.VideoId == videoId).OrderBy(job => job.Id)
            .Select(job => new { job.Id, MayBeBusy = job.LeaseUntil != null }).ToListAsync(cancellation);
        foreach (var job in jobs)
        {
            db.Add(new TrashRow { Prefix = BlobKeys.OfJob(job.Id), NotBefore = now });
            // A cancelled job keeps its lease's time, because its worker may not have noticed yet.
            if (job.MayBeBusy) db.Add(new TrashRow { Prefix = BlobKeys.OfJob(job.Id), NotBefore = now + busyFor });
        }
        db.Add(new TrashRow { Prefix = BlobKeys.OfVideo(videoId), NotBefore = now });
        await db.SaveChangesAsync(cancellation);
        await mine.ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return [.. jobs.Select(job => job.Id)];
    }

    protected Task<VideoRow?> VideoAsync(LedgerDb db, Guid id, CancellationToken cancellation) => videoById(db, id, cancellation);

    protected async Task<bool> IsKnownAsync(LedgerDb db, VideoRow video, CancellationToken cancellation) =>
        (await VideoAsync(db, video.Id, cancellation))?.OwnerId == video.OwnerId;

    private static IQueryable<LedgerEntry> WithNewestJob(LedgerDb db, IQueryable<VideoRow> videos) =>
        videos.Join(db.Jobs.AsNoTracking(), video => video.CurrentJobId, job => job.Id, (video, job) => new LedgerEntry(video, job));

    private static IQueryable<LedgerEntry> WithVideo(IQueryable<JobRow> jobs) => jobs.Select(job => new LedgerEntry(job.Video!, job));
}
