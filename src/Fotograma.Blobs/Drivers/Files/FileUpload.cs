namespace Fotograma.Blobs.Drivers.Files;

/// <summary>A blob on its way to disk, under a temporary name.</summary>
internal sealed class FileUpload : BlobUpload
{
    private const int BufferBytes = 64 * 1024;
    private const long FreeSpaceCheckedEveryBytes = 16L << 20;
    private readonly string path;
    private readonly FreeSpace space;
    private readonly Func<string, FileStream, BlobInfo> commit;
    private readonly FileStream file;
    private long untilCheck = FreeSpaceCheckedEveryBytes;

    public FileUpload(string path, FreeSpace space, Func<string, FileStream, BlobInfo> commit)
    {
        this.path = path;
        this.space = space;
        this.commit = commit;
        file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferBytes, FileOptions.Asynchronous);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        untilCheck -= bytes.Length;
        if (untilCheck <= 0)
        {
            space.MustSuffice();
            untilCheck = FreeSpaceCheckedEveryBytes;
        }
        try
        {
            await file.WriteAsync(bytes, cancellation);
        }
        catch (IOException exception) when (FreeSpace.IsExhausted(exception))
        {
            throw FreeSpace.Exhausted(exception);
        }
    }

    public override async Task<BlobInfo> CommitAsync(CancellationToken cancellation)
    {
        try
        {
            await file.FlushAsync(cancellation);
            return commit(path, file);
        }
        catch (IOException exception) when (FreeSpace.IsExhausted(exception))
        {
            throw FreeSpace.Exhausted(exception);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        RemoveName();
        try
        {
            await file.DisposeAsync();
        }
        catch (IOException exception) when (FreeSpace.IsExhausted(exception))
        {
            // Closing writes the buffer's rest; for a blob that is given up on a full disk that does not matter.
        }
    }

    public override void Dispose()
    {
        RemoveName();
        try
        {
            file.Dispose();
        }
        catch (IOException exception) when (FreeSpace.IsExhausted(exception))
        {
            // As above.
        }
    }

    private void RemoveName()
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // The driver was disposed before its writer and took the session's folder with it.
        }
    }
}
