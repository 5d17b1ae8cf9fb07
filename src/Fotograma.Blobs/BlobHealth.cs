using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fotograma.Blobs;

/// <summary>Says whether blobs can be read and written. What exactly is wrong is for the log: anybody may ask for the health.</summary>
internal sealed class BlobHealth(Bucket bucket, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var late = new CancellationTokenSource(AnswerWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await bucket.PingAsync(either.Token);
            return HealthCheckResult.Healthy();
        }
        catch (BlobNoSpaceException exception)
        {
            return HealthCheckResult.Degraded("The store of uploads and results is full; nothing more is taken.", exception);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The store of uploads and results cannot be used.", exception);
        }
    }
}
