using System.Diagnostics.Metrics;
using Fotograma.Jobs.Ledger;
using Fotograma.Kernel.Errors;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;

namespace Fotograma.Jobs.Leases;

/// <summary>
/// Takes jobs away from workers that are gone, so that none stays "processing" for ever. That costs a job no attempt, and ends it only when it has lost
/// <see cref="JobOptions.LossesMax"/> workers, the last of them alone. Several rescuers at once do no harm: the fence lets one of them.
/// </summary>
public sealed class JobRescue
{
    private const int JobsPerRound = 100;
    private readonly ILeaseStore store;
    private readonly EventOutbox outbox;
    private readonly JobSignals signals;
    private readonly JobOptions options;
    private readonly RetryDelays delays;
    private readonly Counter<long> count;

    internal JobRescue(ILeaseStore store, EventOutbox outbox, JobSignals signals, JobOptions options, RetryDelays delays, IMeterFactory meters)
    {
        this.store = store;
        this.outbox = outbox;
        this.signals = signals;
        this.options = options;
        this.delays = delays;
        count = meters.Fotograma().CreateCounter<long>("fotograma.jobs.rescued", description: "Jobs taken back from workers that fell silent.");
    }

    /// <summary>Rescues jobs whose lease ran out.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RescueExpiredAsync(CancellationToken cancellation) =>
        await RescueAsync(await store.FindExpiredAsync(JobsPerRound, options.Lease, cancellation), wait: true, cancellation);

    /// <summary>Rescues jobs held by a worker of which it is certain that it is gone: an earlier life of the caller.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RescueOrphansOfAsync(string worker, CancellationToken cancellation) =>
        await RescueAsync(await store.FindHeldByAsync(worker, JobsPerRound, cancellation), wait: false, cancellation);

    /// <summary>
    /// Gives back what a worker holds and does not know of, because it is not among <paramref name="known"/>: a claim whose answer was lost. Nothing was begun, so the attempt does not count. Only the worker itself may ask
    /// for it, and only while it is not claiming.
    /// </summary>
    /// <returns>How many.</returns>
    public async Task<int> ReturnUnknownAsync(string worker, IReadOnlyCollection<Guid> known, CancellationToken cancellation)
    {
        var returned = 0;
        foreach (var held in await store.FindHeldByAsync(worker, JobsPerRound, cancellation))
        {
            var job = held.Entry.Job;
            var back = new GivenBack(job.Attempt - 1, TimeSpan.Zero) { Alone = job.Losses >= options.LossesAlone };
            if (known.Contains(job.Id) || !await store.GiveBackAsync(held.Hold, back, cancellation)) continue;
            signals.Waiting(job.OwnerId, job.Id);
            returned++;
        }
        return returned;
    }

    private async Task<int> RescueAsync(IReadOnlyList<HeldJob> lost, bool wait, CancellationToken cancellation)
    {
        var rescued = 0;
        foreach (var held in lost)
        {
            var job = held.Entry.Job;
            var losses = job.Losses + 1;
            var back = new GivenBack(job.Attempt - 1, wait ? PauseAfter(losses) : TimeSpan.Zero) { Losses = losses, Alone = losses >= options.LossesAlone };
            var waits = losses < options.LossesMax;
            if (!(waits ? await store.GiveBackAsync(held.Hold, back, cancellation) : await GiveUpAsync(held, cancellation))) continue;
            Steps.Reached(Steps.JobRescued);
            count.Add(1);
            if (waits && back.Delay == TimeSpan.Zero) signals.Waiting(job.OwnerId, job.Id);
            else signals.Changed(job.OwnerId, job.Id);
            rescued++;
        }
        return rescued;
    }

    // None after the first: most deaths are a worker's own.
    private TimeSpan PauseAfter(int losses) => losses > 1 ? delays.After(losses) : TimeSpan.Zero;

    private async Task<bool> GiveUpAsync(HeldJob held, CancellationToken cancellation)
    {
        var (video, job) = held.Entry;
        var reason = ErrorCatalogue.AttemptsExhausted;
        var ended = await store.EndAsync(held.Hold, new JobEnding.Failed(reason.Code, reason.Advice, "[]"),
            outbox.Of(new VideoFailed(job.VideoId, job.Id, job.OwnerId, video.Name, reason.Code, reason.Advice), job.Trace()), cancellation);
        if (ended) outbox.Wake();
        return ended;
    }
}
