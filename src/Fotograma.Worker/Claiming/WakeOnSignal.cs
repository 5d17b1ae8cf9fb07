using Fotograma.Jobs;
using Microsoft.Extensions.Hosting;

namespace Fotograma.Worker.Claiming;

/// <summary>A signal that a job waits wakes the loop, also where the transport of events is away at the moment.</summary>
internal sealed class WakeOnSignal(JobSignals signals, ClaimLoop loop) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = signals.ListenForWaiting();
        try
        {
            await foreach (var _ in listener.Signals.ReadAllAsync(stoppingToken)) loop.Wake();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }
}
