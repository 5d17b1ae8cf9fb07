using System.Diagnostics;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;
using Fotograma.Peers.Postgres;
using Fotograma.Peers.RabbitMq;

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
        await using var broker = await RabbitMqPeer.StartAsync(cancellation);
        await using var deployment = await Deployment.StartAsync(program, mishap, postgres, broker, cancellation);
        using var crowd = new Crowd();
        await crowd.JoinAsync(deployment.Address, People, cancellation);
        var verdict = new Verdict();
        var complaints = new List<string>();
        for (var run = 1; run <= runs; run++)
        {
            var clock = Stopwatch.StartNew();
            verdict = await OnceAsync(mishap, deployment, crowd, run, cancellation);
            complaints.AddRange(verdict.Complaints);
            say($"{mishap.Id} run {run} of {runs}: {(verdict.Holds ? "holds" : "BROKEN")} after {clock.Elapsed.TotalSeconds:0.0} s");
            if (!verdict.Holds) break;
        }
        if (mishap.MustFence && verdict.Fenced == 0) complaints.Add("No late result was turned away: the fence was not put to the test.");
        if (complaints.Count > 0 || Environment.GetEnvironmentVariable("FOTOGRAMA_FAULT_TELL") == "1") say(Histories(deployment));
        return verdict with { Complaints = [.. complaints.Distinct()] };
    }

    // The counts of a verdict are those of the deployment so far, so the last one stands for all runs.
    private async Task<Verdict> OnceAsync(Mishap mishap, Deployment deployment, Crowd crowd, int run, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(RunMax);
        var complaints = new List<string>();
        try
        {
            await mishap.HappenAsync(new Trial(deployment, crowd, clips.Short, clips.Long, new Random(seed + run), bound.Token));
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            complaints.Add($"The fault could not be made to happen: {exception.GetType().Name}: {exception.Message}");
        }
        await deployment.HealAsync(cancellation);
        var verdict = await new Checker(deployment, crowd).CheckAsync(mishap, cancellation);
        return verdict with { Complaints = [.. complaints, .. verdict.Complaints] };
    }

    private static string Histories(Deployment deployment) => string.Join(
        "\n", deployment.Gone.Concat(deployment.Workers).Append(deployment.Api).Select((process, number) => $"---- process {number + 1} said:\n{Tail(process.Output)}"));

    private static string Tail(string text) => text.Length > 6000 ? text[^6000..] : text;
}
