using System.Globalization;
using Fotograma.Media.Extraction;
using Fotograma.Media.Isolation;
using Fotograma.Media.Sandbox;

namespace Fotograma.Media.Tests.Extraction;

/// <summary>A stage for one play: the files that tell <c>fake-decoder.sh</c> what to do, and the trace it leaves.</summary>
internal sealed class FakeDecoder : IDisposable
{
    /// <summary>A process that was killed still has to be given a processor to die on, which takes as long as the others let it wait.</summary>
    private static readonly TimeSpan DyingMax = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fotograma-");

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Extraction", "fake-decoder.sh");

    /// <summary>What the decoder is asked to decode.</summary>
    public string Input => Path.Combine(folder.FullName, "play");

    /// <summary>Plays <paramref name="answer"/> (as <c>$input.answer</c>) by <paramref name="script"/>.</summary>
    public FakeDecoder(Answer answer, string script = "cat \"$input.answer\"")
    {
        File.WriteAllBytes(Input + ".answer", answer.ToArray());
        File.WriteAllText(Input, script + "\n");
    }

    public static VideoExtractor Extractor(DecoderLimits? limits = null) =>
        new(new VideoExtractorOptions { DecoderPath = Program, Sandbox = SandboxMode.Off, Limits = limits ?? new DecoderLimits { NoProgressSecondsMax = 20 } });

    /// <summary>Whether a process the play has left a trace of is still there.</summary>
    public bool HasLeftAProcess()
    {
        int[] pids = [.. Directory.EnumerateFiles(folder.FullName, "*.pid").Select(file => int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture))];
        return !SpinWait.SpinUntil(() => !pids.Any(IsAlive), DyingMax);
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Completes when the play has created the file <c>$input.</c><paramref name="name"/>.</summary>
    public async Task HappenedAsync(string name, CancellationToken cancellation)
    {
        using var watcher = new FileSystemWatcher(folder.FullName);
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Created += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(20), cancellation);

        void Look()
        {
            if (File.Exists($"{Input}.{name}")) seen.TrySetResult();
        }
    }

    public void Dispose() => folder.Delete(recursive: true);
}
