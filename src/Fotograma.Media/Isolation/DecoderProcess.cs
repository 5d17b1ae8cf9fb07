using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Fotograma.Media.Faults;
using Fotograma.Media.Sandbox;

namespace Fotograma.Media.Isolation;

/// <summary>
/// One decoder child from start to burial. It gets its request on standard input, whose open end then tells it that the parent lives; it
/// answers on standard output. It inherits no environment but the few variables that let it start. Disposing kills it, with everything
/// it may have started, and waits until it is gone.
/// </summary>
internal sealed class DecoderProcess : IAsyncDisposable
{
    /// <summary>Kept of what the decoder writes to standard error; the rest is read and thrown away.</summary>
    private const int ErrorBytesMax = 64 << 10;

    /// <summary>How much of that goes into a fault's detail, in characters.</summary>
    private const int ErrorTailCharacters = 600;

    private static readonly TimeSpan BurialWait = TimeSpan.FromSeconds(5);

    /// <summary>Where the loader finds libav, and a decoder that is not compiled ahead of time its runtime.</summary>
    private static readonly string[] InheritedVariables = ["LD_LIBRARY_PATH", "DOTNET_ROOT"];

    /// <summary>
    /// How glibc's malloc keeps memory, which other libraries take no notice of. Pictures come from one thread and go back on another: with a heap
    /// for each thread, and large pieces in it, more than half as much again as is in use stays taken.
    /// </summary>
    private static readonly (string Name, string Value)[] Allocation = [("MALLOC_ARENA_MAX", "1"), ("MALLOC_MMAP_THRESHOLD_", "262144")];

    private readonly Process process;
    private readonly TimeProvider time;
    private readonly MemoryStream errors = new();
    private readonly Task errorPump;

    private DecoderProcess(Process process, TimeProvider time)
    {
        this.process = process;
        this.time = time;
        Id = process.Id;
        errorPump = PumpErrorsAsync(process.StandardError.BaseStream);
    }

    /// <summary>The process's number.</summary>
    public int Id { get; }

    /// <summary>What the decoder writes.</summary>
    public Stream Output => process.StandardOutput.BaseStream;

    /// <summary>Starts the program at <paramref name="path"/>, which confines itself as <paramref name="sandbox"/> says.</summary>
    /// <exception cref="MediaException"><see cref="MediaFault.DecoderUnavailable"/>: there is no such program, or it cannot be started.</exception>
    public static DecoderProcess Start(string path, SandboxMode sandbox, TimeProvider time)
    {
        var start = new ProcessStartInfo(path, [sandbox.ToString().ToLowerInvariant()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var name in InheritedVariables)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) start.Environment[name] = value;
        }

        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // no debugger socket in a process that meets hostile bytes
        foreach (var (name, value) in Allocation) start.Environment[name] = value;
        try
        {
            return new DecoderProcess(Process.Start(start) ?? throw new Win32Exception("No process was started."), time);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new MediaException(MediaFault.DecoderUnavailable, $"The decoder at '{path}' cannot be started: {exception.Message}", exception);
        }
    }

    /// <summary>Gives the decoder its work. A decoder that is already dead is found out when its answer is read.</summary>
    public Task SendAsync(DecoderRequest request, CancellationToken cancellation) =>
        WriteAsync([.. JsonSerializer.SerializeToUtf8Bytes(request, DecoderJson.Default.DecoderRequest), (byte)'\n'], cancellation);

    /// <summary>Gives the decoder the word for which it waits once it is confined.</summary>
    public Task LetBeginAsync(CancellationToken cancellation) => WriteAsync("\n"u8.ToArray(), cancellation);

    private async Task WriteAsync(byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(bytes, cancellation);
            await process.StandardInput.BaseStream.FlushAsync(cancellation);
        }
        catch (IOException)
        {
            // Broken pipe: the decoder ended before it read its work.
        }
    }

    /// <summary>Ends the decoder and all it started, now.</summary>
    public void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It is gone already.
        }
    }

    /// <summary>Waits at most <paramref name="patience"/> for the decoder to end by itself, then ends it, and says how it ended.</summary>
    public async Task<DecoderEnd> EndAsync(TimeSpan patience)
    {
        var byItself = await EndedWithinAsync(patience);
        if (!byItself) Kill();
        if (!await EndedWithinAsync(BurialWait)) return new DecoderEnd(null, "", "The decoder could not be ended.");
        await Task.WhenAny(errorPump, Task.Delay(patience, time));
        string text;
        lock (errors) text = Encoding.UTF8.GetString(errors.GetBuffer(), 0, (int)errors.Length);
        var tail = PrintableText.Of(text.Trim(), ErrorBytesMax);
        if (tail.Length > ErrorTailCharacters) tail = tail[^ErrorTailCharacters..];
        var end = byItself ? $"The decoder ended with code {process.ExitCode} and without a result." : "The decoder closed its output and went on running.";
        return new DecoderEnd(byItself ? process.ExitCode : null, text, tail.Length == 0 ? end : $"{end} It said: {tail}");
    }

    /// <summary>Lets the decoder end by itself for <paramref name="patience"/>: its result is already here.</summary>
    public Task LetEndAsync(TimeSpan patience) => EndedWithinAsync(patience);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await EndedWithinAsync(BurialWait);

        // A process object leaves its pipes to whoever took them, and three a job would pile up until the garbage collector comes by.
        Close(process.StandardInput);
        Close(process.StandardOutput);
        Close(process.StandardError);
        process.Dispose();
        await errorPump;
        await errors.DisposeAsync();
    }

    private static void Close(IDisposable pipe)
    {
        try
        {
            pipe.Dispose();
        }
        catch (IOException)
        {
            // What was not written yet has no reader any more.
        }
    }

    private async Task<bool> EndedWithinAsync(TimeSpan patience)
    {
        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(patience, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task PumpErrorsAsync(Stream source)
    {
        var buffer = new byte[4096];
        try
        {
            while (await source.ReadAsync(buffer, CancellationToken.None) is var read and > 0)
            {
                lock (errors) errors.Write(buffer, 0, (int)Math.Min(read, ErrorBytesMax - errors.Length));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The pipe was closed under the read, on purpose.
        }
    }
}
