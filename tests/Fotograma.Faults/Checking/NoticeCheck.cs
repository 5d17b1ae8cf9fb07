using Fotograma.Faults.Load;

namespace Fotograma.Faults.Checking;

/// <summary>Whether people were told of every end, of none twice and of nothing else, going by the notifications and by the mails that were really sent.</summary>
internal static class NoticeCheck
{
    /// <summary>A mail that was taken although the same one had been taken before.</summary>
    /// <param name="Mail">The later one.</param>
    /// <param name="IsAllowed">
    /// Delivery is at least once, and this is such a case: the sender of the earlier one never heard that it was taken, or could not note it because the database was away, or was killed or
    /// stood still with it in hand before it could, or the later one is what a sender had in hand that stood still.
    /// </param>
    public sealed record Repeat(SentMail Mail, bool IsAllowed);

    public static IEnumerable<Repeat> Repeats(Evidence evidence)
    {
        foreach (var same in evidence.Mails.GroupBy(mail => mail.MessageId))
        {
            foreach (var (earlier, later) in same.Zip(same.Skip(1)))
                yield return new Repeat(later, !earlier.IsHeard || earlier.IsNotNoted || (earlier.Life != later.Life && (earlier.WasInFlight || later.IsBelated)));
        }
    }

    /// <summary>More than one notification or more than one mail for a job and a kind; mails that came again without need.</summary>
    public static IEnumerable<string> Duplicates(Evidence evidence, Promises promises)
    {
        foreach (var same in evidence.Notices.GroupBy(notice => (notice.Job, notice.Kind, notice.Channel)).Where(group => group.Count() > 1))
            yield return $"The job {same.Key.Job} has {same.Count()} notifications of {same.Key.Kind} by {same.Key.Channel}.";
        // The mails speak for themselves: two different ones for one video and kind are two, whatever the database knows of them. A job that is gone, because its video was deleted, may have told of its end before.
        var there = evidence.Jobs.Select(job => job.Id).ToHashSet();
        var gone = promises.Accepted.Where(pair => promises.Deleted.Contains(pair.Value) && !there.Contains(pair.Key)).ToLookup(pair => (Guid?)pair.Value, pair => pair.Key);
        foreach (var same in evidence.Mails.DistinctBy(mail => mail.MessageId).GroupBy(mail => (mail.Video, mail.Kind)))
        {
            var jobs = Math.Max(1, evidence.Jobs.Count(job => job.VideoId == same.Key.Video && job.Outcome == same.Key.Kind) + gone[same.Key.Video].Count());
            if (same.Count() > jobs) yield return $"{same.Count()} different mails were sent of {same.Key.Kind} of the video {same.Key.Video}.";
        }
        foreach (var repeat in Repeats(evidence).Where(repeat => !repeat.IsAllowed))
            yield return $"The mail {repeat.Mail.MessageId} was sent again though the sender had heard that it was taken.";
    }

    /// <summary>Mails that went to somebody else than who was promised them.</summary>
    public static IEnumerable<string> Misdirected(Evidence evidence, Promises promises)
    {
        var notices = evidence.Notices.ToDictionary(notice => notice.Id);
        foreach (var mail in evidence.Mails)
        {
            if (mail.Notice is { } id && notices.TryGetValue(id, out var notice) && promises.Asked.TryGetValue(notice.Job, out var asked) && mail.To != asked.Owner)
                yield return $"The mail {mail.MessageId} went to {mail.To}; the video is {asked.Owner}'s.";
        }
    }

    /// <summary>What tells of something that did not happen: another kind than the job's end, a second kind, a mail of no notification.</summary>
    public static IEnumerable<string> Wrong(Evidence evidence)
    {
        var jobs = evidence.Jobs.ToDictionary(job => job.Id);
        foreach (var notice in evidence.Notices)
        {
            // Who deletes a video deletes its jobs; that they were told of its end before is right.
            if (jobs.TryGetValue(notice.Job, out var job) && job.Outcome != notice.Kind) yield return $"The job {job.Id} is {job.State} and has a notification of {notice.Kind}.";
        }
        foreach (var told in evidence.Notices.GroupBy(notice => notice.Job).Where(told => told.DistinctBy(notice => notice.Kind).Count() > 1))
            yield return $"The job {told.Key} has notifications of {string.Join(" and of ", told.Select(notice => notice.Kind))}.";
        var notices = evidence.Notices.ToDictionary(notice => notice.Id);
        foreach (var mail in evidence.Mails.DistinctBy(mail => mail.MessageId))
        {
            if (mail.Notice is not { } id || !notices.TryGetValue(id, out var notice)) yield return $"The mail {mail.MessageId} is of no notification.";
            else if ((mail.Video, mail.Kind) != (notice.Video, notice.Kind))
                yield return $"The mail {mail.MessageId} tells of {mail.Kind ?? "nothing"} of the video {mail.Video}; its notification is of {notice.Kind} of {notice.Video}.";
        }
    }

    /// <summary>Ended jobs without a notification, and notifications without a mail.</summary>
    public static IEnumerable<string> Missing(Evidence evidence)
    {
        var told = evidence.Notices.Select(notice => (notice.Job, notice.Kind)).ToHashSet();
        foreach (var job in evidence.Jobs.Where(job => job.Outcome is { } outcome && !told.Contains((job.Id, outcome)))) yield return $"Nobody was told of the end of job {job.Id} ({job.State}).";
        var sent = evidence.Mails.Select(mail => mail.Notice).OfType<Guid>().ToHashSet();
        foreach (var notice in evidence.Notices.Where(notice => !sent.Contains(notice.Id))) yield return $"The notification {notice.Id} of job {notice.Job} was never sent.";
    }
}
