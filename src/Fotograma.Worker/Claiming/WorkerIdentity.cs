using Fotograma.Kernel.Hosting;

namespace Fotograma.Worker.Claiming;

/// <summary>
/// The name under which this process holds leases. It is kept in a file that the process locks as long as it lives, so that the next process that gets the
/// lock knows for certain that leases under this name belong to a dead one, and need not wait for them to run out. A second worker on the same
/// data folder finds the file locked and takes a name of its own.
/// </summary>
internal sealed class WorkerIdentity : IDisposable
{
    private readonly FileStream? held;

    public WorkerIdentity(DataOptions data, Ids ids)
    {
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
        Name = reader.ReadToEnd().Trim();
        if (Name.Length > 0)
        {
            HasEarlierLife = true;
            return;
        }
        Name = Fresh(ids);
        using var writer = new StreamWriter(held, leaveOpen: true);
        writer.Write(Name);
        writer.Flush();
        held.Flush(flushToDisk: true);
    }

    public string Name { get; }

    /// <summary>Whether leases under this name may exist that nobody serves.</summary>
    public bool HasEarlierLife { get; }

    public void Dispose() => held?.Dispose();

    private static string Fresh(Ids ids) => $"{Environment.MachineName}-{ids.New():N}";
}
