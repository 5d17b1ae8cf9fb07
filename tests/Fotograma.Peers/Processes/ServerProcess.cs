using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Fotograma.Peers.Processes;

/// <summary>
/// A real server beside the tests. It leads a process group of its own, and the kernel kills it when this process ends in whatever way. It is ended and frozen by
/// its id alone.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StillMax = TimeSpan.FromSeconds(10);
    private readonly Process process;
    private readonly ServerOutput output;
    private readonly string name;

    private ServerProcess(Process process, string name, int outputCharactersMax)
    {
        this.process = process;
        this.name = name;
        output = new ServerOutput(outputCharactersMax);
        _ = output.ReadAsync(process.StandardOutput);
        _ = output.ReadAsync(process.StandardError);
    }

    /// <summary>The server's process, which also names its group.</summary>
    public int Id => process.Id;

    /// <summary>Whether it ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>How it ended; 128 and the signal's number when a signal ended it.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>The last of what it said, both streams in the order of arrival.</summary>
    public string Output => output.Text;

    /// <summary>Starts a server. It is running when this returns, and seldom ready.</summary>
    public static ServerProcess Start(ServerCommand command)
    {
        // setsid makes the group. The kernel's guard must be set after the user changed, and by the process that becomes the server: setpriv does both.
        var start = new ProcessStartInfo("setsid") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add("setpriv");
        if (command.User is { } user)
            foreach (var argument in (string[])[$"--reuid={user}", $"--regid={user}", "--init-groups"]) start.ArgumentList.Add(argument);
        foreach (var argument in (string[])["--pdeathsig", "KILL", "--", command.Program, .. command.Arguments]) start.ArgumentList.Add(argument);
        foreach (var (variable, value) in command.Environment) start.Environment[variable] = value;
        if (command.WorkingFolder is { } folder) start.WorkingDirectory = folder;
        var process = Starter.Start(start);
        process.StandardInput.Close();
        return new ServerProcess(process, Path.GetFileName(command.Program), command.OutputCharactersMax);
    }

    /// <summary>Waits until something listens on the loopback port.</summary>
    public Task WaitForPortAsync(int port, TimeSpan atMost, CancellationToken cancellation = default) =>
        WaitUntilAsync($"listens on port {port}", () => AnswersAsync(port, cancellation), atMost, cancellation);

    /// <summary>Waits until the server said this.</summary>
    public Task WaitForLineAsync(string text, TimeSpan atMost, CancellationToken cancellation = default) =>
        WaitUntilAsync($"says '{text}'", () => Task.FromResult(output.Text.Contains(text, StringComparison.Ordinal)), atMost, cancellation);

    /// <summary>Waits until a condition holds; fails, with what the server said, when it ends before or when the time is over.</summary>
    public async Task WaitUntilAsync(string what, Func<Task<bool>> holds, TimeSpan atMost, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            if (HasExited) throw new InvalidOperationException($"{name} ended with {ExitCode} before it {what}.\n{Output}");
            if (clock.Elapsed > atMost) throw new TimeoutException($"{name} was given {atMost.TotalSeconds:0.#} s until it {what}.\n{Output}");
            await Task.Delay(LookAgain, cancellation);
        }
    }

    /// <summary>Waits until the server ended.</summary>
    public async Task WaitForExitAsync(TimeSpan atMost, CancellationToken cancellation = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(atMost);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{name} did not end within {atMost.TotalSeconds:0.#} s.\n{Output}");
        }
    }

    /// <summary>Asks the server to end (SIGTERM), and kills it when it takes too long.</summary>
    public async Task StopAsync(TimeSpan? patience = null)
    {
        Signal(Id, SigTerm);
        try
        {
            await WaitForExitAsync(patience ?? TimeSpan.FromSeconds(15));
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    /// <summary>Kills the server and its whole group (SIGKILL), and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Signal(-Id, SigKill);
        await WaitForExitAsync(KillPatience);
    }

    /// <summary>Freezes the group (SIGSTOP): its connections stay open and nothing answers. Returns when all of it stands still: the signal alone lets threads go on for a moment.</summary>
    public void Freeze()
    {
        Signal(-Id, SigStop);
        if (!SpinWait.SpinUntil(StandsStill, StillMax)) throw new TimeoutException($"Process group {Id} did not stand still in time.");
    }

    /// <summary>Lets a frozen group go on (SIGCONT).</summary>
    public void Thaw() => Signal(-Id, SigCont);

    /// <summary>Kills what still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!HasExited) await KillAsync();
        process.Dispose();
    }

    private bool StandsStill() => Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[^1])).All(folder =>
    {
        try
        {
            if (Fields($"{folder}/stat") is not [_, _, var group, ..] || group != Id.ToString(CultureInfo.InvariantCulture)) return true;
            return Directory.GetDirectories($"{folder}/task").All(thread => Fields($"{thread}/stat")[0] is "T" or "Z" or "X");
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return true;
        }
    });

    // Behind the name, which may hold anything: state, parent, group.
    private static string[] Fields(string stat)
    {
        var text = File.ReadAllText(stat);
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // A group that is gone already is what was wanted.
    private static void Signal(int target, int signal) => _ = Kill(target, signal);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int target, int signal);
}
