using System.Globalization;

namespace Fotograma.EndToEnd.Tests.Hosts;

/// <summary>Looks at processes through <c>/proc</c> (proc(5)).</summary>
public static class Children
{
    /// <summary>Process ids of the running decoders whose parent is <paramref name="parent"/>.</summary>
    public static IReadOnlyList<int> DecodersOf(int parent) => [.. All().Where(process => process.Parent == parent && process.Name == "fotograma-decod").Select(process => process.Id)];

    /// <summary>Waits until none of the processes lives; fails after <paramref name="atMost"/>.</summary>
    public static async Task EndedAsync(IReadOnlyList<int> ids, TimeSpan atMost, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(atMost);
        foreach (var id in ids)
        {
            using var process = Open(id);
            if (process is not null) await process.WaitForExitAsync(bound.Token);
        }
    }

    /// <summary>Highest resident memory of a process so far, in bytes.</summary>
    public static long PeakMemory(int id)
    {
        var line = File.ReadLines($"/proc/{id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static System.Diagnostics.Process? Open(int id)
    {
        try
        {
            return System.Diagnostics.Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static IEnumerable<(int Id, int Parent, string Name)> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)) continue;
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                continue;
            }
            var close = stat.LastIndexOf(')');
            var name = stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..close];
            var fields = stat[(close + 2)..].Split(' ');
            if (fields[0] != "Z") yield return (id, int.Parse(fields[1], CultureInfo.InvariantCulture), name);
        }
    }
}
