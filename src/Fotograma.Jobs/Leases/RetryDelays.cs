namespace Fotograma.Jobs.Leases;

/// <summary>Exponential backoff with jitter: half of the delay is certain, the other half is drawn, so that failures that came together do not come back together.</summary>
internal sealed class RetryDelays(JobOptions options, Random chance)
{
    public TimeSpan After(int attempt)
    {
        var longest = Math.Min(options.RetryDelaySecondsMax, options.RetryDelaySeconds * Math.Pow(2, Math.Min(attempt - 1, 30)));
        lock (chance)
        {
            return TimeSpan.FromSeconds(longest * (0.5 + (0.5 * chance.NextDouble())));
        }
    }
}
