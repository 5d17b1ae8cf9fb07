using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>What can be told again.</summary>
internal abstract partial class SqlLedger
{
    private const int EndedAtOnce = 500;

    // Page by page: no transaction stays open while the reader does whatever it does with them.
    public async IAsyncEnumerable<LedgerEntry> EndedAsync(TimeSpan within, [EnumeratorCancellation] CancellationToken cancellation)
    {
        DateTimeOffset? since = null;
        Guid? after = null;
        while (true)
        {
            List<LedgerEntry> page;
            await using (var db = await OpenAsync(cancellation))
            {
                since ??= await NowAsync(db, cancellation) - within;
                page = await EndedPageAsync(db, since.Value, after, cancellation);
            }
            foreach (var entry in page) yield return entry;
            if (page.Count < EndedAtOnce) yield break;
            after = page.Max(entry => entry.Job.Id);
        }
    }

    private static Task<List<LedgerEntry>> EndedPageAsync(LedgerDb db, DateTimeOffset since, Guid? after, CancellationToken cancellation)
    {
        var ended = db.Jobs.AsNoTracking().Where(job => (job.State == JobState.Completed || job.State == JobState.Failed) && job.FinishedAt >= since);
        if (after is { } id) ended = ended.Where(job => job.Id.CompareTo(id) > 0);
        return WithVideo(ended.OrderBy(job => job.Id).Take(EndedAtOnce)).ToListAsync(cancellation);
    }
}
