using System.Globalization;

namespace Fotograma.Peers;

/// <summary>What processors were used for: this process, the database server, and whatever else this process started.</summary>
public sealed class Processors(int postmaster)
{
    private const double TicksPerSecond = 100;

    /// <summary>What they were used for until now.</summary>
    public Usage Read()
    {
        var processes = Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[^1])).Select(Stat).OfType<(int Id, int Parent, double Seconds)>().ToList();
        return new Usage(Environment.CpuUsage.TotalTime.TotalSeconds, Below(postmaster, processes), Below(Environment.ProcessId, processes));
    }

    // A process that ended counts for its parent.
    private static (int, int, double)? Stat(string folder)
    {
        try
        {
            var text = File.ReadAllText($"{folder}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            return (int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), ticks / TicksPerSecond);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static double Below(int root, List<(int Id, int Parent, double Seconds)> processes)
    {
        var family = new HashSet<int> { root };
        // Until nobody is added.
        while (processes.Exists(process => family.Contains(process.Parent) && family.Add(process.Id))) ;
        return processes.Where(process => family.Contains(process.Id) && process.Id != Environment.ProcessId).Sum(process => process.Seconds);
    }

    /// <summary>Seconds of processors.</summary>
    public readonly record struct Usage(double Here, double Database, double Broker)
    {
        /// <summary>What a job cost since then, in milliseconds, as columns of a table.</summary>
        public string Since(Usage before, int jobs) =>
            $"{Each(Here - before.Here, jobs):0.00} | {Each(Database - before.Database, jobs):0.00} | {Each(Broker - before.Broker, jobs):0.00}";

        private static double Each(double seconds, int jobs) => seconds * 1000 / jobs;
    }
}
