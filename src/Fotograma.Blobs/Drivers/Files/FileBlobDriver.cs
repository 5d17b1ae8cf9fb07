using System.Security.Cryptography;
using Fotograma.Blobs.Native;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Blobs.Drivers.Files;

/// <summary>
/// Blobs as files of one folder, on a local disk or a network file system with locks and hard links (NFS, EFS). A blob is written under a temporary name, synchronised, given
/// its name in one step, and its folders are synchronised: after a power cut it is there whole or not at all.
/// </summary>
internal sealed class FileBlobDriver(string root, FreeSpace space, TimeProvider clock, Ids ids) : IBlobDriver, IDisposable
{
    private const int NamingAttemptsMax = 100;
    private readonly BlobTree tree = new(root);
    private readonly Lock sessionLock = new();
    private WriterSession? session;
    private long lastStamp;

    public BlobCapabilities Capabilities { get; } =
        new(BlobOptions.Files, SignsDownloads: false, SignsUploads: false, ExcludesRivalsAtAnySize: true, ReadersOutliveBlobs: true);

    public Task<BlobUpload> CreateAsync(string key, bool overwrite, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            var path = Session().NextPath();
            space.MustSuffice();
            return Task.FromResult<BlobUpload>(new FileUpload(path, space, (temporary, file) => Commit(key, overwrite, temporary, file)));
        }
        catch (IOException exception) when (FreeSpace.IsExhausted(exception))
        {
            throw FreeSpace.Exhausted(exception);
        }
    }

    public Task<BlobReader?> OpenAsync(string key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (tree.Open(key) is not { } file) return Task.FromResult<BlobReader?>(null);
        var info = BlobTree.Describe(key, file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));
        return Task.FromResult<BlobReader?>(new BlobReader(info, file));
    }

    public async Task<Stream?> OpenRangeAsync(string key, long offset, long length, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (tree.Open(key) is not { } file) return null;
        if (offset > file.Length)
        {
            await file.DisposeAsync();
            throw new ArgumentOutOfRangeException(nameof(offset), offset, "The blob ends before this offset.");
        }
        file.Position = offset;
        return new RangeStream(file, length);
    }

    public Task<BlobInfo?> FindAsync(string key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(tree.Find(key));
    }

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(tree.Delete(key));
    }

    public Task<int> DeletePrefixAsync(string prefix, CancellationToken cancellation) => Task.FromResult(tree.DeleteAll(prefix, cancellation));

    public IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellation) => tree.ListAsync(prefix, cancellation);

    public async Task<LocalFile> OpenLocalAsync(string key, string? sha256, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await using var file = tree.Open(key) ?? throw new BlobNotFoundException(key);
        if (sha256 is not null && Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation)) is var found && found != sha256)
            throw new BlobDamagedException(key, $"its SHA-256 is {found} and was {sha256} when it was stored.");
        return new LocalFile(tree.PathOf(key));
    }

    public Task<SignedAddress> SignDownloadAsync(string key, DownloadTerms terms, CancellationToken cancellation) => throw SignsNothing();

    public Task<SignedAddress> SignUploadAsync(string key, UploadTerms terms, CancellationToken cancellation) => throw SignsNothing();

    public Task<int> SweepAsync(CancellationToken cancellation) => Task.FromResult(WriterSession.Sweep(root, cancellation));

    public Task PingAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!Directory.Exists(root)) throw new BlobStoreUnavailableException($"The folder {root} is gone.");
        space.MustSuffice();
        return Task.CompletedTask;
    }

    public void MustHaveRoom(long bytes) => space.MustSuffice(bytes);

    public void Dispose() => session?.Dispose();

    private static NotSupportedException SignsNothing() => new($"The blob driver '{BlobOptions.Files}' does not sign addresses.");

    private WriterSession Session()
    {
        lock (sessionLock) return session ??= WriterSession.Begin(root, ids);
    }

    private BlobInfo Commit(string key, bool overwrite, string temporary, FileStream file)
    {
        var modifiedAt = NextStamp();
        File.SetLastWriteTimeUtc(file.SafeFileHandle, modifiedAt);
        file.Flush(flushToDisk: true);
        var info = BlobTree.Describe(key, file.Length, modifiedAt);
        var path = tree.PathOf(key);
        var folder = Path.GetDirectoryName(path)!;
        for (var attempt = 1; !TryName(key, overwrite, temporary, path, folder); attempt++)
        {
            if (attempt == NamingAttemptsMax) throw new IOException($"The folder of {key} was removed again and again.");
        }
        for (; folder.Length >= root.Length; folder = Path.GetDirectoryName(folder)!) Posix.SynchroniseFolder(folder);
        return info;
    }

    // False when the folder was pruned between its making and the naming.
    private static bool TryName(string key, bool overwrite, string temporary, string path, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (IOException exception) when (LiesBelowAFile(folder))
        {
            throw new InvalidOperationException($"{key} cannot lie below another blob.", exception);
        }
        catch (IOException exception) when (exception is DirectoryNotFoundException or FileNotFoundException || exception.HResult == Posix.EntryExists)
        {
            // A neighbour was deleted and its folder pruned while the folder was being made: "it exists" was true a moment ago. A parent that went is reported as a missing file.
            return false;
        }
        if (Directory.Exists(path)) throw new InvalidOperationException($"{key} is the folder of other blobs.");
        if (!overwrite)
        {
            return Posix.Link(temporary, path) switch
            {
                Posix.LinkResult.Made => true,
                Posix.LinkResult.NameTaken => throw new BlobExistsException(key),
                _ => false,
            };
        }
        try
        {
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (Exception exception) when (exception is DirectoryNotFoundException or FileNotFoundException && File.Exists(temporary))
        {
            return false;
        }
    }

    private static bool LiesBelowAFile(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(folder)) return true;
        }
        return false;
    }

    // The time of the commit is also what tells two contents of equal length apart, so it never stands still and never goes back.
    private DateTime NextStamp()
    {
        while (true)
        {
            var last = Interlocked.Read(ref lastStamp);
            var next = Math.Max(last + 1, clock.GetUtcNow().UtcTicks);
            if (Interlocked.CompareExchange(ref lastStamp, next, last) == last) return new DateTime(next, DateTimeKind.Utc);
        }
    }
}
