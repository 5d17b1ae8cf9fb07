using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>What can be told again.</summary>
internal abstract partial class SqlLedger
{
    public async Task<IReadOnlyList<LedgerEntry>> ListEndedAsync(TimeSpan within, Guid? after, int limit, CancellationToken cancellation)
    {
        await using var db = await OpenAsync(cancellation);
        var since = await NowAsync(db, cancellation) - within;
        var ended = db.Jobs.AsNoTracking().Where(job => (job.State == JobState.Completed || job.State == JobState.Failed) && job.FinishedAt >= since);
        if (after is { } id) ended = ended.Where(job => job.Id.CompareTo(id) > 0);
        var entries = await WithVideo(ended.OrderBy(job => job.Id).Take(limit)).ToListAsync(cancellation);
        // A join keeps no order.
        entries.Sort((left, right) => left.Job.Id.CompareTo(right.Job.Id));
        return entries;
    }
}
