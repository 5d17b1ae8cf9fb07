using System.Globalization;
using Fotograma.Faults.Catalogue;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;

namespace Fotograma.Faults.Trials;

/// <summary>
/// Makes every fault of the catalogue happen to a real deployment, several times each, and prints a table of what was promised and what became of it. Ends with 0 when everything that was
/// promised was kept.
/// </summary>
internal static class FaultCommand
{
    private const int RunsAtLeast = 5;

    /// <param name="arguments">How often each fault happens (5 unless told), and which ones, separated by commas (all unless told).</param>
    /// <param name="cancellation">Ctrl+C.</param>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        if (arguments is ["endurance", ..]) return await EndureAsync(arguments[1..], cancellation);
        if (arguments is ["scaling"])
        {
            await new Scaling(Product.Program, await Clips.MakeAsync(cancellation), Console.WriteLine).RunAsync(cancellation);
            return 0;
        }
        var runs = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : RunsAtLeast;
        var wanted = arguments.Length > 1 ? arguments[1].Split(',') : null;
        var seed = Seed();
        var chosen = All.Where(mishap => wanted is null || wanted.Contains(mishap.Id)).ToList();
        if (chosen.Count == 0)
        {
            await Console.Error.WriteLineAsync($"There is no such fault. Known: {string.Join(' ', All.Select(mishap => mishap.Id))}");
            return 2;
        }
        var clips = await Clips.MakeAsync(cancellation);
        var run = new FaultRun(Product.Program, clips, seed, Console.Error.WriteLine);
        var verdicts = new List<(Mishap Mishap, Verdict Verdict)>();
        PrintHead();
        try
        {
            foreach (var mishap in chosen)
            {
                verdicts.Add((mishap, await run.RunAsync(mishap, runs, cancellation)));
                // At once: it takes hours, and may be broken off.
                PrintRow(mishap, verdicts[^1].Verdict);
            }
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            Console.WriteLine($"\nBroken off after {verdicts.Count} of {chosen.Count} faults.");
        }
        PrintSum(verdicts, runs, seed);
        return verdicts.Count == chosen.Count && verdicts.TrueForAll(found => found.Verdict.Holds) ? 0 : 1;
    }

    /// <summary>endurance [JOBS [WORKER-KILLS [BROKER-KILLS [DATABASE-STOPS [LEASE-SECONDS [dynamodb]]]]]].</summary>
    private static async Task<int> EndureAsync(string[] numbers, CancellationToken cancellation)
    {
        var plan = new EndurancePlan(Number(0, 2000), Number(1, 200), Number(2, 10), Number(3, 5), Number(4, 10), numbers.ElementAtOrDefault(5) == "dynamodb" ? LedgerKind.DynamoDb : LedgerKind.Database);
        var seed = Seed();
        Verdict verdict;
        try
        {
            verdict = await new Endurance(Product.Program, await Clips.MakeAsync(cancellation), plan, seed, Console.WriteLine).RunAsync(cancellation);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            Console.WriteLine("Broken off: nothing is known.");
            return 1;
        }
        foreach (var complaint in verdict.Complaints.Take(20)) Console.WriteLine($"- {complaint}");
        Console.WriteLine($"{plan}, seed {seed}: {verdict}");
        return verdict.Holds ? 0 : 1;

        int Number(int place, int otherwise) => numbers.Length > place ? int.Parse(numbers[place], CultureInfo.InvariantCulture) : otherwise;
    }

    private static int Seed() =>
        int.TryParse(Environment.GetEnvironmentVariable("FOTOGRAMA_FAULT_SEED"), CultureInfo.InvariantCulture, out var read) ? read : Environment.TickCount;

    /// <summary>The whole catalogue.</summary>
    public static IReadOnlyList<Mishap> All { get; } =
    [
        .. ProcessFaults.All, .. OwnerFaults.All, .. PairFaults.All, .. KeyFaults.All, .. GivenUpFaults.All, .. BrokerFaults.All, .. DatabaseFaults.All, .. StorageFaults.All, .. NetworkFaults.All, .. CarrierFaults.All, .. DynamoFaults.All,
        .. SqliteFaults.All, .. TogetherFaults.All, .. UpdateFaults.All,
    ];

    private static void PrintHead()
    {
        Console.WriteLine("| fault | what happens | attempted | accepted | completed | failed | lost | duplicated | recovered | fenced | mails repeated | unfinished blobs | it happened, the last time | holds |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    }

    private static void PrintRow(Mishap mishap, Verdict verdict) => Console.WriteLine(
        $"| {mishap.Id} | {mishap.Title} | {verdict.Attempted} | {verdict.Accepted} | {verdict.Completed} | {verdict.Failed} | {verdict.Lost} | {verdict.Duplicated} "
        + $"| {verdict.Recovered} | {verdict.Fenced} | {verdict.RepeatedMails} | {verdict.Unfinished} "
        + $"| {string.Join("; ", verdict.Proofs.Select(proof => $"{proof.Key}: {proof.Value}"))} | {(verdict.Holds ? "yes" : "NO")} |");

    private static void PrintSum(List<(Mishap Mishap, Verdict Verdict)> verdicts, int runs, int seed)
    {
        Console.WriteLine();
        foreach (var (mishap, verdict) in verdicts)
        {
            foreach (var complaint in verdict.Complaints.Take(10)) Console.WriteLine($"- {mishap.Id}: {complaint}");
        }
        Console.WriteLine($"\n{verdicts.Count} faults, {runs} runs each, seed {seed}: {verdicts.Aggregate(new Verdict(), (sum, found) => sum + found.Verdict)}");
    }
}
