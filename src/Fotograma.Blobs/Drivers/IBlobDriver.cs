namespace Fotograma.Blobs.Drivers;

/// <summary>
/// The port to a store of blobs. A blob is immutable once committed: it can be replaced as a whole or deleted. A blob that is not committed does not exist
/// for anybody, whatever crashed. Keys and prefixes come checked from <see cref="Bucket"/>. The contract suite is the specification.
/// </summary>
public interface IBlobDriver
{
    /// <summary>What this driver promises beyond the minimum.</summary>
    BlobCapabilities Capabilities { get; }

    /// <summary>Begins a blob. Without <paramref name="overwrite"/> the commit fails with <see cref="BlobExistsException"/> when the key is taken by then.</summary>
    /// <exception cref="BlobNoSpaceException">The store takes no more.</exception>
    Task<BlobUpload> CreateAsync(string key, bool overwrite, CancellationToken cancellation);

    /// <summary>Opens a blob; null when there is none.</summary>
    Task<BlobReader?> OpenAsync(string key, CancellationToken cancellation);

    /// <summary>Opens <paramref name="length"/> bytes from <paramref name="offset"/>, fewer where the blob ends before; null when there is no blob.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The blob ends before <paramref name="offset"/>.</exception>
    Task<Stream?> OpenRangeAsync(string key, long offset, long length, CancellationToken cancellation);

    /// <summary>Describes a blob; null when there is none.</summary>
    Task<BlobInfo?> FindAsync(string key, CancellationToken cancellation);

    /// <summary>Deletes a blob.</summary>
    /// <returns>False when there was none.</returns>
    Task<bool> DeleteAsync(string key, CancellationToken cancellation);

    /// <summary>Deletes every blob whose key begins with <paramref name="prefix"/>.</summary>
    /// <returns>How many.</returns>
    Task<int> DeletePrefixAsync(string prefix, CancellationToken cancellation);

    /// <summary>The blobs whose keys begin with <paramref name="prefix"/>, in ordinal order of their keys.</summary>
    IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>The blob as a local file; its bytes are compared with <paramref name="sha256"/> (lower-case hex) first, if that is given.</summary>
    /// <exception cref="BlobNotFoundException">There is none.</exception>
    /// <exception cref="BlobDamagedException">Its bytes are others.</exception>
    /// <exception cref="BlobNoSpaceException">There is no room for a copy.</exception>
    Task<LocalFile> OpenLocalAsync(string key, string? sha256, CancellationToken cancellation);

    /// <summary>An address under which the blob, there or not, can be read for a while.</summary>
    /// <exception cref="NotSupportedException">The driver does not sign downloads.</exception>
    Task<SignedAddress> SignDownloadAsync(string key, DownloadTerms terms, CancellationToken cancellation);

    /// <summary>An address under which the blob can be written once, whole, for a while; where the key is taken by then, nothing is written.</summary>
    /// <exception cref="NotSupportedException">The driver does not sign uploads.</exception>
    Task<SignedAddress> SignUploadAsync(string key, UploadTerms terms, CancellationToken cancellation);

    /// <summary>Removes what writers left behind that died before they committed or gave up. Writers that live, in any process, are not disturbed.</summary>
    /// <returns>How many leftovers were removed.</returns>
    Task<int> SweepAsync(CancellationToken cancellation);

    /// <summary>Asks the store for a sign of life. Throws, with a sentence for the operator, when there is none or when it takes no more.</summary>
    Task PingAsync(CancellationToken cancellation);

    /// <summary>
    /// Throws <see cref="BlobNoSpaceException"/> when there are fewer bytes free than so many, beside what must stay free in any case: in the store, or where copies of blobs are made, as far
    /// as it can be asked for.
    /// </summary>
    void MustHaveRoom(long bytes)
    {
    }
}

/// <summary>A blob being written, as a driver sees it. <see cref="BlobWriter"/> calls the members one at a time, and none after the end.</summary>
public abstract class BlobUpload : IAsyncDisposable, IDisposable
{
    /// <summary>Appends bytes.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Makes the blob durable and then visible, in one step for every reader. Where the key is taken and must not be replaced, nothing changes.</summary>
    public abstract Task<BlobInfo> CommitAsync(CancellationToken cancellation);

    /// <summary>Forgets the blob if it was not committed.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Like <see cref="DisposeAsync"/>, without waiting: what cannot be removed at once is left to the sweep.</summary>
    public abstract void Dispose();
}
