using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;

namespace Fotograma.Jobs.Ledger;

/// <summary>A job and the video it belongs to.</summary>
internal sealed record LedgerEntry(VideoRow Video, JobRow Job);

/// <summary>
/// The fence: a write takes place only while the job is being processed under this epoch and, when a lease is named, only while that lease was not renewed.
/// </summary>
/// <param name="JobId">The job.</param>
/// <param name="Epoch">The claim.</param>
/// <param name="Lease">The state of the lease as it was seen, in whatever the driver counts; null for the holder itself, who may be late.</param>
internal readonly record struct Hold(Guid JobId, long Epoch, long? Lease = null);

/// <summary>A job in somebody's hands, and the fence for whoever takes it from there.</summary>
internal sealed record HeldJob(LedgerEntry Entry, Hold Hold);

/// <summary>What a worker asks for.</summary>
/// <param name="Most">So many jobs at most.</param>
/// <param name="Choice">Which.</param>
/// <param name="LossesAlone">From so many lost workers on a job is given alone or not at all.</param>
internal readonly record struct WantedJobs(int Most, JobChoice Choice, int LossesAlone)
{
    /// <summary>Lost workers of a job at least.</summary>
    public int LossesMin => Choice == JobChoice.Alone ? LossesAlone : 0;

    /// <summary>Lost workers of a job at most.</summary>
    public int LossesMax => Choice == JobChoice.InCompany ? LossesAlone - 1 : int.MaxValue;
}

/// <summary>A worker's wish to make itself free for a job that must run alone.</summary>
/// <param name="LossesAlone">From so many lost workers on a job must.</param>
/// <param name="Waited">So long it must have been due.</param>
/// <param name="KeptFor">So long nobody else makes itself free for it.</param>
internal readonly record struct WantedAlone(int LossesAlone, TimeSpan Waited, TimeSpan KeptFor);

/// <summary>How a job waits again.</summary>
/// <param name="Attempt">Attempts begun that count.</param>
/// <param name="Delay">When it is due, from now on.</param>
internal readonly record struct GivenBack(int Attempt, TimeSpan Delay)
{
    /// <summary>Workers lost so far, where that has changed.</summary>
    public int? Losses { get; init; }

    /// <summary>How often there was no room for it so far, where that has changed.</summary>
    public int? Shortages { get; init; }

    /// <summary>Whether it must run alone, for drivers whose indices cannot tell by the losses.</summary>
    public bool Alone { get; init; }
}

/// <summary>How a job ends in a worker's or a rescuer's hands.</summary>
internal abstract record JobEnding
{
    private JobEnding()
    {
    }

    /// <summary>There is a result.</summary>
    public sealed record Completed(JobResult Result) : JobEnding;

    /// <summary>There is a reason, and warnings as a JSON array.</summary>
    public sealed record Failed(string Code, string Message, string Warnings) : JobEnding;
}
