using System.Threading.Channels;

namespace Fotograma.Media.Tests.Sandbox;

/// <summary>
/// Hears from the kernel which files of a folder are read, in the order in which that happens. Reading at a place of its own does not move a
/// descriptor, so nothing else would tell.
/// </summary>
internal sealed class ReadWatcher : IDisposable
{
    private readonly string folder;
    private readonly FileSystemWatcher watcher;
    private readonly Channel<string> events = Channel.CreateUnbounded<string>();

    public ReadWatcher(string folder)
    {
        this.folder = folder;
        watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.LastAccess | NotifyFilters.FileName };
        watcher.Changed += (_, change) => events.Writer.TryWrite(change.Name!);
        watcher.Created += (_, change) => events.Writer.TryWrite(change.Name!);
        watcher.EnableRaisingEvents = true;
    }

    /// <summary>What was read up to now. The end of it is marked by a file of this name.</summary>
    public async Task<IReadOnlyList<string>> UpToAsync(string mark, CancellationToken cancellation)
    {
        var names = new List<string>();
        await File.WriteAllTextAsync(Path.Combine(folder, mark), "", cancellation);
        while (true)
        {
            var name = await events.Reader.ReadAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), cancellation);
            if (name == mark) return names;
            names.Add(name);
        }
    }

    public void Dispose() => watcher.Dispose();
}
