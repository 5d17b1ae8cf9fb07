using System.Diagnostics;
using System.Globalization;
using Fotograma.Peers.Processes;

namespace Fotograma.Faults.Deployments;

/// <summary>One running <c>fotograma serve</c>: what it says, and every way to end or pause it. Signals go to it alone, never to its decoders: what becomes of those is its own affair.</summary>
internal sealed class ProductProcess : IAsyncDisposable
{
    /// <summary>What a worker says whose result the ledger turned away.</summary>
    public const string CameTooLate = "came too late and was thrown away";

    private const int KilledExitCode = 137;
    private const string Served = "stop     Ctrl+C";
    private const int OutputCharactersMax = 32 << 20;
    private static readonly string[] Fenced = [CameTooLate, "is not this worker's any more"];
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(60);
    private readonly ServerProcess process;
    private readonly HashSet<int> left = [];

    private ProductProcess(ServerProcess process) => this.process = process;

    public int Id => process.Id;

    public bool IsAlive => !process.HasExited;

    /// <summary>Whether it has started and serves.</summary>
    public bool Serves => Said(Served) > 0;

    /// <summary>Whether it stands still (SIGSTOP), whoever stopped it.</summary>
    public bool StandsStill => IsAlive && File.ReadAllText($"/proc/{Number(Id)}/stat").Contains(") T ", StringComparison.Ordinal);

    /// <summary>Renewals and results that the fence turned away, as the process said.</summary>
    public int FenceRejections => Output.Split(Fenced, StringSplitOptions.None).Length - 1;

    public string Output => process.Output;

    /// <summary>Whether the process was killed (SIGKILL), by whomever.</summary>
    public bool IsKilled => !IsAlive && process.ExitCode == KilledExitCode;

    /// <summary>Files that the process has open.</summary>
    public int Descriptors => Directory.EnumerateFileSystemEntries($"/proc/{Number(Id)}/fd").Count();

    /// <summary>Decoders that outlived the process, which they must not for long.</summary>
    public int LeftBehind => left.Count(IsDecoder);

    /// <summary>How often the process said this.</summary>
    public int Said(string text) => Output.Split(text).Length - 1;

    /// <summary>Whether the process has loaded a library.</summary>
    public bool HasLoaded(string library) => File.ReadAllText($"/proc/{Number(Id)}/maps").Contains(library, StringComparison.Ordinal);

    /// <summary>Starts the program and, unless it is to die early, waits until it serves.</summary>
    public static async Task<ProductProcess> StartAsync(string program, IReadOnlyDictionary<string, string?> settings, bool wait, CancellationToken cancellation)
    {
        var started = new ProductProcess(ServerProcess.Start(new ServerCommand(program, "serve") { Environment = settings, OutputCharactersMax = OutputCharactersMax }));
        if (wait) await started.process.WaitForLineAsync(Served, StartMax, cancellation);
        return started;
    }

    /// <summary>Starts another command of the program, which ends by itself.</summary>
    public static ProductProcess StartCommand(string program, IReadOnlyDictionary<string, string?> settings, params string[] arguments) =>
        new(ServerProcess.Start(new ServerCommand(program, arguments) { Environment = settings, OutputCharactersMax = OutputCharactersMax }));

    /// <summary>How it ended; 0 when all went well.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Returns when the process has ended, however.</summary>
    public Task EndedAsync(CancellationToken cancellation) => process.WaitForExitAsync(EndMax, cancellation);

    /// <summary>SIGKILL: nothing is flushed, nobody is told.</summary>
    public async Task KillAsync()
    {
        left.UnionWith(Decoders());
        if (IsAlive) await SignalAsync("KILL");
        await process.WaitForExitAsync(EndMax);
    }

    /// <summary>SIGTERM, and the wait for the end.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        await process.WaitForExitAsync(EndMax);
    }

    /// <summary>SIGTERM alone.</summary>
    public Task TellToStopAsync() => SignalAsync("TERM");

    /// <summary>SIGSTOP: the process stands still in the middle of whatever it does.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT: it goes on, and does not know that time has passed.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Allows the process so many open files from now on; those that are open stay open.</summary>
    public Task LimitDescriptorsAsync(int most) => RunAsync("prlimit", ["--pid", Number(Id), string.Create(CultureInfo.InvariantCulture, $"--nofile={most}:4096")]);

    /// <summary>The decoders that this process runs now.</summary>
    public IReadOnlyList<int> Decoders()
    {
        var threads = $"/proc/{Number(Id)}/task";
        return Directory.Exists(threads) ? [.. Directory.EnumerateDirectories(threads).SelectMany(ChildrenOf)] : [];
    }

    /// <summary>SIGSTOP to a decoder.</summary>
    public static Task FreezeDecoderAsync(int decoder) => RunAsync("kill", ["-STOP", Number(decoder)]);

    /// <summary>SIGCONT to a decoder.</summary>
    public static Task ThawDecoderAsync(int decoder) => RunAsync("kill", ["-CONT", Number(decoder)]);

    public async ValueTask DisposeAsync() => await process.DisposeAsync();

    private static IEnumerable<int> ChildrenOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).Where(IsDecoder).ToList();
        }
        catch (IOException)
        {
            return [];
        }
    }

    // The number of a process that ended may be another's by now.
    private static bool IsDecoder(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{Number(process)}/comm").StartsWith("fotograma-decod", StringComparison.Ordinal)
                && !File.ReadAllText($"/proc/{Number(process)}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Number(int id) => id.ToString(CultureInfo.InvariantCulture);

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var running = Process.Start(program, arguments);
        await running.WaitForExitAsync();
    }

    private Task SignalAsync(string name) => RunAsync("kill", [$"-{name}", Number(Id)]);
}
