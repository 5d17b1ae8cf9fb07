using System.Diagnostics.Metrics;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Worker.Running;

/// <summary>What this worker did, in numbers.</summary>
internal sealed class JobCounts
{
    private readonly Counter<long> claimed;
    private readonly Counter<long> completed;
    private readonly Counter<long> failed;
    private readonly Counter<long> rejected;

    public JobCounts(IMeterFactory meters)
    {
        var meter = meters.Fotograma();
        claimed = meter.CreateCounter<long>("fotograma.jobs.claimed", description: "Attempts begun, by what made the worker look: push, poll, or turn after a job ended.");
        completed = meter.CreateCounter<long>("fotograma.jobs.completed", description: "Jobs that ended with a result.");
        failed = meter.CreateCounter<long>("fotograma.jobs.failed", description: "Attempts that ended without a result, by code; some are repeated.");
        rejected = meter.CreateCounter<long>("fotograma.jobs.fence_rejected", description: "Writes of a worker whose job was not its own any more.");
    }

    public void Claimed(string source) => claimed.Add(1, new KeyValuePair<string, object?>("source", source));

    public void Completed() => completed.Add(1);

    public void Failed(string code) => failed.Add(1, new KeyValuePair<string, object?>("code", code));

    public void FenceRejected(string write) => rejected.Add(1, new KeyValuePair<string, object?>("write", write));
}
