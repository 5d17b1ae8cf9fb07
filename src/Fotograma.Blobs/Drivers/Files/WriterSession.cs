using Fotograma.Kernel.Hosting;

namespace Fotograma.Blobs.Drivers.Files;

/// <summary>
/// The folder of one process's unfinished blobs, <c>.tmp/SESSION/</c>, beside a file <c>.tmp/SESSION.lock</c> that the process holds locked as long as it lives;
/// the operating system drops the lock when it dies, however it dies. The lock exists before the folder and goes after it, so a folder without a held
/// lock belongs to nobody.
/// </summary>
internal sealed class WriterSession : IDisposable
{
    private const int AttemptsMax = 8;
    private readonly FileStream held;
    private readonly string folder;
    private long files;

    private WriterSession(FileStream held, string folder)
    {
        this.held = held;
        this.folder = folder;
    }

    public static WriterSession Begin(string root, Ids ids)
    {
        var all = AllUnder(root);
        Directory.CreateDirectory(all);
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var folder = Path.Combine(all, ids.New().ToString("N"));
            if (TryHold(folder + ".lock", FileMode.CreateNew) is not { } held) continue;
            if (TryHold(folder + ".lock", FileMode.Open) is { } again)
            {
                again.Dispose();
                held.Dispose();
                File.Delete(folder + ".lock");
                throw new IOException($"Files under {root} cannot be locked, so unfinished blobs could not be told from abandoned ones. Use a file system with locks.");
            }
            // A sweep may have taken the lock file between its creation and its locking; what is held then has no name any more.
            if (!File.Exists(folder + ".lock"))
            {
                held.Dispose();
                continue;
            }
            Directory.CreateDirectory(folder);
            return new WriterSession(held, folder);
        }
        throw new IOException($"No writer session could be begun under {all}.");
    }

    public string NextPath() => Path.Combine(folder, Interlocked.Increment(ref files).ToString(System.Globalization.CultureInfo.InvariantCulture));

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        File.Delete(held.Name);
        held.Dispose();
    }

    /// <summary>Removes the sessions of dead processes; returns how many unfinished blobs they left.</summary>
    public static int Sweep(string root, CancellationToken cancellation)
    {
        var all = AllUnder(root);
        if (!Directory.Exists(all)) return 0;
        var removed = 0;
        foreach (var path in Directory.GetFileSystemEntries(all))
        {
            cancellation.ThrowIfCancellationRequested();
            if (path.EndsWith(".lock", StringComparison.Ordinal)) removed += RemoveIfAbandoned(path);
            else if (Directory.Exists(path) && !File.Exists(path + ".lock")) removed += Remove(path);
        }
        return removed;
    }

    private static string AllUnder(string root) => Path.Combine(root, ".tmp");

    private static int RemoveIfAbandoned(string lockPath)
    {
        using var taken = TryHold(lockPath, FileMode.Open);
        if (taken is null) return 0;
        var removed = Remove(lockPath[..^".lock".Length]);
        File.Delete(lockPath);
        return removed;
    }

    private static int Remove(string folder)
    {
        try
        {
            var files = Directory.GetFiles(folder).Length;
            Directory.Delete(folder, recursive: true);
            return files;
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    private static FileStream? TryHold(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException exception) when (exception is FileNotFoundException || File.Exists(path))
        {
            return null;
        }
    }
}
