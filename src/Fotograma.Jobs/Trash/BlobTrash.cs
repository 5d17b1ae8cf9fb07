using Fotograma.Jobs.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Trash;

/// <summary>Key prefixes whose blobs are to be deleted, and the question whether a blob still belongs to anything.</summary>
public sealed class BlobTrash
{
    private readonly IDbContextFactory<LedgerDb> databases;
    private readonly TimeProvider clock;

    internal BlobTrash(IDbContextFactory<LedgerDb> databases, TimeProvider clock)
    {
        this.databases = databases;
        this.clock = clock;
    }

    /// <summary>What may be deleted now, at most <paramref name="limit"/> prefixes.</summary>
    public async Task<IReadOnlyList<TrashedPrefix>> DueAsync(int limit, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Trash.AsNoTracking().Where(trash => trash.NotBefore <= now).OrderBy(trash => trash.Id).Take(limit)
            .Select(trash => new TrashedPrefix(trash.Id, trash.Prefix)).ToListAsync(cancellation);
    }

    /// <summary>Forgets a prefix whose blobs are gone.</summary>
    public async Task ForgetAsync(TrashedPrefix trashed, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db.Trash.Where(trash => trash.Id == trashed.Id).ExecuteDeleteAsync(cancellation);
    }

    /// <summary>Whether a video of this id exists.</summary>
    public async Task<bool> IsVideoKnownAsync(Guid videoId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Videos.AnyAsync(video => video.Id == videoId, cancellation);
    }

    /// <summary>Whether these blobs are the job's result.</summary>
    public async Task<bool> IsCommittedAsync(Guid jobId, string resultPrefix, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Jobs.AnyAsync(job => job.Id == jobId && job.ResultPrefix == resultPrefix, cancellation);
    }

    /// <summary>Whether this epoch's blobs are the job's result, or its worker may still be writing them.</summary>
    public async Task<bool> IsAttemptAliveAsync(Guid jobId, long epoch, CancellationToken cancellation)
    {
        var prefix = BlobKeys.OfAttempt(jobId, epoch);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Jobs.AnyAsync(
            job => job.Id == jobId && (job.ResultPrefix == prefix || (job.State == JobState.Processing && job.Epoch == epoch)), cancellation);
    }
}

/// <summary>A prefix in the trash.</summary>
public sealed record TrashedPrefix(long Id, string Prefix);
