using Fotograma.Faults.Deployments;

namespace Fotograma.Faults.Trials;

/// <summary>Evidence that a fault really happened: something that is counted before and after, and must have grown.</summary>
/// <param name="What">What is counted.</param>
/// <param name="CountAsync">Counts it.</param>
internal sealed record Proof(string What, Func<Trial, Task<long>> CountAsync)
{
    /// <summary>By how much it must have grown.</summary>
    public long AtLeast { get; init; } = 1;

    /// <summary>A renewal or a result was turned away because its job was another's by then.</summary>
    public static Proof Fenced { get; } = Of("late work was turned away", trial => trial.Deployment.FenceRejections);

    /// <summary>The fault itself noted it.</summary>
    public static Proof Noted(string what) => Of(what, trial => trial.Deployment.Noted(what));

    /// <summary>A process said it.</summary>
    public static Proof Said(string text) => Of($"'{text}' was said", trial => trial.Deployment.Said(text));

    /// <summary>PostgreSQL refused something with these words, or told of something else in its log.</summary>
    public static Proof DatabaseSaid(string text) => Of($"PostgreSQL's log said '{text}'", trial => trial.Deployment.Postgres.Log.Split(text).Length - 1);

    /// <summary>A link did it to what passed.</summary>
    public static Proof Struck(Target target) => Of($"the way to the {target} struck", trial => trial.Deployment.Links.Struck(target));

    /// <summary>An upload was answered so.</summary>
    public static Proof Refused(int status) => Of($"uploads were answered with {status}", trial => trial.Crowd.Promises.RefusedWith(status));

    /// <summary>Jobs failed with a code.</summary>
    public static Proof Failed(string code) => new($"jobs failed with {code}", async trial => (await trial.Deployment.Truth.JobsAsync(trial.Cancellation)).Count(job => job.ErrorCode == code));

    public static Proof Of(string what, Func<Trial, long> count) => new(what, trial => Task.FromResult(count(trial)));
}
