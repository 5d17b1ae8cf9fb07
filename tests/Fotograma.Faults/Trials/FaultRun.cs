using System.Diagnostics;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;
using Fotograma.Peers.Postgres;

namespace Fotograma.Faults.Trials;

/// <summary>Runs one fault several times against one deployment and checks after each time.</summary>
internal sealed class FaultRun(string program, Clips clips, int seed, Action<string> say)
{
    private const int People = 3;
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(6);

    public async Task<Verdict> RunAsync(Mishap mishap, int runs, CancellationToken cancellation)
    {
        try
        {
            return await RepeatAsync(mishap, runs, cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            // The others are still to be tried.
            say($"{mishap.Id} could not be tried: {exception.Message}");
            return new Verdict { Complaints = [$"It could not be tried: {exception.GetType().Name}: {exception.Message}"] };
        }
    }

    private async Task<Verdict> RepeatAsync(Mishap mishap, int runs, CancellationToken cancellation)
    {
        // A broker and a database of its own: some faults stop them, fill them, or change how they work.
        await using var postgres = await PostgresPeer.StartAsync();
        await using var carrier = await Carrier.StartAsync(mishap.Carrier, cancellation);
        await using var deployment = await Deployment.StartAsync(program, mishap, postgres, carrier, cancellation);
        using var crowd = new Crowd();
        await crowd.JoinAsync(deployment.Address, People, cancellation);
        var verdict = new Verdict();
        var complaints = new List<string>();
        for (var run = 1; run <= runs; run++)
        {
            var clock = Stopwatch.StartNew();
            verdict = await OnceAsync(mishap, deployment, crowd, run, cancellation);
            complaints.AddRange(verdict.Complaints);
            say($"{mishap.Id} run {run} of {runs}: {(verdict.Holds ? "holds" : "BROKEN")} after {clock.Elapsed.TotalSeconds:0.0} s; {string.Join("; ", verdict.Proofs.Select(proof => $"{proof.Key}: {proof.Value}"))}");
            if (!verdict.Holds) break;
        }
        if (complaints.Count > 0 || Environment.GetEnvironmentVariable("FOTOGRAMA_FAULT_TELL") == "1") say(Histories(deployment));
        return verdict with { Complaints = [.. complaints.Distinct()] };
    }

    // The counts of a verdict are those of the deployment so far, so the last one stands for all runs.
    private async Task<Verdict> OnceAsync(Mishap mishap, Deployment deployment, Crowd crowd, int run, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(RunMax);
        var complaints = new List<string>();
        var trial = new Trial(deployment, crowd, clips.Short, clips.Long, new Random(seed + run), bound.Token);
        var before = await CountAsync(mishap, trial);
        try
        {
            await mishap.HappenAsync(trial);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            complaints.Add($"The fault could not be made to happen: {exception.GetType().Name}: {exception.Message}");
        }
        await deployment.HealAsync(cancellation);
        var verdict = await new Checker(deployment.Truth, deployment.Blobs, deployment.Mails, crowd.Promises).CheckAsync(mishap, deployment, cancellation);
        var grown = (await CountAsync(mishap, trial)).ToDictionary(count => count.Key, count => count.Value - before[count.Key]);
        complaints.AddRange(Missed(mishap, grown));
        return verdict with { Proofs = grown, Complaints = [.. complaints, .. verdict.Complaints] };
    }

    /// <summary>What should have shown that a fault happened and does not.</summary>
    internal static IEnumerable<string> Missed(Mishap mishap, IReadOnlyDictionary<string, long> grown) => mishap.Happened
        .Where(proof => grown[proof.What] < proof.AtLeast).Select(proof => $"The fault did not happen: {proof.What} {grown[proof.What]} times, not {proof.AtLeast}.");

    private static async Task<Dictionary<string, long>> CountAsync(Mishap mishap, Trial trial)
    {
        var counts = new Dictionary<string, long>();
        foreach (var proof in mishap.Happened) counts[proof.What] = await proof.CountAsync(trial);
        return counts;
    }

    private static string Histories(Deployment deployment) => string.Join(
        "\n", deployment.Everybody.Select((process, number) => $"---- process {number + 1} said:\n{Tail(process.Output)}"));

    private static string Tail(string text) => text.Length > 6000 ? text[^6000..] : text;
}
