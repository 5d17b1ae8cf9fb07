using System.Diagnostics;
using System.Globalization;

namespace Fotograma.Faults.Deployments;

/// <summary>A file system in memory with room for little, mounted on a folder; it can be filled to the last byte.</summary>
internal sealed class MemoryDisk : IDisposable
{
    private const int Megabytes = 24;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);
    private readonly string folder;
    private readonly string filler;

    public MemoryDisk(string folder)
    {
        this.folder = folder;
        filler = Path.Combine(folder, ".filler");
        Directory.CreateDirectory(folder);
        Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m"), "tmpfs", folder);
    }

    public void Fill()
    {
        using var file = new FileStream(filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var zeros = new byte[4096];
        try
        {
            while (true) file.Write(zeros);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Free() => File.Delete(filler);

    /// <summary>Takes no writes any more, once nobody has a file open for writing.</summary>
    public async Task DenyWritesAsync(CancellationToken cancellation)
    {
        while (Ended("mount", "-o", "remount,ro", folder) != 0) await Task.Delay(LookInterval, cancellation);
    }

    public void AllowWrites() => Run("mount", "-o", "remount,rw", folder);

    public void Dispose() => Run("umount", "-l", folder);

    private static void Run(string program, params string[] arguments)
    {
        if (Ended(program, arguments) is var code && code != 0) throw new InvalidOperationException($"{program} ended with {code}; it needs the rights of root.");
    }

    private static int Ended(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
