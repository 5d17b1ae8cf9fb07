using System.Diagnostics;
using System.Globalization;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;
using Fotograma.Peers.Postgres;

namespace Fotograma.Faults.Trials;

/// <summary>How much goes wrong during one long load.</summary>
/// <param name="Jobs">Videos uploaded.</param>
/// <param name="WorkerKills">Workers killed (SIGKILL) at random moments.</param>
/// <param name="BrokerKills">Times the broker is killed.</param>
/// <param name="DatabaseStops">Times PostgreSQL is stopped at once.</param>
internal sealed record EndurancePlan(int Jobs, int WorkerKills, int BrokerKills, int DatabaseStops);

/// <summary>
/// One long load under which workers, broker and database die again and again at random moments. Besides keeping every promise, jobs of killed workers must be taken over
/// soon: the time from each kill until its jobs are taken from it, and until another worker has them, is measured by the database's clock. The second also holds the pause of a
/// job that lost several workers, and its place in the queue.
/// </summary>
internal sealed class Endurance(string program, Clips clips, int seed, Action<string> say)
{
    private const int People = 6;
    private const int Workers = 3;
    private const int UploadsAtOnce = 6;
    private const double LeaseSeconds = 3;
    private readonly List<(Guid Job, DateTimeOffset KilledAt)> orphaned = [];
    private readonly Random chance = new(seed);

    public async Task<Verdict> RunAsync(EndurancePlan plan, CancellationToken cancellation)
    {
        await using var postgres = await PostgresPeer.StartAsync();
        await using var carrier = await Carrier.StartAsync(CarrierKind.RabbitMq, cancellation);
        var mishap = new Mishap("R1", "everything dies again and again", _ => Task.CompletedTask);
        await using var deployment = await Deployment.StartAsync(program, mishap, postgres, carrier, cancellation);
        for (var worker = deployment.Workers.Count; worker < Workers; worker++) await deployment.RestartWorkerAsync(worker, cancellation);
        using var crowd = new Crowd();
        await crowd.JoinAsync(deployment.Address, People, cancellation);
        var clock = Stopwatch.StartNew();
        var load = crowd.UploadAsync(clips.Short, plan.Jobs, UploadsAtOnce, cancellation);
        await HarassAsync(deployment, plan, load, clock, cancellation);
        await load;
        await deployment.HealAsync(cancellation);
        var verdict = await new Checker(deployment.Truth, deployment.Blobs, deployment.Mails, crowd.Promises).CheckAsync(mishap, deployment, cancellation);
        var reclaim = await ReclaimAsync(deployment, cancellation);
        say($"{verdict.Accepted} accepted jobs were at rest after {clock.Elapsed.TotalSeconds:0} s");
        say(reclaim.Sentence);
        return reclaim.Holds ? verdict : verdict with { Complaints = [.. verdict.Complaints, reclaim.Sentence] };
    }

    // Kills are spread over the load; what is left of them when it is over still happens.
    private async Task HarassAsync(Deployment deployment, EndurancePlan plan, Task load, Stopwatch clock, CancellationToken cancellation)
    {
        var deeds = Enumerable.Repeat("worker", plan.WorkerKills).Concat(Enumerable.Repeat("broker", plan.BrokerKills)).Concat(Enumerable.Repeat("database", plan.DatabaseStops)).ToArray();
        chance.Shuffle(deeds);
        for (var done = 0; done < deeds.Length; done++)
        {
            await Task.Delay(TimeSpan.FromSeconds(chance.NextDouble() * (load.IsCompleted ? 0.5 : 2)), cancellation);
            await (deeds[done] switch
            {
                "broker" => KillBrokerAsync(deployment, cancellation),
                "database" => StopDatabaseAsync(deployment, cancellation),
                _ => KillWorkerAsync(deployment, cancellation),
            });
            if (done % 20 == 19) say($"{done + 1} of {deeds.Length} deaths after {clock.Elapsed.TotalSeconds:0} s");
        }
    }

    private async Task KillWorkerAsync(Deployment deployment, CancellationToken cancellation)
    {
        var place = chance.Next(deployment.Workers.Count);
        var worker = deployment.Workers[place];
        var mine = (await deployment.Truth.LeasedAsync(cancellation)).Where(leased => worker.Output.Contains(leased.Worker, StringComparison.Ordinal)).Select(leased => leased.Job).ToList();
        await worker.KillAsync();
        var at = await deployment.Truth.NowAsync(cancellation);
        orphaned.AddRange(mine.Select(job => (job, at)));
        await deployment.RestartWorkerAsync(place, cancellation);
    }

    private async Task KillBrokerAsync(Deployment deployment, CancellationToken cancellation)
    {
        await deployment.Broker.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(chance.NextDouble()), cancellation);
        await deployment.Broker.StartAgainAsync(cancellation);
    }

    private async Task StopDatabaseAsync(Deployment deployment, CancellationToken cancellation)
    {
        await deployment.Postgres.StopImmediateAsync();
        await Task.Delay(TimeSpan.FromSeconds(chance.NextDouble()), cancellation);
        await deployment.Postgres.StartAgainAsync();
    }

    // A job whose end was committed a moment before the kill changes no more, and is left out.
    private async Task<(bool Holds, string Sentence)> ReclaimAsync(Deployment deployment, CancellationToken cancellation)
    {
        var transitions = (await deployment.Truth.TransitionsAsync(cancellation)).ToLookup(change => change.Job);
        var taken = Seconds(change => change.Before == "processing");
        if (taken.Count == 0) return (false, "No killed worker had a job: nothing was measured.");
        var again = Seconds(change => change is { Before: "pending", After: "processing" });
        return (Share(taken, 0.99) <= 1.5 * LeaseSeconds, string.Create(CultureInfo.InvariantCulture,
            $"from kill to takeover {Spread(taken)} (lease {LeaseSeconds:0} s, p99 of {1.5 * LeaseSeconds:0.0} s allowed); from kill to the next worker {Spread(again)}"));

        List<double> Seconds(Func<Transition, bool> isMeant) => [.. orphaned
            .Select(orphan => transitions[orphan.Job].FirstOrDefault(change => change.At > orphan.KilledAt && isMeant(change))?.At - orphan.KilledAt)
            .OfType<TimeSpan>().Select(time => time.TotalSeconds).Order()];
    }

    private static double Share(List<double> sorted, double share) => sorted[(int)Math.Ceiling(sorted.Count * share) - 1];

    private static string Spread(List<double> sorted) => sorted.Count == 0
        ? "of no job"
        : string.Create(CultureInfo.InvariantCulture, $"of {sorted.Count} jobs: median {Share(sorted, 0.5):0.00} s, p99 {Share(sorted, 0.99):0.00} s, longest {sorted[^1]:0.00} s");
}
