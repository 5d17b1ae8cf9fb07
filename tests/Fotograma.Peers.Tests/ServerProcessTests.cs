using System.Diagnostics;
using System.Globalization;
using Fotograma.Peers.Processes;

namespace Fotograma.Peers.Tests;

public sealed class ServerProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_is_waited_for_until_it_listens()
    {
        var port = FreePort.Next();
        await using var server = ServerProcess.Start(Listener(port));
        await server.WaitForPortAsync(port, Patience, Cancellation);
        server.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Server_is_waited_for_until_it_says_so()
    {
        await using var server = Shell("echo starting; echo ready to serve >&2; sleep 1000");
        await server.WaitForLineAsync("ready to serve", Patience, Cancellation);
        server.Output.ShouldContain("starting");
    }

    [Fact]
    public async Task Server_that_ends_instead_is_reported_with_what_it_said()
    {
        await using var server = Shell("echo 'the disk is full'; exit 7");
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => server.WaitForPortAsync(FreePort.Next(), Patience, Cancellation));
        failure.Message.ShouldContain("ended with 7");
        server.ExitCode.ShouldBe(7);
    }

    [Fact]
    public async Task Server_that_never_listens_is_given_up()
    {
        await using var server = Shell("echo waiting; sleep 1000");
        await server.WaitForLineAsync("waiting", Patience, Cancellation);
        var failure = await Should.ThrowAsync<TimeoutException>(() => server.WaitForPortAsync(FreePort.Next(), TimeSpan.FromMilliseconds(100), Cancellation));
        failure.Message.ShouldContain("waiting");
    }

    [Fact]
    public async Task Stopped_server_may_tidy_up()
    {
        await using var server = Shell("trap 'echo tidied; exit 0' TERM; echo ready; while true; do sleep 0.05; done");
        await server.WaitForLineAsync("ready", Patience, Cancellation);
        await server.StopAsync();
        server.ExitCode.ShouldBe(0);
        await server.OutputContainsAsync("tidied");
    }

    [Fact]
    public async Task Server_that_does_not_stop_is_killed()
    {
        await using var server = Shell("trap '' TERM; echo ready; while true; do sleep 0.05; done");
        await server.WaitForLineAsync("ready", Patience, Cancellation);
        await server.StopAsync(TimeSpan.FromMilliseconds(200));
        server.ExitCode.ShouldBe(128 + 9);
    }

    [Fact]
    public async Task Killing_takes_the_servers_children_along()
    {
        await using var server = Shell("sleep 1000 & echo child $!.; wait");
        await server.WaitForLineAsync(".", Patience, Cancellation);
        var child = int.Parse(server.Output.Split(' ')[1].Split('.')[0], CultureInfo.InvariantCulture);
        await server.KillAsync();
        await UntilAsync(() => !IsRunning(child));
    }

    [Fact]
    public async Task Frozen_server_keeps_its_port_and_answers_nothing_until_it_is_thawed()
    {
        await using var server = Shell("i=0; while true; do i=$((i+1)); echo turn $i; sleep 0.01; done");
        await server.WaitForLineAsync("turn 3", Patience, Cancellation);
        server.Freeze();
        await UntilAsync(() => StateOf(server.Id) == 'T');
        server.Thaw();
        var seen = server.Output.Length;
        await UntilAsync(() => server.Output.Length > seen + 100);
    }

    [Fact]
    public async Task Server_dies_with_the_process_that_started_it()
    {
        // This test's process must live on, so a shell stands for it: the guard is the kernel's and the same.
        await using var parent = Shell("setsid setpriv --pdeathsig KILL -- sleep 1000 & echo child $!.; wait");
        await parent.WaitForLineAsync(".", Patience, Cancellation);
        var child = int.Parse(parent.Output.Split(' ')[1].Split('.')[0], CultureInfo.InvariantCulture);
        await UntilAsync(() => CommandOf(child).StartsWith("sleep", StringComparison.Ordinal));
        using (var kill = Process.Start("kill", ["-KILL", parent.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync(Cancellation);
        await UntilAsync(() => !IsRunning(child));
    }

    [Fact]
    public async Task Server_outlives_the_thread_that_asked_for_it()
    {
        ServerProcess? server = null;
        var asking = new Thread(() => server = Shell("echo ready; sleep 1000"));
        asking.Start();
        asking.Join();
        await using var started = server!;
        await started.WaitForLineAsync("ready", Patience, Cancellation);
        started.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Environment_and_folder_are_the_commands()
    {
        using var folder = new PeerFolder("test");
        await using var server = ServerProcess.Start(new ServerCommand("sh", "-c", "echo $GREETING from $PWD; echo home=$HOME.")
        {
            Environment = new Dictionary<string, string?> { ["GREETING"] = "olá", ["HOME"] = null },
            WorkingFolder = folder.Path,
        });
        await server.WaitForExitAsync(Patience, Cancellation);
        await server.OutputContainsAsync($"olá from {folder.Path}");
        await server.OutputContainsAsync("home=.");
    }

    [Fact]
    public async Task What_a_server_says_is_kept_within_a_bound()
    {
        await using var server = Shell("yes 'a line that is said again and again' | head -n 100000; echo the end");
        await server.WaitForExitAsync(Patience, Cancellation);
        await server.OutputContainsAsync("the end");
        server.Output.Length.ShouldBeLessThan(300_000);
    }

    [Fact]
    public void Ports_are_given_out_once()
    {
        var ports = Enumerable.Range(0, 50).Select(_ => FreePort.Next()).ToList();
        ports.Distinct().Count().ShouldBe(50);
    }

    [Fact]
    public void Folder_goes_when_it_is_disposed_of()
    {
        var folder = new PeerFolder("test");
        File.WriteAllText(folder.PathOf("file"), "text");
        folder.Dispose();
        Directory.Exists(folder.Path).ShouldBeFalse();
    }

    [Fact]
    public void Folder_of_a_process_that_was_killed_goes_with_the_next_one()
    {
        var leftover = Path.Combine(Path.GetTempPath(), $"fotograma-peer-{int.MaxValue}-test-1");
        Directory.CreateDirectory(leftover);
        new PeerFolder("test").Dispose();
        Directory.Exists(leftover).ShouldBeFalse();
    }

    private static ServerCommand Listener(int port) =>
        new("python3", "-c", $"import socket,time; s=socket.create_server(('127.0.0.1',{port})); time.sleep(1000)");

    private static ServerProcess Shell(string script) => ServerProcess.Start(new ServerCommand("sh", "-c", script));

    private static bool IsRunning(int id) => StateOf(id) is not ('Z' or 'X' or '\0');

    private static char StateOf(int id)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{id}/stat");
            return status[status.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return '\0';
        }
    }

    private static string CommandOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        while (!holds()) await Task.Delay(5, patience.Token);
    }
}

internal static class ServerProcessOutput
{
    /// <summary>What a process said may arrive a moment after it ended.</summary>
    public static async Task OutputContainsAsync(this ServerProcess server, string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        while (!server.Output.Contains(text, StringComparison.Ordinal)) await Task.Delay(5, patience.Token);
    }
}
