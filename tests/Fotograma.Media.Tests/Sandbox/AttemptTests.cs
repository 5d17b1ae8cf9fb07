using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fotograma.Clips;
using Fotograma.Media.Sandbox;
using Fotograma.SandboxProbe;

namespace Fotograma.Media.Tests.Sandbox;

/// <summary>A program behind the decoder's own walls, or behind one of them, attempts one forbidden thing per run.</summary>
public sealed class AttemptTests : IDisposable
{
    private const int BySignal = 128;
    private const int BadSystemCall = 31;
    private const string Kept = "kept";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fotograma-probe-");
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public AttemptTests()
    {
        listener.Start();
        File.WriteAllText(Path.Combine(folder.FullName, "file"), Kept);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static IEnumerable<Attempt> Here => Attempts.All.Where(attempt => attempt.ExistsHere);

    public static TheoryData<string> Forbidden => [.. Here.Select(attempt => attempt.Name)];

    public static TheoryData<string> Possible =>
        [.. Here.Where(attempt => attempt.Outside == Outside.Works || (attempt.Outside == Outside.WorksForRoot && Environment.IsPrivilegedProcess)).Select(attempt => attempt.Name)];

    public static TheoryData<string> Impossible => [.. Here.Where(attempt => attempt.Outside == Outside.Differs).Select(attempt => attempt.Name)];

    public static TheoryData<string> Walled => [.. Here.Where(attempt => attempt.ByLandlock > 0 && attempt.SinceAbi <= Landlock.Abi).Select(attempt => attempt.Name)];

    public void Dispose()
    {
        listener.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory, MemberData(nameof(Forbidden))]
    public async Task A_confined_process_cannot(string name)
    {
        var attempt = Named(name);
        var (code, said) = await RunAsync(name, Walls.All);

        said.ShouldStartWith("ConfinementProof { Seccomp = 2, NoNewPrivs = 1, CapEff = 0");
        if (attempt.Refusal == Attempt.Killed) code.ShouldBe(BySignal + BadSystemCall, said);
        said.ShouldEndWith(attempt.Refusal == Attempt.Killed ? "}\n" : $"}}\nrefused {attempt.Refusal}\n");
        NothingHasHappened();
    }

    [Theory, MemberData(nameof(Possible))]
    public async Task A_process_that_is_not_confined_can(string name) => (await RunAsync(name, Walls.None, "off")).Said.ShouldContain("done");

    [Theory, MemberData(nameof(Impossible))]
    public async Task A_process_that_is_not_confined_does_not_fail_like_one_that_is(string name)
    {
        var refusal = Named(name).Refusal;
        var (code, said) = await RunAsync(name, Walls.None, "off");

        code.ShouldBe(0, said);
        if (refusal != Attempt.Killed) said.ShouldNotContain($"refused {refusal}\n");
    }

    [Theory, MemberData(nameof(Walled))]
    public async Task Landlock_alone_refuses_to(string name)
    {
        var (code, said) = await RunAsync(name, Walls.Landlock);

        said.ShouldStartWith("ConfinementProof { Seccomp = 0");
        said.ShouldEndWith($"}}\nrefused {Named(name).ByLandlock}\n");
        code.ShouldBe(0);
        NothingHasHappened();
    }

    [Theory, MemberData(nameof(Walled))]
    public async Task The_wall_of_the_first_step_alone_lets_read_and_run_and_nothing_else(string name)
    {
        var refusal = Named(name).ByFirstWall;
        var (_, said) = await RunAsync(name, Walls.None);

        said.ShouldStartWith("ConfinementProof { Seccomp = 0");
        said.ShouldEndWith(refusal == 0 ? "done\n" : $"refused {refusal}\n");
        if (refusal != 0) NothingHasHappened();
    }

    [Fact]
    public async Task The_limits_alone_refuse_a_terabyte() => (await RunAsync("map a terabyte", Walls.Limits)).Said.ShouldEndWith("refused 12\n");

    [Fact]
    public async Task Hiding_alone_closes_a_process_to_others_of_its_user()
    {
        (await RunAsync(Attempts.Openness.Name, Walls.Hiding)).Said.ShouldEndWith($"refused {Attempts.Openness.Refusal}\n");
        (await RunAsync(Attempts.Openness.Name, Walls.None)).Said.ShouldEndWith("done\n");
    }

    [Fact]
    public async Task A_confined_process_of_an_ordinary_user_cannot_make_a_thousand_threads()
    {
        (await RunAsync(Attempts.Threads.Name, Walls.All, ordinary: true)).Said.ShouldEndWith($"}}\nrefused {Attempts.Threads.Refusal}\n");
        (await RunAsync(Attempts.Threads.Name, Walls.None, "off", ordinary: true)).Said.ShouldBe("done\n");
    }

    private static Attempt Named(string name) => Attempts.All.Single(attempt => attempt.Name == name);

    private void NothingHasHappened()
    {
        folder.GetFileSystemInfos().Select(entry => entry.Name).ShouldBe(["file"]);
        File.ReadAllText(Path.Combine(folder.FullName, "file")).ShouldBe(Kept);
        listener.Pending().ShouldBeFalse();
    }

    private async Task<(int Code, string Said)> RunAsync(string attempt, Walls walls, string mode = "required", bool ordinary = false)
    {
        var input = await GoodClips.OneSecond.PathAsync(Cancellation);
        string[] command =
        [
            BuiltProgram.SandboxProbe, $"{Environment.ProcessId}", $"{((IPEndPoint)listener.LocalEndpoint).Port}", folder.FullName, $"{walls}", input, attempt, mode,
        ];
        if (ordinary && Environment.IsPrivilegedProcess) command = AsNobody(command);
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
        })!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(Cancellation);
            var said = await process.StandardOutput.ReadToEndAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            await process.WaitForExitAsync(Cancellation);
            (await errors).ShouldBeEmpty();
            return (process.ExitCode, said);
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>The same, started by a user who may do little, with copies that he may read.</summary>
    private string[] AsNobody(string[] command)
    {
        const int InputAt = 5;
        const int Nobody = 65_534;
        const UnixFileMode ForAll = (UnixFileMode)0b111_101_101;
        if (OperatingSystem.IsWindows()) return command;
        var copies = folder.CreateSubdirectory($"copies-{command[^1]}");
        File.SetUnixFileMode(folder.FullName, ForAll);
        File.SetUnixFileMode(copies.FullName, ForAll);
        foreach (var at in (int[])[0, InputAt])
        {
            var copy = Path.Combine(copies.FullName, Path.GetFileName(command[at]));
            File.Copy(command[at], copy);
            File.SetUnixFileMode(copy, ForAll);
            command[at] = copy;
        }

        var user = Nobody.ToString(CultureInfo.InvariantCulture);
        return ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", .. command];
    }
}
