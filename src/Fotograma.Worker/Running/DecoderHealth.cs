using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fotograma.Worker.Running;

/// <summary>Says whether the decoder program is where it should be.</summary>
internal sealed class DecoderHealth(DecoderOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        File.Exists(options.FullPath) ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("The decoder program is missing; jobs wait for it."));
}
