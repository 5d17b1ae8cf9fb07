using System.Diagnostics;
using Fotograma.Clips;
using Fotograma.SandboxProbe;

namespace Fotograma.Media.Tests.Sandbox;

/// <summary>A program behind the decoder's own walls attempts one forbidden thing per run.</summary>
public sealed class AttemptTests
{
    private const int BySignal = 128;
    private const int BadSystemCall = 31;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forbidden => [.. Attempts.All.Where(attempt => attempt.ExistsHere).Select(attempt => attempt.Name)];

    public static TheoryData<string> Ordinary => [.. Attempts.All.Where(attempt => attempt.ExistsHere && attempt.Ordinary).Select(attempt => attempt.Name)];

    [Theory, MemberData(nameof(Forbidden))]
    public async Task A_confined_process_cannot(string attempt)
    {
        var (code, said) = await RunAsync(attempt, "required");

        said.ShouldStartWith("ConfinementProof { Seccomp = 2, NoNewPrivs = 1, CapEff = 0");
        said.ShouldNotContain("done");
        if (code != 0) code.ShouldBe(BySignal + BadSystemCall, said);
        else said.ShouldContain("refused ");
    }

    [Theory, MemberData(nameof(Ordinary))]
    public async Task A_process_that_is_not_confined_can(string attempt) => (await RunAsync(attempt, "off")).Said.ShouldContain("done");

    [Fact]
    public void No_attempt_has_left_a_file() => Directory.EnumerateFileSystemEntries("/tmp", "fotograma-probe-*").ShouldBeEmpty();

    private static async Task<(int Code, string Said)> RunAsync(string attempt, string mode)
    {
        using var process = Process.Start(new ProcessStartInfo(BuiltProgram.SandboxProbe, [await GoodClips.OneSecond.PathAsync(Cancellation), attempt, mode])
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
}
