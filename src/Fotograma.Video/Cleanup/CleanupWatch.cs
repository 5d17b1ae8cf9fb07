using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Fotograma.Video.Cleanup;

/// <summary>Whether orphans are deleted. Says in the log once, and in health for as long as it lasts, why not.</summary>
internal sealed partial class CleanupWatch(ILogger<CleanupWatch> log) : IHealthCheck
{
    private volatile Refusal? refusal;

    /// <summary>Ledger and bucket belong together.</summary>
    public void Agree()
    {
        if (refusal is null) return;
        refusal = null;
        LogAgreed();
    }

    /// <summary>They do not, or it is in doubt.</summary>
    public void Refuse(Refusal why)
    {
        if (refusal?.Reason != why.Reason) LogRefused(why.Reason, why.Detail);
        refusal = why;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(refusal is { } why ? HealthCheckResult.Degraded(why.Reason) : HealthCheckResult.Healthy());

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reason} {Detail}")]
    private partial void LogRefused(string reason, string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ledger and bucket belong together again; what lost its owner is deleted.")]
    private partial void LogAgreed();
}
