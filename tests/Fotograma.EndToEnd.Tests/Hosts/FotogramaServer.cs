using System.Diagnostics;
using Fotograma.Peers.Processes;

namespace Fotograma.EndToEnd.Tests.Hosts;

/// <summary>
/// The real program, started as a user would start it, on a free port of the loopback interface and with a data folder of its own. It can be killed and
/// started again on the same data.
/// </summary>
public sealed class FotogramaServer : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(3);
    private readonly Dictionary<string, string> settings;
    private readonly List<string> lines = [];
    private Process? process;

    private FotogramaServer(Dictionary<string, string> settings)
    {
        this.settings = settings;
        Folder = Directory.CreateTempSubdirectory("fotograma-e2e-").FullName;
        Address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
    }

    public string Folder { get; }

    public Uri Address { get; }

    public int ProcessId => process?.Id ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>What the server wrote to its output, for messages of failed tests.</summary>
    public string Output
    {
        get
        {
            lock (lines) return string.Join('\n', lines);
        }
    }

    public static async Task<FotogramaServer> StartAsync(CancellationToken cancellation, params (string Name, string Value)[] settings)
    {
        var server = new FotogramaServer(settings.ToDictionary(setting => setting.Name, setting => setting.Value));
        try
        {
            await server.StartAgainAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task StartAgainAsync(CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Path.Combine(Product.Folder, "fotograma"), ["serve"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        start.Environment["FOTOGRAMA_DATA"] = Folder;
        start.Environment["FOTOGRAMA_URLS"] = Address.ToString();
        start.Environment["Blobs__FreeBytesMin"] = "0";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data, ready);
        process.ErrorDataReceived += (_, line) => Hear(line.Data, ready);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The server ended:\n{Output}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(StartMax, cancellation);
    }

    /// <summary>Waits until the server has written a line that contains <paramref name="words"/>.</summary>
    public async Task HearAsync(string words, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(StartMax);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!Output.Contains(words, StringComparison.Ordinal)) await timer.WaitForNextTickAsync(bound.Token);
    }

    /// <summary>SIGKILL: no goodbye, nothing flushed.</summary>
    public async Task KillAsync(CancellationToken cancellation)
    {
        if (process is null) return;
        process.Kill();
        await process.WaitForExitAsync(cancellation);
        process.Dispose();
        process = null;
    }

    /// <summary>SIGTERM, as a service manager sends it, and the wait for the end.</summary>
    public async Task<int> StopAsync(CancellationToken cancellation)
    {
        var running = process ?? throw new InvalidOperationException("The server is not running.");
        using (var kill = Process.Start("kill", ["-TERM", running.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(cancellation);
        await running.WaitForExitAsync(cancellation).WaitAsync(TimeSpan.FromSeconds(60), cancellation);
        var code = running.ExitCode;
        running.Dispose();
        process = null;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { } running)
        {
            running.Kill(entireProcessTree: true);
            await running.WaitForExitAsync();
            running.Dispose();
        }
        Directory.Delete(Folder, recursive: true);
    }

    private void Hear(string? line, TaskCompletionSource ready)
    {
        if (line is null) return;
        lock (lines) lines.Add(line);
        if (line.Contains("stop     Ctrl+C", StringComparison.Ordinal)) ready.TrySetResult();
    }
}

/// <summary>The published program: the folder in FOTOGRAMA_BIN, or <c>artifacts/fotograma</c> of this checkout.</summary>
public static class Product
{
    public static string Folder { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("FOTOGRAMA_BIN") is { Length: > 0 } named) return Path.GetFullPath(named);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "artifacts", "fotograma");
            if (File.Exists(Path.Combine(built, "fotograma"))) return built;
        }
        throw new InvalidOperationException("The program is not built. Run ./dev build first.");
    }
}
