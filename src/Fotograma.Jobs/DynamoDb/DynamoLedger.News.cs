using System.Runtime.CompilerServices;
using Fotograma.Jobs.Ledger;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>What can be told again.</summary>
internal sealed partial class DynamoLedger
{
    /// <summary>Reads the whole table of jobs: a broker that lost its queues is too rare for an index that every job would pay for.</summary>
    public async IAsyncEnumerable<LedgerEntry> EndedAsync(TimeSpan within, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var since = clock.GetUtcNow() - within;
        await foreach (var item in store.ScanAsync(LedgerTables.Jobs, ("finished_at", since), cancellation))
        {
            var job = LedgerItems.Job(item);
            if (job.State is not (JobState.Completed or JobState.Failed)) continue;
            if (await VideoItemAsync(job.VideoId, cancellation) is { } video) yield return new LedgerEntry(LedgerItems.Video(video), job);
        }
    }
}
