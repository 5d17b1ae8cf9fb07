using System.Globalization;

namespace Fotograma.Server.Cli;

/// <summary>
/// A file that appears under its name only when it is whole: written beside it under another name, made durable, then renamed. Disposed
/// before that, it leaves nothing.
/// </summary>
internal sealed class TargetFile : IAsyncDisposable
{
    private const int BufferBytes = 256 << 10;

    // The archive is renamed into place, which would replace a device by a file.
    private static readonly string[] DeviceFolders = ["/dev/", "/proc/", "/sys/"];

    private readonly string target;
    private readonly string partial;
    private readonly bool replace;
    private bool kept;

    private TargetFile(string target, string partial, bool replace, FileStream stream)
    {
        (this.target, this.partial, this.replace) = (target, partial, replace);
        Stream = stream;
    }

    /// <summary>What is written.</summary>
    public FileStream Stream { get; }

    /// <summary>Begins the file; the target's folder has to exist. An existing target is only accepted if it may be replaced.</summary>
    /// <exception cref="IOException">The target exists, or cannot be written.</exception>
    public static TargetFile Create(string path, string input, bool replace)
    {
        var target = Path.GetFullPath(path);
        if (target == Path.GetFullPath(input) || target == new FileInfo(input).ResolveLinkTarget(returnFinalTarget: true)?.FullName)
            throw new IOException($"'{path}' is the video itself. Choose another name with -o.");
        if (DeviceFolders.Any(folder => target.StartsWith(folder, StringComparison.Ordinal))) throw new IOException($"'{path}' is not a place for files.");
        if (Directory.Exists(target)) throw new IOException($"'{path}' is a folder.");
        if (!replace && File.Exists(target)) throw new IOException($"'{path}' exists already. Use --force to replace it.");
        var partial = Path.Combine(
            Path.GetDirectoryName(target)!, string.Create(CultureInfo.InvariantCulture, $".{Path.GetFileName(target)}.{Environment.ProcessId}.partial"));
        return new TargetFile(target, partial, replace, new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes));
    }

    /// <summary>Makes the file durable and gives it its name.</summary>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        await Stream.FlushAsync(cancellation);
        Stream.Flush(flushToDisk: true);
        await Stream.DisposeAsync();
        File.Move(partial, target, replace);
        kept = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (kept) return;
        try
        {
            await Stream.DisposeAsync();
        }
        catch (IOException)
        {
            // The disk is full: what is buffered is thrown away with the file.
        }

        File.Delete(partial);
    }
}
