// Measures programs that do the same work: dotnet run bench/measure.cs -- PLAN
//
// PLAN is a file of lines of four fields, separated by tabs. A row of the table begins with
//   row    NAME     RUNS    CHECK      CHECK is a command that fails unless the programs made the same; '-' for none
// and is followed by what is compared in it:
//   run    LABEL    FILE    COMMAND    FILE is what the command makes, for its size; '-' for none
//
// Every command is given to bash. In each row all are run once, which warms the disk cache, then CHECK, then all RUNS times in turn
// (A B C A B C ...), so that a machine that grows slower does so for all; of one RUN, the first time is what counts. Printed are medians, and their ratios to those of the
// reference: the fastest whose label begins with "ffmpeg", or else the first.
//   wall    from start to exit, monotonic clock.
//   CPU     user + system of the command and everything it waited for: the growth of this process's cutime + cstime in /proc/self/stat.
//   memory  largest sum of resident memory over all processes of the command that were alive together, sampled every 20 ms from
//           /proc/PID/statm. Pages that processes share count once for each, so it is an upper bound.
#:property RestorePackagesWithLockFile=false
using System.Diagnostics;
using System.Globalization;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length != 1)
{
    Console.Error.WriteLine("usage: measure.cs PLAN");
    return 2;
}

try
{
    Console.WriteLine("| | wall, s | CPU, s | memory, MB | made, MB | wall | CPU | memory | spread of wall, s |");
    Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
    foreach (var row in Row.ReadAll(args[0]))
    {
        Console.Error.WriteLine($"== {row.Name}");
        var first = new List<Sample>();
        foreach (var subject in row.Subjects)
        {
            first.Add(await Sample.TakeAsync(subject.Command));
            Console.Error.WriteLine($"first: {subject.Label}: {first[^1]}");
        }

        if (row.Check != "-") await Sample.TakeAsync(row.Check);
        if (row.Runs == 1) foreach (var (subject, sample) in row.Subjects.Zip(first)) subject.Samples.Add(sample);
        for (var run = 1; row.Runs > 1 && run <= row.Runs; run++)
        {
            foreach (var subject in row.Subjects)
            {
                subject.Samples.Add(await Sample.TakeAsync(subject.Command));
                Console.Error.WriteLine($"run {run}: {subject.Label}: {subject.Samples[^1]}");
            }
        }

        row.Print();
    }

    return 0;
}
catch (CommandFailedException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

internal sealed record Row(string Name, int Runs, string Check, List<Subject> Subjects)
{
    public static List<Row> ReadAll(string path)
    {
        var rows = new List<Row>();
        foreach (var fields in File.ReadLines(path).Select(line => line.Split('\t')))
        {
            if (fields is ["row", var name, var runs, var check]) rows.Add(new Row(name, int.Parse(runs), check, []));
            else if (fields is ["run", var label, var file, var command]) rows[^1].Subjects.Add(new Subject(label, file, command, []));
            else throw new InvalidDataException($"Not a row and not a run: {string.Join(" | ", fields)}");
        }

        return rows;
    }

    public void Print()
    {
        var reference = (Subjects.Where(subject => subject.Label == "ffmpeg" || subject.Label.StartsWith("ffmpeg ", StringComparison.Ordinal) || subject.Label.StartsWith("ffmpeg,", StringComparison.Ordinal)).MinBy(subject => subject.Median().Wall) ?? Subjects[0]).Median();
        Console.WriteLine($"| **{Name}** ({(Runs == 1 ? "one run" : $"{Runs} runs")}) | | | | | | | | |");
        foreach (var subject in Subjects)
        {
            var median = subject.Median();
            var walls = subject.Samples.Select(sample => sample.Wall).ToList();
            Console.WriteLine($"| {subject.Label} | {median.Wall:0.00} | {median.Cpu:0.00} | {median.Memory / 1e6:0} | {subject.Made()} "
                + $"| {median.Wall / reference.Wall:0.00} | {median.Cpu / reference.Cpu:0.00} | {median.Memory / reference.Memory:0.00} "
                + $"| {walls.Min():0.00} to {walls.Max():0.00} |");
        }
    }
}

internal sealed record Subject(string Label, string File, string Command, List<Sample> Samples)
{
    public Sample Median() => new(Middle(sample => sample.Wall), Middle(sample => sample.Cpu), Middle(sample => sample.Memory));

    public string Made() => File == "-" ? "" : $"{new FileInfo(File).Length / 1e6:0.0}";

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

    public override string ToString() => $"{Wall:0.00} s wall, {Cpu:0.00} s CPU, {Memory / 1e6:0} MB";

    public static async Task<Sample> TakeAsync(string command)
    {
        var cpu = ChildrenSeconds();
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start("bash", ["-euo", "pipefail", "-c", command]);
        var ended = process.WaitForExitAsync();
        var peak = 0L;
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, ResidentBytes(process.Id));
            await Task.WhenAny(ended, Task.Delay(20));
        }

        await ended;
        var wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (process.ExitCode != 0) throw new CommandFailedException($"Exit code {process.ExitCode} of: {command}");
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

internal sealed class CommandFailedException(string message) : Exception(message);
