using Fotograma.Media.Sandbox;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fotograma.Worker.Running;

/// <summary>Says whether the decoder program is where it should be, and whether it is confined.</summary>
internal sealed class DecoderHealth(DecoderOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Look());

    private HealthCheckResult Look()
    {
        if (!File.Exists(options.FullPath)) return HealthCheckResult.Degraded("The decoder program is missing; jobs wait for it.");
        return options.Sandbox switch
        {
            SandboxMode.Off => HealthCheckResult.Degraded("The decoder is not confined: Decoder:Sandbox is Off."),
            SandboxMode.Seccomp => HealthCheckResult.Healthy("Decoders may run without Landlock: Decoder:Sandbox is Seccomp."),
            _ => HealthCheckResult.Healthy(),
        };
    }
}
