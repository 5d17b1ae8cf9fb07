using System.Diagnostics;
using System.Globalization;
using Fotograma.Clips;
using Fotograma.Media.Tests.Extraction;

namespace Fotograma.Server.Tests.Cli;

/// <summary>Runs the real executables: the server for what only it knows, and the small program for everything else.</summary>
internal static class CliProgram
{
    private static readonly string[] ServerVerbs = ["serve", "migrate", "adopt", "check-config", "dead-letters", "repeat"];

    public static async Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await EndAsync(process);
    }

    public static Process Start(params string[] arguments)
    {
        var program = ServerVerbs.Contains(arguments.FirstOrDefault()) ? Path.Combine(AppContext.BaseDirectory, "fotograma") : BuiltProgram.Cli;
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["FOTOGRAMA_DECODER"] = BuiltProgram.Decoder;
        // A play of the decoder is a script, which cannot be confined.
        if (arguments.Contains(FakeDecoder.Program)) start.Environment["FOTOGRAMA_SANDBOX"] = "off";
        return Process.Start(start)!;
    }

    public static async Task<(int Code, string Out, string Error)> EndAsync(Process process)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }

    public static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        kill.ExitCode.ShouldBe(0);
    }
}
