using System.Diagnostics;
using System.Globalization;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;
using Fotograma.Peers.Postgres;

namespace Fotograma.Faults.Trials;

/// <summary>
/// One long load under which workers, broker and database die again and again at random moments. Besides keeping every promise, jobs of killed workers must be taken over
/// soon: the time from each kill until its jobs are taken from it, and until another worker has them, is measured by the database's clock. The second also holds the pause of a
/// job that lost several workers, and its place in the queue. Most kills wait a while for another worker to be ready, and those by surprise for nothing; the figures for those beside which one was, and
/// for those whose lease ran out because no later life of their worker gave them back, are printed next to that for all. Leases, heartbeats, searches for lost jobs and polls take a third of the time that
/// they take as shipped unless the plan says otherwise, so that the load ends within an hour.
/// </summary>
internal sealed class Endurance(string program, Clips clips, EndurancePlan plan, int seed, Action<string> say)
{
    private const int People = 6;
    private const int Workers = 3;
    private const int UploadsAtOnce = 6;
    private const int OpenJobsMax = 40;
    private const int TopUpsMax = 10;

    // One kill of so many hits any worker at any moment, whatever it and the others do; the others one that has a job in hand, and wait for another to be ready.
    private const int SurpriseOneOf = 5;
    private const double ReclaimMaxLeases = 1.5;
    private static readonly TimeSpan DrainMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);
    private readonly Dictionary<(Guid Job, long Epoch), Loss> orphaned = [];
    private readonly Dictionary<ProductProcess, long> serving = [];
    private readonly Random chance = new(seed);

    public async Task<Verdict> RunAsync(CancellationToken cancellation)
    {
        await using var postgres = await PostgresPeer.StartAsync();
        await using var carrier = await Carrier.StartAsync(CarrierKind.RabbitMq, cancellation);
        var mishap = new Mishap("R1", "everything dies again and again", _ => Task.CompletedTask) { Settings = plan.Settings, Ledger = plan.Ledger };
        await using var deployment = await Deployment.StartAsync(program, mishap, postgres, carrier, cancellation);
        for (var worker = deployment.Workers.Count; worker < Workers; worker++) await deployment.RestartWorkerAsync(worker, cancellation);
        using var crowd = new Crowd();
        await crowd.JoinAsync(deployment.Address, People, cancellation);
        var clock = Stopwatch.StartNew();
        var met = await HarassAsync(deployment, crowd, clock, cancellation);
        for (var turn = 0; turn < TopUpsMax && crowd.Promises.Accepted.Count < plan.Jobs; turn++) await UploadUpToAsync(crowd, plan.Jobs, cancellation);
        await deployment.HealAsync(cancellation);
        var verdict = await new Checker(deployment.Truth, deployment.Blobs, deployment.Mails, crowd.Promises).CheckAsync(mishap, deployment, cancellation);
        var reclaim = await ReclaimAsync(deployment, cancellation);
        say($"{verdict.Accepted} accepted jobs were at rest after {clock.Elapsed.TotalSeconds:0} s");
        say(met.Sentence);
        say(reclaim.Sentence);
        return verdict with { Complaints = [.. verdict.Complaints, .. met.Problems(), .. reclaim.Holds ? (string[])[] : [reclaim.Sentence]] };
    }

    // Beside each death its share of the videos is uploaded, so that there is work whenever somebody dies.
    private async Task<Encounters> HarassAsync(Deployment deployment, Crowd crowd, Stopwatch clock, CancellationToken cancellation)
    {
        var met = new Encounters(plan);
        var deeds = Enumerable.Repeat("worker", plan.WorkerKills).Concat(Enumerable.Repeat("broker", plan.BrokerKills)).Concat(Enumerable.Repeat("database", plan.DatabaseStops)).ToArray();
        chance.Shuffle(deeds);
        for (var done = 0; done < deeds.Length; done++)
        {
            met.EndedThemselves += await ReviveAsync(deployment, cancellation);
            await HappensAsync(async token => await OpenJobsAsync(deployment, token) <= OpenJobsMax, DrainMax, cancellation);
            var share = (int)((long)plan.Jobs * (done + 1) / deeds.Length);
            await (deeds[done] switch
            {
                "broker" => KillBrokerAsync(deployment, met, LoadAsync, cancellation),
                "database" => StopDatabaseAsync(deployment, met, LoadAsync, cancellation),
                _ => KillWorkerAsync(deployment, met, LoadAsync, cancellation),
            });

            // Gives the uploads that go on when the first of their jobs is there.
            async Task<Task> LoadAsync()
            {
                var load = UploadUpToAsync(crowd, share, cancellation);
                await HappensAsync(async token => await OpenJobsAsync(deployment, token) > 0, plan.SoonMax, cancellation);
                return load;
            }
            if (done % 20 == 19) say($"{done + 1} of {deeds.Length} deaths after {clock.Elapsed.TotalSeconds:0} s, {crowd.Promises.Accepted.Count} jobs accepted, {await OpenJobsAsync(deployment, cancellation)} of them open");
        }
        return met;
    }

    // What is refused while something is away is made up for later.
    private Task UploadUpToAsync(Crowd crowd, int accepted, CancellationToken cancellation) =>
        crowd.UploadAsync(clips.Short, Math.Max(0, accepted - crowd.Promises.Accepted.Count), UploadsAtOnce, cancellation);

    // Workers that ended by themselves, because the database was away when they started, say. Whoever watches over processes starts them again.
    private static async Task<int> ReviveAsync(Deployment deployment, CancellationToken cancellation)
    {
        var dead = Enumerable.Range(0, deployment.Workers.Count).Where(place => !deployment.Workers[place].IsAlive).ToList();
        foreach (var place in dead) await deployment.RestartWorkerAsync(place, cancellation, wait: false);
        return dead.Count;
    }

    // Somebody else is given the time to be there who takes its jobs over, before there is work that ends meanwhile. Nobody waits for the one that takes its place: it may die while it starts.
    private async Task KillWorkerAsync(Deployment deployment, Encounters met, Func<Task<Task>> beginLoad, CancellationToken cancellation)
    {
        var isSurprise = chance.Next(SurpriseOneOf) == 0;
        if (!isSurprise) await HappensAsync(_ => Task.FromResult(deployment.Workers.Any(worker => IsAnotherReady(deployment, worker))), plan.SoonMax, cancellation);
        var load = await beginLoad();
        await PassSomeAsync(isSurprise ? 3 : 0.3, cancellation);
        var place = isSurprise ? chance.Next(deployment.Workers.Count) : await BusyAsync(deployment, cancellation);
        var worker = deployment.Workers[place];
        var hasHeir = IsAnotherReady(deployment, worker);
        await worker.KillAsync();
        var at = await deployment.Truth.NowAsync(cancellation);
        var mine = (await InHandAsync(deployment, cancellation)).Where(lease => lease.IsOf(worker)).ToList();
        foreach (var lease in mine) orphaned[(lease.Job, lease.Epoch)] = new Loss(at, hasHeir, lease.Until);
        met.Worker(mine.Count);
        await deployment.RestartWorkerAsync(place, cancellation, wait: false);
        await load;
    }

    // One that has just started takes nobody for dead at first.
    private bool IsAnotherReady(Deployment deployment, ProductProcess worker)
    {
        foreach (var other in deployment.Workers.Where(other => other is { IsAlive: true, Serves: true })) serving.TryAdd(other, Stopwatch.GetTimestamp());
        return deployment.Workers.Any(other => other != worker && other.IsAlive && serving.TryGetValue(other, out var since) && Stopwatch.GetElapsedTime(since).TotalSeconds >= plan.ReadySeconds);
    }

    private async Task<int> BusyAsync(Deployment deployment, CancellationToken cancellation)
    {
        List<int> busy = [];
        await HappensAsync(async token => (busy = BusyOf(await InHandAsync(deployment, token))).Count > 0, plan.SoonMax, cancellation);
        busy = busy.FindAll(place => IsAnotherReady(deployment, deployment.Workers[place])) is { Count: > 0 } followed ? followed : busy;
        return busy.Count > 0 ? busy[chance.Next(busy.Count)] : chance.Next(deployment.Workers.Count);

        List<int> BusyOf(List<Lease> leases) => [.. Enumerable.Range(0, deployment.Workers.Count).Where(place => leases.Exists(lease => lease.IsOf(deployment.Workers[place])))];
    }

    // A worker may come back under its former name: what it left in that life is not in its hands.
    private async Task<List<Lease>> InHandAsync(Deployment deployment, CancellationToken cancellation) =>
        (await deployment.Truth.LeasedAsync(cancellation)).FindAll(lease => !orphaned.ContainsKey((lease.Job, lease.Epoch)));

    private async Task KillBrokerAsync(Deployment deployment, Encounters met, Func<Task<Task>> beginLoad, CancellationToken cancellation)
    {
        var load = await beginLoad();
        await PassSomeAsync(0.5, cancellation);
        met.Broker(await OpenJobsAsync(deployment, cancellation));
        await deployment.Broker.KillAsync();
        await PassSomeAsync(1, cancellation);
        await deployment.Broker.StartAgainAsync(cancellation);
        await load;
    }

    // What the dead left is taken over first: how soon that happens is measured, and can only be while the database goes on.
    private async Task StopDatabaseAsync(Deployment deployment, Encounters met, Func<Task<Task>> beginLoad, CancellationToken cancellation)
    {
        await HappensAsync(async token => !(await deployment.Truth.LeasedAsync(token)).Exists(lease => orphaned.ContainsKey((lease.Job, lease.Epoch))), plan.SoonMax, cancellation);
        var load = await beginLoad();
        await PassSomeAsync(0.5, cancellation);
        met.Database(await OpenJobsAsync(deployment, cancellation));
        await deployment.Postgres.StopImmediateAsync();
        await PassSomeAsync(1, cancellation);
        await deployment.Postgres.StartAgainAsync();
        await load;
    }

    private Task PassSomeAsync(double secondsMax, CancellationToken cancellation) => Task.Delay(TimeSpan.FromSeconds(chance.NextDouble() * secondsMax), cancellation);

    private static Task<long> OpenJobsAsync(Deployment deployment, CancellationToken cancellation) => deployment.Truth.OpenJobsAsync(cancellation);

    // What does not happen in time is no reason to wait any longer: what comes next is counted as it is.
    private static async Task HappensAsync(Func<CancellationToken, Task<bool>> holds, TimeSpan most, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds(cancellation) && clock.Elapsed < most) await Task.Delay(LookInterval, cancellation);
    }

    // A job whose end the dead worker had sent off changes no more after it, and is left out.
    private async Task<(bool Holds, string Sentence)> ReclaimAsync(Deployment deployment, CancellationToken cancellation)
    {
        var transitions = (await deployment.Truth.TransitionsAsync(cancellation)).ToLookup(change => change.Job);
        var (taken, takenByHeirs) = (Seconds(IsTaken, _ => true), Seconds(IsTaken, loss => loss.HasHeir));
        var ranOut = Seconds(IsTaken, _ => true, (change, loss) => change.At >= loss.LeaseUntil);
        if (taken.Count == 0) return (false, "No killed worker had a job: nothing was measured.");
        var again = Seconds(change => change is { Before: States.Pending, After: States.Processing }, _ => true);
        var beyond = Seconds(IsTaken, _ => true, (change, loss) => change.At >= loss.LeaseUntil, loss => loss.LeaseUntil!.Value);
        var most = ReclaimMaxLeases * plan.LeaseSeconds;
        return (Share(taken, 0.99) <= most, string.Create(CultureInfo.InvariantCulture,
            $"from kill to takeover after all kills {Spread(taken)} (Jobs:LeaseSeconds {plan.LeaseSeconds}, Jobs:RetryDelaySeconds {Deployment.RetryDelaySeconds}; p99 of {most:0.0} s allowed), after those beside which another worker had served for {plan.ReadySeconds:0.0} s {Spread(takenByHeirs)}, "
            + $"after those whose lease ran out {Spread(ranOut)}, and from the lease's end {Spread(beyond)}; {orphaned.Count - taken.Count} jobs changed no more after the kill, or only to their end that was under way; "
            + $"four of five kills waited up to {plan.SoonMax.TotalSeconds:0} s for such a worker, and each stop of PostgreSQL as long for the takeovers before it; from kill to the next worker {Spread(again)}"));

        static bool IsTaken(Transition change) => change.Before == States.Processing && change.After != States.Completed;
        List<double> Seconds(Func<Transition, bool> isMeant, Func<Loss, bool> counts, Func<Transition, Loss, bool>? fits = null, Func<Loss, DateTimeOffset>? from = null) => [.. orphaned.Where(orphan => counts(orphan.Value))
            .Select(orphan => (Loss: orphan.Value, Change: transitions[orphan.Key.Job].FirstOrDefault(change => change.At > orphan.Value.At && isMeant(change))))
            .Where(pair => pair.Change is not null && fits?.Invoke(pair.Change, pair.Loss) != false).Select(pair => (pair.Change!.At - (from?.Invoke(pair.Loss) ?? pair.Loss.At)).TotalSeconds).Order()];
    }

    private static double Share(List<double> sorted, double share) => sorted[(int)Math.Ceiling(sorted.Count * share) - 1];

    private static string Spread(List<double> sorted) => sorted.Count == 0
        ? "of no job"
        : string.Create(CultureInfo.InvariantCulture, $"of {sorted.Count} jobs: median {Share(sorted, 0.5):0.00} s, p99 {Share(sorted, 0.99):0.00} s, longest {sorted[^1]:0.00} s");

    // When a worker lost a job with its life, whether another was ready to take it over then, and how long its lease ran at the time.
    private sealed record Loss(DateTimeOffset At, bool HasHeir, DateTimeOffset? LeaseUntil);
}
