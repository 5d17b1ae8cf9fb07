using Fotograma.Data.DynamoDb;
using Fotograma.Jobs.Ledger;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>Jobs that must run alone.</summary>
internal sealed partial class DynamoLedger
{
    // Those that have waited longest. What is before one of them is claimed or kept sooner or later.
    private const int WaitedJobsMax = 100;

    /// <summary>By the process's clock: one that is wrong lets another worker make itself free as well, or none for a while.</summary>
    public async Task<bool> KeepAloneAsync(string worker, WantedAlone wanted, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var due = LedgerItems.OrderBefore((now - wanted.Waited).ToUnixTimeMilliseconds() + 1);
        foreach (var waiting in (await QueueAsync(LedgerTables.Later, WaitedJobsMax, due, cancellation)).Where(LedgerItems.IsAlone))
        {
            // The index may be behind.
            if (await JobItemAsync(waiting.Id("id"), cancellation) is not { } item) continue;
            var job = LedgerItems.Job(item);
            if (job.State != JobState.Pending || job.Losses < wanted.LossesAlone) continue;
            if (job.LeaseUntil >= now) return job.LeaseOwner == worker;
            var keep = ItemWrite.Update(LedgerTables.Jobs, LedgerItems.KeyOf(job.Id)).Set("lease_owner", worker).Set("lease_until", now + wanted.KeptFor)
                .If("state", "=", JobState.Pending).If("epoch", "=", job.Epoch).IfMissingOrLess("lease_until", now);
            return (await store.WriteAsync(keep, cancellation)).Done;
        }
        return false;
    }
}
