using System.Diagnostics.Metrics;
using Fotograma.Jobs.Leases;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Backlog;

/// <summary>Counts the jobs that wait, for the metrics. Every worker does; they say the same.</summary>
internal sealed partial class BacklogWatch(JobLeases leases, WorkerOptions options, TimeProvider clock, IMeterFactory meters, ILogger<BacklogWatch> log) : BackgroundService
{
    // Nothing is said while the ledger does not answer: zero would look like rest.
    private volatile JobBacklog? seen;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var meter = meters.Fotograma();
        meter.CreateObservableGauge("fotograma.jobs.waiting", () => Measure(backlog => backlog.Jobs), description: "Jobs that are due and that no worker has taken yet.");
        meter.CreateObservableGauge(
            "fotograma.jobs.oldest_age", () => Measure(backlog => backlog.OldestAge.TotalSeconds), "s", "For how long the oldest job that waits for a worker has been due.");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.BacklogMilliseconds), clock);
        try
        {
            do await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            seen = await leases.BacklogAsync(cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            seen = null;
            LogFailed(exception);
        }
    }

    private IEnumerable<Measurement<T>> Measure<T>(Func<JobBacklog, T> of) where T : struct => seen is { } backlog ? [new Measurement<T>(of(backlog))] : [];

    [LoggerMessage(Level = LogLevel.Debug, Message = "The waiting jobs could not be counted.")]
    private partial void LogFailed(Exception exception);
}
