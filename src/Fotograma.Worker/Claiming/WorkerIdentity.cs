using Fotograma.Kernel.Hosting;

namespace Fotograma.Worker.Claiming;

/// <summary>
/// The name under which this process holds leases. It is kept in a file that the process locks as long as it lives, so that the next process that gets the
/// lock knows for certain that leases under this name belong to a dead one, and need not wait for them to run out. A second worker on the same
/// data folder finds the file locked and takes a name of its own. So does one that finds the name of another boot of a machine: the folder may be a copy, or shared with a
/// machine whose locks are not seen here, and the worker of that name alive.
/// </summary>
internal sealed class WorkerIdentity : IDisposable
{
    // Another one each time that Linux starts, the same in all containers on it (random(4)).
    private const string BootFile = "/proc/sys/kernel/random/boot_id";
    private readonly FileStream? held;

    /// <summary>Finds or makes the name.</summary>
    /// <param name="data">Where the file is.</param>
    /// <param name="ids">Makes names.</param>
    /// <param name="boot">What tells this boot of this machine from all others; the kernel's own mark where nothing is given, and none where it has none.</param>
    public WorkerIdentity(DataOptions data, Ids ids, string? boot = null)
    {
        boot ??= File.Exists(BootFile) ? File.ReadAllText(BootFile).Trim() : "";
        Directory.CreateDirectory(data.FullPath);
        try
        {
            held = new FileStream(data.PathOf("worker.id"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            Name = Fresh(ids);
            return;
        }
        using var reader = new StreamReader(held, leaveOpen: true);
        Name = reader.ReadLine()?.Trim() ?? "";
        if (Name.Length > 0 && (reader.ReadLine()?.Trim() ?? "") == boot)
        {
            HasEarlierLife = true;
            return;
        }
        Name = Fresh(ids);
        held.SetLength(0);
        using var writer = new StreamWriter(held, leaveOpen: true);
        writer.Write($"{Name}\n{boot}\n");
        writer.Flush();
        held.Flush(flushToDisk: true);
    }

    public string Name { get; }

    /// <summary>Whether leases under this name may exist that nobody serves.</summary>
    public bool HasEarlierLife { get; }

    public void Dispose() => held?.Dispose();

    private static string Fresh(Ids ids) => $"{Environment.MachineName}-{ids.New():N}";
}
