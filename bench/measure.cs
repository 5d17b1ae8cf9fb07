// Compares commands: dotnet run bench/measure.cs -- RUNS LABEL COMMAND [LABEL COMMAND ...]
//
// Every command is given to sh. All are run once to warm the disk cache, then RUNS times in turn (A B C A B C ...), so that a machine
// that grows slower does so for all. Printed is a Markdown table of medians, and the ratio of each to the first.
//   wall    from start to exit, monotonic clock.
//   CPU     user + system of the command and everything it waited for: the growth of this process's cutime + cstime in /proc/self/stat.
//   memory  largest sum of resident memory over all processes of the command that were alive together, sampled every 20 ms from
//           /proc/PID/statm. Pages that processes share count once for each, so it is an upper bound.
#:property RestorePackagesWithLockFile=false
using System.Diagnostics;
using System.Globalization;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length < 3 || args.Length % 2 == 0 || !int.TryParse(args[0], out var runs) || runs < 1)
{
    Console.Error.WriteLine("usage: measure.cs RUNS LABEL COMMAND [LABEL COMMAND ...]");
    return 2;
}

var subjects = args.Skip(1).Chunk(2).Select(pair => new Subject(pair[0], pair[1], [])).ToList();
for (var run = 0; run <= runs; run++)
{
    foreach (var subject in subjects)
    {
        var sample = await Sample.TakeAsync(subject.Command);
        if (run > 0) subject.Samples.Add(sample);
        Console.Error.WriteLine($"{(run == 0 ? "warm-up" : $"run {run}")}: {subject.Label}: {sample.Wall:0.00} s wall, {sample.Cpu:0.00} s CPU, {sample.Memory / 1e6:0} MB");
    }
}

var first = subjects[0].Median();
Console.WriteLine("| | wall, s | CPU, s | peak memory, MB | wall, ratio | CPU, ratio | memory, ratio |");
Console.WriteLine("|---|---|---|---|---|---|---|");
foreach (var subject in subjects)
{
    var median = subject.Median();
    Console.WriteLine($"| {subject.Label} | {median.Wall:0.00} | {median.Cpu:0.00} | {median.Memory / 1e6:0} "
        + $"| {median.Wall / first.Wall:0.00} | {median.Cpu / first.Cpu:0.00} | {median.Memory / first.Memory:0.00} |");
}

Console.WriteLine();
Console.WriteLine($"Medians of {runs} interleaved runs. Spread of wall (min to max, s): "
    + string.Join("; ", subjects.Select(subject => $"{subject.Label} {subject.Samples.Min(sample => sample.Wall):0.00} to {subject.Samples.Max(sample => sample.Wall):0.00}")) + ".");
return 0;

internal sealed record Subject(string Label, string Command, List<Sample> Samples)
{
    public Sample Median() => new(Middle(sample => sample.Wall), Middle(sample => sample.Cpu), Middle(sample => sample.Memory));

    private double Middle(Func<Sample, double> value)
    {
        var sorted = Samples.Select(value).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

internal sealed record Sample(double Wall, double Cpu, double Memory)
{
    private const double TicksPerSecond = 100; // USER_HZ, the unit of /proc/PID/stat on every Linux
    private const int PageBytes = 4096;

    public static async Task<Sample> TakeAsync(string command)
    {
        var cpu = ChildrenSeconds();
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start("sh", ["-c", command]);
        var ended = process.WaitForExitAsync();
        var peak = 0L;
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, ResidentBytes(process.Id));
            await Task.WhenAny(ended, Task.Delay(20));
        }

        await ended;
        var wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (process.ExitCode != 0) throw new InvalidOperationException($"Exit code {process.ExitCode} of: {command}");
        return new Sample(wall, ChildrenSeconds() - cpu, peak);
    }

    private static double ChildrenSeconds()
    {
        // The name in parentheses may hold spaces, so fields are counted behind it: cutime and cstime are the 14th and 15th there.
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[13]) + long.Parse(fields[14])) / TicksPerSecond;
    }

    private static long ResidentBytes(int pid)
    {
        try
        {
            var own = long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1]) * PageBytes;
            var children = Directory.GetDirectories($"/proc/{pid}/task")
                .SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries));
            return own + children.Sum(child => ResidentBytes(int.Parse(child)));
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }
}
