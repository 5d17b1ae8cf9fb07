using System.ComponentModel;
using System.Diagnostics;

namespace Fotograma.Clips;

/// <summary>Runs the ffmpeg and ffprobe programs, which tests need and do without nowhere: a missing one is a failure.</summary>
public static class Tool
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program from PATH with <paramref name="input"/> on its standard input and gives what it wrote.</summary>
    /// <exception cref="InvalidOperationException">It is missing, failed, or took longer than two minutes.</exception>
    public static async Task<byte[]> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellation, ReadOnlyMemory<byte> input = default)
    {
        using var turn = await ClipStore.TurnAsync(cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(TimeMax);
        using var process = Start(program, arguments);
        try
        {
            using var output = new MemoryStream();
            var errors = process.StandardError.ReadToEndAsync(stop.Token);
            var writing = FeedAsync(process, input, stop.Token);
            await process.StandardOutput.BaseStream.CopyToAsync(output, stop.Token);
            await writing;
            var said = await errors;
            await process.WaitForExitAsync(stop.Token);
            if (process.ExitCode == 0) return output.ToArray();
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        string[] quiet = ["-hide_banner", "-loglevel", "error"];
        var start = new ProcessStartInfo(program, program == "ffmpeg" ? [.. quiet, "-nostdin", "-y", .. arguments] : [.. quiet, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"The tests need the {program} program on PATH.", missing);
        }
    }

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program closed its input early; its exit code says whether that is a failure.
        }
    }
}
