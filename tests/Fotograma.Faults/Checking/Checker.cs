using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Checking;

/// <summary>
/// Waits until a deployment has come to rest and then compares what was promised with what there is, in the manner of Jepsen's checkers: the history of promises against the final
/// state of database, blobs and mails.
/// </summary>
internal sealed class Checker(LedgerTruth truth, StoredBlobs blobs, MailLog mails, Promises promises)
{
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits for rest, and judges.</summary>
    public async Task<Verdict> CheckAsync(Mishap mishap, Deployment deployment, CancellationToken cancellation)
    {
        var rested = await RestsAsync(deployment, cancellation);
        foreach (var notice in deployment.NotNoted()) mails.NotNoted(notice);
        var verdict = await JudgeAsync(mishap, cancellation);
        if (mishap.CostsNoAttempt && LeftBehind(deployment) is > 0 and var times)
            verdict = verdict with { Complaints = [.. verdict.Complaints, $"Workers that were told to stop left jobs behind, {times} times."] };
        return verdict with
        {
            Strays = deployment.Strays(),
            Fenced = deployment.FenceRejections,
            Complaints = rested ? verdict.Complaints : ["The deployment did not come to rest in time.", .. verdict.Complaints],
        };
    }

    // A job that loses its worker keeps its attempts: that it was not given back in order shows in who had to fetch it.
    private static long LeftBehind(Deployment deployment) => deployment.Said("jobs were taken back from workers that fell silent") + deployment.Said("jobs of this worker's earlier life wait again");

    /// <summary>Judges what there is now.</summary>
    public async Task<Verdict> JudgeAsync(Mishap mishap, CancellationToken cancellation)
    {
        var evidence = await truth.ReadAsync(mails.Mails, blobs, cancellation);
        var jobs = evidence.Jobs;
        var lost = EndCheck.Lost(evidence, promises).ToList();
        var duplicated = EndCheck.Twice(evidence, promises).Concat(EndCheck.CancelledInVain(evidence, promises)).ToList();
        var events = EndCheck.WrongEvents(evidence).ToList();
        var duplicateNotices = NoticeCheck.Duplicates(evidence, promises).ToList();
        var wrongNotices = NoticeCheck.Wrong(evidence).Concat(NoticeCheck.Misdirected(evidence, promises)).ToList();
        var missingNotices = NoticeCheck.Missing(evidence).ToList();
        var results = await BlobCheck.BadResultsAsync(evidence, promises, blobs, cancellation);
        var sources = await BlobCheck.BadSourcesAsync(evidence, blobs, cancellation);
        var orphans = BlobCheck.Orphans(evidence).ToList();
        var unfinished = await BlobCheck.UnfinishedAsync(blobs, cancellation);
        List<string> complaints = [.. lost, .. duplicated, .. events, .. duplicateNotices, .. wrongNotices, .. missingNotices, .. results, .. sources, .. orphans, .. unfinished];
        complaints.AddRange(jobs.Where(job => job.State == States.Failed && !mishap.MayFail.Contains(job.ErrorCode ?? ""))
            .Select(job => $"The job {job.Id} failed ({job.ErrorCode}, attempt {job.Attempt}) though its video is sound."));
        if (mishap.CostsNoAttempt) complaints.AddRange(jobs.Where(job => job.Attempt > 1).Select(job => $"The job {job.Id} took {job.Attempt} attempts."));
        return new Verdict
        {
            Attempted = promises.Attempted,
            Accepted = promises.Accepted.Count,
            Completed = jobs.Count(job => job.State == States.Completed),
            Failed = jobs.Count(job => job.State == States.Failed),
            Recovered = jobs.Count(job => job.IsFinal && job.Epoch > 1),
            Lost = lost.Count,
            Duplicated = duplicated.Count,
            WrongEvents = events.Count,
            DuplicateNotices = duplicateNotices.Count,
            WrongNotices = wrongNotices.Count,
            MissingNotices = missingNotices.Count,
            RepeatedMails = NoticeCheck.Repeats(evidence).Count(repeat => repeat.IsAllowed),
            BadResults = results.Count,
            BadSources = sources.Count,
            Orphans = orphans.Count,
            Unfinished = unfinished.Count,
            Complaints = complaints,
        };
    }

    // At rest: nothing pending or processing, no decoder at work, nothing in the outbox, every end told, nothing in the trash, no blob, finished or not, that a sweep would still remove.
    private async Task<bool> RestsAsync(Deployment deployment, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(RestMax);
        try
        {
            while (!await IsAtRestAsync(deployment, bound.Token)) await Task.Delay(LookInterval, bound.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> IsAtRestAsync(Deployment deployment, CancellationToken cancellation)
    {
        var jobs = await truth.JobsAsync(cancellation);
        if (!jobs.TrueForAll(job => job.IsFinal) || deployment.Strays() > 0) return false;
        if (await truth.WaitingEventsAsync(cancellation) + await truth.TrashAsync(cancellation) > 0) return false;
        if ((await blobs.UnfinishedAsync(cancellation)).Count > 0) return false;
        var evidence = await truth.ReadAsync(mails.Mails, blobs, cancellation);
        return evidence.Notices.All(notice => notice.Sent) && !NoticeCheck.Missing(evidence).Any() && !BlobCheck.Orphans(evidence).Any();
    }
}
