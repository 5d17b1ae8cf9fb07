namespace Fotograma.Blobs;

/// <summary>A blob as a file that another program can open for reading, valid until disposed.</summary>
public sealed class LocalFile(string path, Func<ValueTask>? release = null) : IAsyncDisposable
{
    private Func<ValueTask>? release = release;

    /// <summary>Absolute path. The file must not be written to or moved.</summary>
    public string Path { get; } = path;

    /// <summary>Deletes the local copy if one was made; the blob itself stays.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref release, null)?.Invoke() ?? ValueTask.CompletedTask;
}
