using Fotograma.Jobs.Ledger;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>What can be told again.</summary>
internal sealed partial class DynamoLedger
{
    /// <summary>Reads through the table of jobs: a broker that lost its queues is too rare for an index that every job would pay for.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> ListEndedAsync(TimeSpan within, Guid? after, int limit, CancellationToken cancellation)
    {
        var found = new List<LedgerEntry>();
        var begin = after is { } id ? LedgerItems.KeyOf(id) : null;
        await foreach (var item in store.ScanAsync(LedgerTables.Jobs, ("finished_at", clock.GetUtcNow() - within), begin, cancellation))
        {
            var job = LedgerItems.Job(item);
            if (job.State is not (JobState.Completed or JobState.Failed)) continue;
            if (await VideoItemAsync(job.VideoId, cancellation) is { } video) found.Add(new LedgerEntry(LedgerItems.Video(video), job));
            if (found.Count == limit) break;
        }
        return found;
    }
}
