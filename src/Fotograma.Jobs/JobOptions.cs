using Fotograma.Kernel.Hosting;

namespace Fotograma.Jobs;

/// <summary>How jobs are leased and repeated.</summary>
public sealed class JobOptions : ICheckedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Jobs";

    // Once or twice may be chance, or a neighbour's doing.
    private const int LossesBeforeAlone = 3;

    /// <summary>Where videos and jobs are kept: in the modules' database, or in DynamoDB.</summary>
    public LedgerStore Store { get; set; } = LedgerStore.Database;

    /// <summary>How long a worker may be silent before its job is given to another, in seconds (2 to 3600).</summary>
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>Attempts before a job fails for good (1 to 20).</summary>
    public int AttemptsMax { get; set; } = 3;

    /// <summary>How often jobs of dead workers are looked for, by workers and by who takes uploads in, in milliseconds (100 to 600000).</summary>
    public int RescueMilliseconds { get; set; } = 5000;

    /// <summary>
    /// Workers that a job loses before it fails for good (2 to 1000). A worker that dies or is cut off costs its jobs no attempt, because that is hardly ever a video's doing: videos are decoded in
    /// processes of their own. This is the end for one that does kill its workers.
    /// </summary>
    public int LossesMax { get; set; } = 10;

    /// <summary>Delay before the second attempt, in seconds; doubles with each further one, with jitter (0 to 3600).</summary>
    public double RetryDelaySeconds { get; set; } = 5;

    /// <summary>Longest delay between attempts, in seconds (1 to 86400).</summary>
    public double RetryDelaySecondsMax { get; set; } = 600;

    /// <summary>
    /// From so many lost workers on a job runs alone, so that no other job is in the hands of a worker that dies of it. It is less than <see cref="LossesMax"/>: no job fails for what
    /// it lost together with others.
    /// </summary>
    public int LossesAlone => Math.Min(LossesMax - 1, LossesBeforeAlone);

    /// <summary><see cref="LeaseSeconds"/> as a time span.</summary>
    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (!Enum.IsDefined(Store)) yield return "Store must be Database or DynamoDb.";
        if (LeaseSeconds is < 2 or > 3600) yield return "LeaseSeconds must lie between 2 and 3600.";
        if (RescueMilliseconds is < 100 or > 600_000) yield return "RescueMilliseconds must lie between 100 and 600000.";
        if (AttemptsMax is < 1 or > 20) yield return "AttemptsMax must lie between 1 and 20.";
        // The last one it must lose alone.
        if (LossesMax is < 2 or > 1000) yield return "LossesMax must lie between 2 and 1000.";
        if (RetryDelaySeconds is not (>= 0 and <= 3600)) yield return "RetryDelaySeconds must lie between 0 and 3600.";
        if (RetryDelaySecondsMax is not (>= 1 and <= 86_400)) yield return "RetryDelaySecondsMax must lie between 1 and 86400.";
    }
}

/// <summary>What videos and jobs can be kept in.</summary>
public enum LedgerStore
{
    /// <summary>The database that the section <c>Database</c> names.</summary>
    Database,

    /// <summary>Tables in DynamoDB, by the section <c>DynamoDb</c>.</summary>
    DynamoDb,
}
