using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Fotograma.Clips;

/// <summary>
/// Keeps generated files below the build's artifacts folder (or FOTOGRAMA_CLIPS) under a name that contains a hash of the recipe. Several
/// processes may ask at once: each makes its own file and renames it into place.
/// </summary>
internal static class ClipStore
{
    private const string Variable = "FOTOGRAMA_CLIPS";

    private static readonly ConcurrentDictionary<(string Name, string Recipe), Lazy<Task<string>>> Files = new();

    private static readonly SemaphoreSlim Makers = new(Environment.ProcessorCount, Environment.ProcessorCount);

    public static Task<string> PathAsync(
        string name, string recipe, Func<string, CancellationToken, Task> make, CancellationToken cancellation) =>
        // The work is shared between tests, so one test's cancellation must not end it.
        Files.GetOrAdd((name, recipe), _ => new Lazy<Task<string>>(() => MakeAsync(name, recipe, make))).Value.WaitAsync(cancellation);

    private static async Task<string> MakeAsync(string name, string recipe, Func<string, CancellationToken, Task> make)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe)))[..10];
        var folder = Path.Combine(Root(), hash);
        var path = Path.Combine(folder, name);
        if (File.Exists(path)) return path;
        Directory.CreateDirectory(folder);
        var draft = Path.Combine(folder, $"{Environment.ProcessId}-{name}");
        try
        {
            // A clip made of another one waits for that inside, so the tools are what is counted, not the clips.
            await make(draft, CancellationToken.None);
            File.Move(draft, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Waits for a turn to run a tool.</summary>
    public static async Task<IDisposable> TurnAsync(CancellationToken cancellation)
    {
        await Makers.WaitAsync(cancellation);
        return new Turn();
    }

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen) return chosen;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (folder.Name == "artifacts") return Path.Combine(folder.FullName, "clips");
        throw new InvalidOperationException($"There is no artifacts folder above {AppContext.BaseDirectory}; set {Variable}.");
    }

    private sealed class Turn : IDisposable
    {
        public void Dispose() => Makers.Release();
    }
}
