namespace Fotograma.Jobs.Leases;

/// <summary>Jobs that are due and that no worker has taken yet.</summary>
/// <param name="Jobs">How many. A store that has to count one by one stops at a thousand.</param>
/// <param name="OldestAge">For how long the oldest of those that were counted has been due; zero when none waits.</param>
public sealed record JobBacklog(int Jobs, TimeSpan OldestAge)
{
    internal static JobBacklog Of(int jobs, DateTimeOffset oldest, DateTimeOffset now) =>
        new(jobs, jobs > 0 && now > oldest ? now - oldest : TimeSpan.Zero);
}
