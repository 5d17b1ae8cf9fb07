namespace Fotograma.Blobs;

/// <summary>An open blob. What it reads is one committed content, even if the blob is replaced or deleted meanwhile.</summary>
public sealed class BlobReader(BlobInfo info, Stream content) : IAsyncDisposable
{
    /// <summary>The bytes, from the beginning. Seekable; read asynchronously.</summary>
    public Stream Content { get; } = content;

    /// <summary>Size in bytes.</summary>
    public long Length => info.Length;

    /// <summary>When the blob was committed.</summary>
    public DateTimeOffset ModifiedAt => info.ModifiedAt;

    /// <summary>Strong entity tag, quotes included.</summary>
    public string ETag => info.ETag;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
