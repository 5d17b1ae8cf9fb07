using System.Globalization;
using Fotograma.Clips;

namespace Fotograma.Media.Tests.Abuse;

/// <summary>
/// Sees the decoders of one test, and nobody else's: they are started from a copy with a name of its own. While they live it looks at their
/// memory and pipes, of which the kernel keeps nothing afterwards.
/// </summary>
internal sealed class DecoderSight : IDisposable
{
    /// <summary>One look of so many is for pipes, too; the first is.</summary>
    private const int LooksForPipes = 8;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fotograma-");
    private readonly string name;

    /// <param name="name">At most 15 characters, which is what the kernel remembers of a program's name.</param>
    public DecoderSight(string name)
    {
        this.name = name;
        Program = Path.Combine(folder.FullName, name);
        File.Copy(BuiltProgram.Decoder, Program);
    }

    /// <summary>The decoder.</summary>
    public string Program { get; }

    /// <summary>The most memory that any of them had in use, in bytes.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>How many were seen.</summary>
    public int Seen { get; private set; }

    /// <summary>The pipes that they had open.</summary>
    public HashSet<string> Pipes { get; } = [];

    /// <summary>Those that are there, dead and not yet buried ones included.</summary>
    public IReadOnlyList<string> Living() => [.. Directory.EnumerateDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _) && IsOne(process))];

    /// <summary>Those of the pipes that this process still has open.</summary>
    public IEnumerable<string> PipesLeft() => Targets("/proc/self").Where(Pipes.Contains);

    /// <summary>Does <paramref name="work"/>, and looks all the while.</summary>
    public async Task WhileAsync(Func<Task> work)
    {
        // Who started this process may have left it a pipe that its children get too.
        var inherited = Targets("/proc/self");
        using var ended = new CancellationTokenSource();
        var looking = Task.Run(() => LookAsync(ended.Token), CancellationToken.None);
        try
        {
            await work();
        }
        finally
        {
            await ended.CancelAsync();
            await looking;
            Pipes.ExceptWith(inherited);
        }
    }

    public void Dispose() => folder.Delete(recursive: true);

    private async Task LookAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        string? process = null;
        var looks = 0;
        while (!ended.IsCancellationRequested)
        {
            if (process is null || !IsOne(process))
            {
                process = ChildrenOf("/proc/self").FirstOrDefault(IsOne);
                if (process is not null) Seen++;
                looks = 0;
            }

            if (process is not null)
            {
                PeakBytes = Math.Max(PeakBytes, PeakOf(process));
                // Memory comes and goes; pipes stay as they are, and looking at them costs as much as a small decoding.
                if (looks++ % LooksForPipes == 0) Pipes.UnionWith(Targets(process).Where(target => target.StartsWith("pipe:", StringComparison.Ordinal) || target.StartsWith("socket:", StringComparison.Ordinal)));
            }

            try
            {
                await timer.WaitForNextTickAsync(ended);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>All children of a process, whichever of its threads they belong to.</summary>
    internal static IEnumerable<string> ChildrenOf(string process) =>
        Threads(process).SelectMany(thread => Text(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(id => $"/proc/{id}");

    private static string[] Threads(string process)
    {
        try
        {
            return Directory.GetDirectories(Path.Combine(process, "task"));
        }
        catch (IOException)
        {
            return [];
        }
    }

    private bool IsOne(string process) => Text(Path.Combine(process, "comm")).TrimEnd() == name;

    /// <summary>The most memory that a process had in use so far, in bytes; 0 when it is gone.</summary>
    internal static long PeakOf(string process)
    {
        const string Peak = "VmHWM:";
        var line = Text(Path.Combine(process, "status")).Split('\n').FirstOrDefault(line => line.StartsWith(Peak, StringComparison.Ordinal));
        return line is null ? 0 : 1024 * long.Parse(line[Peak.Length..^2], CultureInfo.InvariantCulture);
    }

    private static IReadOnlyList<string> Targets(string process)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")).Select(entry => new FileInfo(entry).LinkTarget).OfType<string>()];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
