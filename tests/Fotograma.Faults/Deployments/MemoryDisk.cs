using System.Diagnostics;
using System.Globalization;

namespace Fotograma.Faults.Deployments;

/// <summary>A file system in memory with room for little, mounted on a folder; it can be filled to the last byte.</summary>
internal sealed class MemoryDisk : IDisposable
{
    /// <summary>What a file takes at least.</summary>
    public const int BlockBytes = 4096;

    private const int Megabytes = 24;
    private readonly string folder;
    private readonly string filler;

    public MemoryDisk(string folder)
    {
        this.folder = folder;
        filler = Path.Combine(folder, ".filler");
        Directory.CreateDirectory(folder);
        Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m"), "tmpfs", folder);
    }

    /// <summary>Gives the folder to a user whose server is to write there.</summary>
    public void GiveTo(string user) => Run("chown", user, folder);

    /// <summary>Fills it.</summary>
    /// <param name="leave">Bytes that stay free, in whole blocks.</param>
    public void Fill(int leave = 0)
    {
        using var file = new FileStream(filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var zeros = new byte[BlockBytes];
        try
        {
            while (true) file.Write(zeros);
        }
        catch (IOException)
        {
            // It is full.
        }
        file.SetLength(file.Length - leave / BlockBytes * BlockBytes);
    }

    public void Free() => File.Delete(filler);

    public void Dispose() => Run("umount", "-l", folder);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}; it needs the rights of root.");
    }
}
