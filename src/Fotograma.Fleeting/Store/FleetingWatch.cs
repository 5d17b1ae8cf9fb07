using Microsoft.Extensions.Hosting;

namespace Fotograma.Fleeting.Store;

/// <summary>Looks after the shared store, so that no request pays for finding out that it is away or back.</summary>
internal sealed class FleetingWatch(FleetingMemory memory, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(LookInterval, clock);
            do await memory.LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }
}
