using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>The worst of the other faults on what is shipped as the default (S): SQLite files and the embedded queue, here shared by three processes of one machine.</summary>
internal static class SqliteFaults
{
    private const string Locked = "the ledger was locked with jobs in hand";
    private const double LockedSeconds = 8;

    public static IEnumerable<Mishap> All => Faults.Select(mishap => mishap with { Title = $"{mishap.Title}, on SQLite", Ledger = LedgerKind.Sqlite, Carrier = CarrierKind.Database });

    private static IEnumerable<Mishap> Faults =>
    [
        ProcessFaults.WorkerDies("S2", "after a claim", "job.claimed"),
        ProcessFaults.WorkerDies("S6", "after the result is stored, before it is committed", "job.stored"),
        ProcessFaults.WorkerDies("S7", "after the commit", "job.ended"),
        ProcessFaults.ApiDies("S7c", "kill -9 of the relay after it published", "relay.published"),
        ProcessFaults.ApiDies("S7d", "kill -9 of notify after a notification is written", "notice.written"),
        ProcessFaults.ApiDies("S7f", "kill -9 of notify after a mail was sent, before that is noted", "notice.sent"),
        ProcessFaults.ApiDies("S15", "kill -9 of the API after accepting, before the answer", "upload.accepted", 3),
        ProcessFaults.WorkerStandsStill with { Id = "S9" },
        ProcessFaults.WorkerComesTooLate with { Id = "S9b" },
        ProcessFaults.WorkersAreStopped with { Id = "S10" },
        ProcessFaults.EverythingDies with { Id = "S16" },
        new("S32", "somebody holds the ledger locked for eight seconds", LedgerIsLockedAsync) { Happened = [Proof.Noted(Locked)] },
        DatabaseFaults.DiskIsFull("S34", "the disk with the databases is full for a while", Proof.Said("database or disk is full")),
    ];

    // For longer than leases last: nobody can renew them, and nobody can take what has run out.
    private static async Task LedgerIsLockedAsync(Trial trial)
    {
        var slow = Task.WhenAll(trial.UploadLongAsync(), trial.UploadLongAsync());
        var load = trial.LoadAsync(8);
        await trial.DecodingAsync();
        await using (await trial.Deployment.Sql.HoldAsync("BEGIN IMMEDIATE", trial.Cancellation))
        {
            trial.Note(Locked, (await trial.Deployment.Truth.LeasedAsync(trial.Cancellation)).Count);
            await trial.PassAsync(LockedSeconds);
        }
        await load;
        await slow;
        await trial.LoadAsync(4);
    }
}
