using Fotograma.EndToEnd.Tests.Hosts;

namespace Fotograma.EndToEnd.Tests.Faults;

/// <summary>Looks into the folder where a server keeps uploads and results.</summary>
internal static class Blobs
{
    /// <summary>The upload, the ZIP, its thumbnails, its index and its manifest in three forms.</summary>
    public const int FilesPerVideo = 7;

    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    // Locks of living writers are not content, nor is the mark that says whose the others are.
    public static IReadOnlyList<string> FilesOf(FotogramaServer server) =>
        [.. Directory.EnumerateFiles(Path.Combine(server.Folder, "blobs"), "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal) && Path.GetFileName(file) != "ledger.json")];

    /// <summary>Waits, with a bound, until nothing is left.</summary>
    public static Task EmptyAsync(FotogramaServer server, CancellationToken cancellation) => CountAsync(server, 0, cancellation);

    /// <summary>Waits, with a bound, until exactly so many files are left.</summary>
    public static async Task CountAsync(FotogramaServer server, int count, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(SettleMax);
        using var timer = new PeriodicTimer(LookInterval);
        while (FilesOf(server).Count is var found && found != count)
        {
            if (bound.IsCancellationRequested) throw new TimeoutException($"{count} files should be left, {found} are.");
            await timer.WaitForNextTickAsync(cancellation);
        }
    }
}
