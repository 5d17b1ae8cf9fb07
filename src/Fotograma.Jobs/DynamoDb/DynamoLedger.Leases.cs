using Fotograma.Data.DynamoDb;
using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Messages;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>The worker's side.</summary>
internal sealed partial class DynamoLedger
{
    private const int CandidatesAtOnce = 16;
    private const int ClaimRoundsMax = 5;
    private const int BacklogJobsMax = 1000;
    private const int HeldJobsMax = 100_000;

    /// <summary>
    /// The waiting job with the lowest turn comes first, then the oldest (see <see cref="TurnBook"/>). Claimers that are after the same job do not wait for each other:
    /// one gets it, the others take the next. One at a time: each is a write of its own.
    /// </summary>
    public async Task<IReadOnlyList<LedgerEntry>> ClaimAsync(string worker, WantedJobs wanted, TimeSpan lease, CancellationToken cancellation)
    {
        for (var round = 1; round <= ClaimRoundsMax; round++)
        {
            var candidates = await CandidatesAsync(wanted.Choice, cancellation);
            if (candidates.Count == 0) return [];
            foreach (var candidate in candidates)
            {
                if (await ClaimAsync(candidate, worker, wanted, lease, cancellation) is not { } item) continue;
                await turns.PassAsync(item.Number("turn"), cancellation);
                var job = LedgerItems.Job(item);
                // Deleted in the moment since.
                if (await VideoItemAsync(job.VideoId, cancellation) is { } video) return [new LedgerEntry(LedgerItems.Video(video), job)];
            }
        }
        return [];
    }

    public async Task<bool> RenewAsync(Hold hold, JobProgress progress, TimeSpan lease, CancellationToken cancellation) => (await store.WriteAsync(
        Held(hold).Set("lease_until", clock.GetUtcNow() + lease).Add("renewals", 1).Set("percent", progress.Percent).Set("frames_done", progress.FramesDone)
            .Set("frames_expected", progress.FramesExpected).Set("speed", Finite(progress.Speed)).Set("eta_seconds", Finite(progress.EtaSeconds)).Add("revision", 1),
        cancellation)).Done;

    public Task<bool> EndAsync(Hold hold, JobEnding ending, CloudEvent happened, CancellationToken cancellation)
    {
        var end = Held(hold).Set("finished_at", clock.GetUtcNow()).Add("revision", 1).Remove("eta_seconds", "lease_owner", "lease_until", "held", "active_user_id");
        end = ending switch
        {
            JobEnding.Completed(var result) => Complete(end, result),
            JobEnding.Failed(var code, var message, var warnings) => end.Set("state", JobState.Failed).Set("error_code", code).Set("error_message", message)
                .Set("warnings", LedgerItems.Fitting(warnings)),
            _ => throw new ArgumentOutOfRangeException(nameof(ending)),
        };
        return store.WriteAllAsync(ids.New(), [end, outbox.Put(happened)], cancellation);
    }

    public async Task<bool> GiveBackAsync(Hold hold, GivenBack back, CancellationToken cancellation)
    {
        if (await JobItemAsync(hold.JobId, cancellation) is not { } item) return false;
        var nextRunAt = clock.GetUtcNow() + back.Delay;
        // What must run alone has no turn to wait for: it is found where few others are.
        var waits = back.Delay > TimeSpan.Zero || back.Alone;
        var order = LedgerItems.OrderOf(waits ? nextRunAt.ToUnixTimeMilliseconds() : item.Number("turn"), hold.JobId);
        var change = Held(hold);
        if (back.Losses is { } losses) change.Set("losses", losses);
        if (back.Shortages is { } shortages) change.Set("shortages", shortages);
        var token = ids.New().ToString();
        var answer = await store.WriteAsync(change.Set("claim", token).Set("state", JobState.Pending).Set("next_run_at", nextRunAt).Set("attempt", back.Attempt).Add("revision", 1)
            .Set("queue", waits ? LedgerTables.Later : LedgerTables.Due)
            .Set("queue_order", back.Alone ? LedgerItems.AloneAt(order) : order)
            .Remove("held", "lease_owner", "lease_until", "percent", "frames_done", "frames_expected", "speed", "eta_seconds"), cancellation);
        return IsDone(answer, token);
    }

    public async Task<IReadOnlyList<HeldJob>> FindExpiredAsync(int limit, TimeSpan lease, CancellationToken cancellation)
    {
        var held = (await HeldAsync(cancellation)).Select(item => new Hold(item.Id("id"), item.Number("epoch"), item.Number("renewals"))).ToList();
        var expired = leases.Look(held).Where(seen => seen.Still >= lease).Take(limit).Select(seen => seen.Mark).ToList();
        // The index may be behind: what counts is what the fence will say.
        var entries = (await ProcessingAsync(expired.Select(seen => seen.JobId), cancellation)).ToDictionary(entry => entry.Job.Id);
        return [.. expired.Where(seen => entries.ContainsKey(seen.JobId)).Select(seen => new HeldJob(entries[seen.JobId], seen))];
    }

