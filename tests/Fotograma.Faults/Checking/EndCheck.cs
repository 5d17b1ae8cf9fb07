using Fotograma.Faults.Load;

namespace Fotograma.Faults.Checking;

/// <summary>Whether every job that was promised ended, once, and told of it once.</summary>
internal static class EndCheck
{
    private static readonly string[] Outcomes = ["video.processed", "video.failed"];

    /// <summary>Jobs that were promised, or made, and came to no end. One that is cancelled though nobody asked for that is lost as well.</summary>
    public static IEnumerable<string> Lost(Evidence evidence, Promises promises)
    {
        var states = evidence.Jobs.ToDictionary(job => job.Id, job => job.State);
        var ended = evidence.Jobs.Where(job => job.IsTold).Select(job => job.Id).ToHashSet();
        var promised = promises.Accepted.Where(pair => !promises.Deleted.Contains(pair.Value)).Select(pair => pair.Key);
        foreach (var job in promised.Union(states.Keys).Where(job => !ended.Contains(job)))
        {
            var isCancelled = states.GetValueOrDefault(job) == States.Cancelled;
            if (isCancelled && promises.Cancelled.ContainsKey(job)) continue;
            if (isCancelled) yield return $"The job {job} was cancelled though nobody asked for that.";
            else yield return $"The job {job} was accepted and has not ended ({states.GetValueOrDefault(job, "it does not exist")}).";
        }
    }

    /// <summary>Jobs that people were told are cancelled, and that ended otherwise.</summary>
    public static IEnumerable<string> CancelledInVain(Evidence evidence, Promises promises) => evidence.Jobs
        .Where(job => job.State != States.Cancelled && promises.Cancelled.GetValueOrDefault(job.Id)).Select(job => $"The job {job.Id} was cancelled, and is {job.State}.");

    /// <summary>Jobs that were written although they had ended, that ended more than once, or that came or went without anybody's wish.</summary>
    public static IEnumerable<string> Twice(Evidence evidence, Promises promises)
    {
        foreach (var history in evidence.Transitions.GroupBy(change => change.Job))
        {
            foreach (var change in history.Where(change => States.IsFinal(change.Before) && change.After != States.Nothing))
            {
                yield return change.Before == change.After
                    ? $"The job {change.Job} was {change.Before} and was written again (epoch {change.Epoch}, result {change.Prefix ?? "none"})."
                    : $"The job {change.Job} went from {change.Before} to {change.After}.";
            }
            if (history.Count(change => States.IsFinal(change.After) && !States.IsFinal(change.Before)) is > 1 and var ends) yield return $"The job {history.Key} ended {ends} times.";
            if (history.Count(change => change.Before == States.Nothing) is > 1 and var births) yield return $"The job {history.Key} was made {births} times.";
            foreach (var change in history.Where(change => change.Before == States.Nothing && change.After != States.Pending))
                yield return $"The job {change.Job} was made {change.After}.";
            if (history.Any(change => change.After == States.Nothing) && promises.Accepted.TryGetValue(history.Key, out var video) && !promises.Deleted.Contains(video))
                yield return $"The job {history.Key} was deleted though nobody asked for that.";
        }
    }

    /// <summary>Ended jobs whose events are not exactly the one that belongs to their state.</summary>
    public static IEnumerable<string> WrongEvents(Evidence evidence)
    {
        var told = evidence.Events.Where(happened => Outcomes.Contains(happened.Type)).ToLookup(happened => happened.Subject, happened => happened.Type);
        foreach (var job in evidence.Jobs.Where(job => job.IsFinal))
        {
            var events = told[job.Id.ToString()].ToList();
            if (!events.SequenceEqual(job.Outcome is { } outcome ? [outcome] : []))
                yield return $"The job {job.Id} is {job.State} and has the events [{string.Join(", ", events)}].";
        }
    }
}
