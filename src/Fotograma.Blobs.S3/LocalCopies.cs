using System.Security.Cryptography;
using Fotograma.Blobs.Drivers.Files;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Blobs.S3;

/// <summary>
/// Copies of blobs for programs that need a file. They lie in a folder of this process, which is known to be alive by a lock that the operating system drops
/// when the process dies; what a dead one left is swept. A copy is refused where the disk has no room for it, and hashed while it is made.
/// </summary>
internal sealed class LocalCopies(S3Options options, Ids ids) : IDisposable
{
    private const int BufferBytes = 256 << 10;
    private const long FreeSpaceCheckedEveryBytes = 64L << 20;
    private readonly string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.ScratchFolder));
    private readonly Lock sessionLock = new();
    private WriterSession? session;

    public async Task<LocalFile> MakeAsync(string key, BlobReader blob, string? sha256, CancellationToken cancellation)
    {
        string? path = null;
        var made = false;
        try
        {
            path = Session().NextPath();
            if (blob.Length > options.ScratchBlobBytesMax) throw new BlobTooLargeException(key, blob.Length, options.ScratchBlobBytesMax);
            var found = await CopyAsync(blob, path, cancellation);
            if (sha256 is not null && found != sha256) throw new BlobDamagedException(key, $"its SHA-256 is {found} and was {sha256} when it was stored.");
            made = true;
            return new LocalFile(path, () => Remove(path));
        }
        catch (IOException exception) when (FreeSpace.IsExhausted(exception))
        {
            throw new BlobNoSpaceException("The disk for copies of blobs is full.", exception);
        }
        finally
        {
            if (!made && path is not null) await Remove(path);
        }
    }

    /// <summary>Throws when the disk has no room for a copy of so many bytes.</summary>
    public void MustHaveRoom(long bytes)
    {
        Directory.CreateDirectory(root);
        Space().MustSuffice(bytes);
    }

    public int Sweep(CancellationToken cancellation) => WriterSession.Sweep(root, cancellation);

    public void Dispose() => session?.Dispose();

    private WriterSession Session()
    {
        lock (sessionLock)
        {
            Directory.CreateDirectory(root);
            return session ??= WriterSession.Begin(root, ids);
        }
    }

    private async Task<string> CopyAsync(BlobReader blob, string path, CancellationToken cancellation)
    {
        var space = Space();
        space.MustSuffice(blob.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var opening = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) opening.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(path, opening);
        var buffer = new byte[BufferBytes];
        var untilCheck = FreeSpaceCheckedEveryBytes;
        for (int read; (read = await blob.Content.ReadAtLeastAsync(buffer, BufferBytes, throwOnEndOfStream: false, cancellation)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            untilCheck -= read;
            if (untilCheck > 0) continue;
            space.MustSuffice();
            untilCheck = FreeSpaceCheckedEveryBytes;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private FreeSpace Space() => FreeSpace.OfThisMachine(root, options.ScratchFreeBytesMin);

    private static ValueTask Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // The driver was disposed first and took the folder with it.
        }
        return ValueTask.CompletedTask;
    }
}