    public async Task<IReadOnlyList<HeldJob>> FindHeldByAsync(string worker, int limit, CancellationToken cancellation)
    {
        var held = (await HeldAsync(cancellation)).Where(item => item.TextOrNull("lease_owner") == worker).Take(limit).Select(item => item.Id("id"));
        var entries = await ProcessingAsync(held, cancellation);
        return [.. entries.Where(entry => entry.Job.LeaseOwner == worker).Select(entry => new HeldJob(entry, new Hold(entry.Job.Id, entry.Job.Epoch)))];
    }

    public async Task<JobBacklog> BacklogAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var due = await QueueAsync(LedgerTables.Due, BacklogJobsMax, null, cancellation);
        var again = await AgainAsync(BacklogJobsMax, cancellation);
        var waiting = due.Concat(again).Take(BacklogJobsMax).Select(item => item.Number("next_run_at")).ToList();
        return JobBacklog.Of(waiting.Count, waiting.Count == 0 ? now : DateTimeOffset.FromUnixTimeMilliseconds(waiting.Min()), now);
    }

    private async Task<List<Item>> CandidatesAsync(JobChoice choice, CancellationToken cancellation)
    {
        var due = choice == JobChoice.Alone ? Task.FromResult<IReadOnlyList<Item>>([]) : QueueAsync(LedgerTables.Due, CandidatesAtOnce, null, cancellation);
        var again = AgainAsync(CandidatesAtOnce, cancellation);
        var found = Wanted(await again);
        // All of the first may be of the other kind.
        if (found.Count == 0 && (await again).Count == CandidatesAtOnce) found = Wanted(await AgainAsync(BacklogJobsMax, cancellation));
        return [.. (await due).Concat(found).OrderBy(item => item.Number("turn")).ThenBy(item => item.Text("id"), StringComparer.Ordinal)];

        List<Item> Wanted(IReadOnlyList<Item> items) => [.. items.Where(item => choice == JobChoice.Any || LedgerItems.IsAlone(item) == (choice == JobChoice.Alone)).Take(CandidatesAtOnce)];
    }

    private Task<IReadOnlyList<Item>> AgainAsync(int limit, CancellationToken cancellation) =>
        QueueAsync(LedgerTables.Later, limit, LedgerItems.OrderBefore(clock.GetUtcNow().ToUnixTimeMilliseconds() + 1), cancellation);

    private async Task<Item?> ClaimAsync(Item candidate, string worker, WantedJobs wanted, TimeSpan lease, CancellationToken cancellation)
    {
        var (id, epoch, now) = (candidate.Id("id"), candidate.Number("epoch"), clock.GetUtcNow());
        var token = ids.New().ToString();
        var claim = ItemWrite.Update(LedgerTables.Jobs, LedgerItems.KeyOf(id))
            .Set("state", JobState.Processing).Add("attempt", 1).Set("epoch", epoch + 1).Set("claim", token).Set("held", LedgerTables.Held)
            .Set("lease_owner", worker).Set("lease_until", now + lease).Set("renewals", 0).Set("started_at", now).Add("revision", 1)
            .Remove("queue", "queue_order", "percent", "frames_done", "frames_expected", "speed", "eta_seconds")
            .If("state", "=", JobState.Pending).If("epoch", "=", epoch);
        // A version that knows nothing of it puts jobs back without the mark.
        if (wanted.Choice == JobChoice.InCompany) claim.IfMissingOrLess("losses", wanted.LossesAlone);
        var answer = await store.WriteAsync(claim, cancellation);
        return IsDone(answer, token) ? answer.Item : null;
    }

    /// <summary>The client sends again what got no answer; the refusal of the second may be the success of the first, whose token is found then.</summary>
    private static bool IsDone(WriteAnswer answer, string token) => answer.Done || answer.Item?.TextOrNull("claim") == token;

    private async Task<IEnumerable<LedgerEntry>> ProcessingAsync(IEnumerable<Guid> wanted, CancellationToken cancellation) =>
        (await EntriesAsync([.. wanted], cancellation)).Where(entry => entry.Job.State == JobState.Processing);

    private Task<IReadOnlyList<Item>> HeldAsync(CancellationToken cancellation) =>
        store.QueryAsync(new ItemQuery(LedgerTables.Jobs, ("held", LedgerTables.Held)) { Index = LedgerTables.HeldJobs }, HeldJobsMax, cancellation);

    private static ItemWrite Held(Hold hold)
    {
        var write = ItemWrite.Update(LedgerTables.Jobs, LedgerItems.KeyOf(hold.JobId)).If("state", "=", JobState.Processing).If("epoch", "=", hold.Epoch);
        return hold.Lease is { } renewals ? write.If("renewals", "=", renewals) : write;
    }

    private static ItemWrite Complete(ItemWrite end, JobResult result) => end.Set("state", JobState.Completed).Set("percent", 100)
        .Set("frames_done", result.Frames).Set("frames_expected", result.Frames).Set("result_prefix", result.Prefix).Set("frames", result.Frames)
        .Set("archive_bytes", result.ArchiveBytes).Set("width", result.Width).Set("height", result.Height)
        .Set("duration_seconds", Finite(result.DurationSeconds)).Set("poster_frame", result.PosterFrame).Set("duplicates_removed", result.DuplicatesRemoved).Set("warnings", LedgerItems.Fitting(result.Warnings));

    private static double? Finite(double? number) => number is { } value && double.IsFinite(value) ? value : null;
}
