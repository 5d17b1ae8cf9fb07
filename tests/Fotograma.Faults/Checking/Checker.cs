using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Checking;

/// <summary>
/// Waits until a deployment has come to rest and then compares what was promised with what there is, in the manner of Jepsen's checkers: the history of promises against the final
/// state of database, blobs and notifications.
/// </summary>
internal sealed class Checker(Deployment deployment, Crowd crowd)
{
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);
    private readonly LedgerTruth truth = deployment.Truth;

    public async Task<Verdict> CheckAsync(Mishap mishap, CancellationToken cancellation)
    {
        var rested = await RestsAsync(cancellation);
        var jobs = await truth.JobsAsync(cancellation);
        var complaints = new List<string>();
        var lost = Lost(jobs, complaints);
        var (notices, missing) = await NoticesAsync(jobs, complaints, cancellation);
        var verdict = new Verdict
        {
            Attempted = crowd.Attempted,
            Accepted = crowd.Accepted.Count,
            Completed = jobs.Count(job => job.State == "completed"),
            Failed = jobs.Count(job => job.State == "failed"),
            Recovered = jobs.Count(job => job.IsFinal && job.Epoch > 1),
            Lost = lost,
            Duplicated = await DuplicatedAsync(complaints, cancellation),
            DuplicateNotices = notices,
            MissingNotices = missing,
            BadResults = await BadResultsAsync(jobs, complaints, cancellation),
            Orphans = await OrphansAsync(jobs, complaints, cancellation),
            Strays = Strays(),
            Fenced = deployment.FenceRejections,
        };
        complaints.AddRange(jobs.Where(job => job.State == "failed" && !mishap.MayFail.Contains(job.ErrorCode ?? ""))
            .Select(job => $"The job {job.Id} failed ({job.ErrorCode}) though its video is sound."));
        if (mishap.CostsNoAttempt) complaints.AddRange(jobs.Where(job => job.Attempt > 1).Select(job => $"The job {job.Id} took {job.Attempt} attempts."));
        if (!rested) complaints.Insert(0, "The deployment did not come to rest in time.");
        return verdict with { Complaints = complaints };
    }

    // At rest: nothing pending or processing, no decoder at work, nothing in the outbox, every end told, nothing in the trash, no blob that a sweep would still remove.
    private async Task<bool> RestsAsync(CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(RestMax);
        try
        {
            while (!await IsAtRestAsync(bound.Token)) await Task.Delay(LookInterval, bound.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> IsAtRestAsync(CancellationToken cancellation)
    {
        var jobs = await truth.JobsAsync(cancellation);
        if (!jobs.TrueForAll(job => job.IsFinal) || Strays() > 0) return false;
        if (await truth.WaitingEventsAsync(cancellation) + await truth.TrashAsync(cancellation) > 0) return false;
        var notices = await truth.NoticesAsync(cancellation);
        if (notices.Exists(notice => !notice.Sent) || notices.DistinctBy(notice => notice.Job).Count() < jobs.Count(job => job.State is "completed" or "failed")) return false;
        return await OrphansAsync(jobs, [], cancellation) == 0;
    }

    // A worker that learned only now that its job is another's is given the time to end its decoder.
    private int Strays() => deployment.Workers.Sum(worker => worker.IsAlive ? worker.Decoders().Count : 0);

    private int Lost(List<JobTruth> jobs, List<string> complaints)
    {
        var ended = jobs.Where(job => job.IsFinal).Select(job => job.Id).ToHashSet();
        var lost = crowd.Accepted.Keys.Where(job => !ended.Contains(job)).Concat(jobs.Where(job => !job.IsFinal).Select(job => job.Id)).Distinct().ToList();
        complaints.AddRange(lost.Select(job => $"The job {job} was accepted and has not ended ({jobs.Find(found => found.Id == job)?.State ?? "it does not exist"})."));
        return lost.Count;
    }

    private async Task<int> DuplicatedAsync(List<string> complaints, CancellationToken cancellation)
    {
        var transitions = await truth.TransitionsAsync(cancellation);
        var twice = transitions.Where(change => IsFinal(change.Before)).Concat(
            transitions.Where(change => IsFinal(change.After)).GroupBy(change => change.Job).Where(group => group.Count() > 1).Select(group => group.Last())).ToList();
        complaints.AddRange(twice.Select(change => $"The job {change.Job} went from {change.Before} to {change.After}."));
        return twice.Count;
    }

    private async Task<(int Duplicates, int Missing)> NoticesAsync(List<JobTruth> jobs, List<string> complaints, CancellationToken cancellation)
    {
        var notices = await truth.NoticesAsync(cancellation);
        var duplicates = notices.Count - notices.DistinctBy(notice => (notice.Job, notice.Kind, notice.Channel)).Count();
        var told = notices.Select(notice => notice.Job).ToHashSet();
        var missing = jobs.Where(job => job.State is "completed" or "failed" && !told.Contains(job.Id)).ToList();
        complaints.AddRange(missing.Select(job => $"Nobody was told of the end of job {job.Id}."));
        return (duplicates, missing.Count);
    }

    private async Task<int> BadResultsAsync(List<JobTruth> jobs, List<string> complaints, CancellationToken cancellation)
    {
        var bad = 0;
        foreach (var job in jobs.Where(job => job.State == "completed"))
        {
            var frames = job.ResultPrefix is { } prefix ? await deployment.Blobs.CountFramesAsync(prefix, cancellation) : null;
            if (frames == job.Frames && frames is Clips.ShortFrames or Clips.LongFrames) continue;
            bad++;
            complaints.Add($"The archive of job {job.Id} holds {frames?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no"} frames; the job says {job.Frames}.");
        }
        return bad;
    }

    private async Task<int> OrphansAsync(List<JobTruth> jobs, List<string> complaints, CancellationToken cancellation)
    {
        var known = (await truth.VideosAsync(cancellation)).Select(video => $"videos/{video}/").Concat(jobs.Select(job => job.ResultPrefix).OfType<string>()).ToHashSet(StringComparer.Ordinal);
        // One blob says which ledger the others belong to.
        var orphans = (await deployment.Blobs.KeysAsync(cancellation)).Where(key => key != "ledger.json" && !known.Contains(key[..(key.LastIndexOf('/') + 1)])).ToList();
        complaints.AddRange(orphans.Select(key => $"Nothing refers to the blob {key}."));
        return orphans.Count;
    }

    private static bool IsFinal(string state) => state is "completed" or "failed" or "cancelled";
}
