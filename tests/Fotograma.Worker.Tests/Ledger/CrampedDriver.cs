using Fotograma.Blobs;
using Fotograma.Blobs.Drivers;

namespace Fotograma.Worker.Tests.Ledger;

/// <summary>Stands before a blob driver on a machine that may have no room for a copy of some uploads.</summary>
internal sealed class CrampedDriver(IBlobDriver inner) : IBlobDriver
{
    /// <summary>Asked before a local file is opened, with the key: what is in the way.</summary>
    public Func<string, BlobException?> Lacks { get; set; } = _ => null;

    /// <summary>Whether there is no room at all.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether the store does not answer.</summary>
    public bool IsAway { get; set; }

    public BlobCapabilities Capabilities => inner.Capabilities;

    public Task<BlobUpload> CreateAsync(string key, bool overwrite, CancellationToken cancellation) => inner.CreateAsync(key, overwrite, cancellation);

    public Task<BlobReader?> OpenAsync(string key, CancellationToken cancellation) => inner.OpenAsync(key, cancellation);

    public Task<Stream?> OpenRangeAsync(string key, long offset, long length, CancellationToken cancellation) => inner.OpenRangeAsync(key, offset, length, cancellation);

    public Task<BlobInfo?> FindAsync(string key, CancellationToken cancellation) => inner.FindAsync(key, cancellation);

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => inner.DeleteAsync(key, cancellation);

    public Task<int> DeletePrefixAsync(string prefix, CancellationToken cancellation) => inner.DeletePrefixAsync(prefix, cancellation);

    public IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellation) => inner.ListAsync(prefix, cancellation);

    public Task<LocalFile> OpenLocalAsync(string key, string? sha256, CancellationToken cancellation) =>
        Lacks(key) is { } lack ? throw lack : IsAway ? throw new BlobStoreUnavailableException("away") : inner.OpenLocalAsync(key, sha256, cancellation);

    public Task<SignedAddress> SignDownloadAsync(string key, DownloadTerms terms, CancellationToken cancellation) => inner.SignDownloadAsync(key, terms, cancellation);

    public Task<SignedAddress> SignUploadAsync(string key, UploadTerms terms, CancellationToken cancellation) => inner.SignUploadAsync(key, terms, cancellation);

    public Task<int> SweepAsync(CancellationToken cancellation) => inner.SweepAsync(cancellation);

    public Task PingAsync(CancellationToken cancellation) => IsAway ? throw new BlobStoreUnavailableException("away") : inner.PingAsync(cancellation);

    public void MustHaveRoom(long bytes)
    {
        if (IsFull) throw new BlobNoSpaceException("full");
        inner.MustHaveRoom(bytes);
    }
}
