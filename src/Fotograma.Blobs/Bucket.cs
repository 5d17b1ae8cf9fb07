using Fotograma.Blobs.Drivers;

namespace Fotograma.Blobs;

/// <summary>
/// Where uploads and results are kept: a flat set of immutable blobs under generated keys (see <see cref="BlobKey"/>). A blob exists from the moment its writer
/// committed it, whole and durable, and not before. One key is either a blob or the folder of other blobs: <c>a</c> and <c>a/b</c> are never both used.
/// Safe for concurrent use, also by several processes.
/// </summary>
public sealed class Bucket(IBlobDriver driver)
{
    private const string RoomProbe = "room-probe";
    private const long RoomBytesLeast = 1L << 20;
    private static readonly TimeSpan AddressLifeMax = TimeSpan.FromDays(7);

    /// <summary>What the driver below promises beyond the minimum.</summary>
    public BlobCapabilities Capabilities => driver.Capabilities;

    /// <summary>Begins a blob under a key that must not be taken when it is committed.</summary>
    /// <exception cref="BlobNoSpaceException">The store takes no more.</exception>
    public Task<BlobWriter> CreateAsync(string key, CancellationToken cancellation) => CreateAsync(key, overwrite: false, cancellation);

    /// <summary>Begins a blob; with <paramref name="overwrite"/> the commit replaces one that has the same key.</summary>
    /// <exception cref="BlobNoSpaceException">The store takes no more.</exception>
    public async Task<BlobWriter> CreateAsync(string key, bool overwrite, CancellationToken cancellation) =>
        new(await driver.CreateAsync(BlobKey.Checked(key), overwrite, cancellation));

    /// <summary>Opens a blob for reading; null when there is none.</summary>
    public Task<BlobReader?> OpenAsync(string key, CancellationToken cancellation) => driver.OpenAsync(BlobKey.Checked(key), cancellation);

    /// <summary>Opens <paramref name="length"/> bytes from <paramref name="offset"/>, fewer where the blob ends before; null when there is no blob.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative, or the blob ends before <paramref name="offset"/>.</exception>
    public Task<Stream?> OpenRangeAsync(string key, long offset, long length, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return driver.OpenRangeAsync(BlobKey.Checked(key), offset, length, cancellation);
    }

    /// <summary>Describes a blob; null when there is none.</summary>
    public Task<BlobInfo?> FindAsync(string key, CancellationToken cancellation) => driver.FindAsync(BlobKey.Checked(key), cancellation);

    /// <summary>Deletes a blob. Readers that have it open keep what they read.</summary>
    /// <returns>False when there was none.</returns>
    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => driver.DeleteAsync(BlobKey.Checked(key), cancellation);

    /// <summary>Deletes every blob whose key begins with <paramref name="prefix"/>, which consists of whole segments and ends in a slash.</summary>
    /// <returns>How many.</returns>
    public Task<int> DeletePrefixAsync(string prefix, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return driver.DeletePrefixAsync(BlobKey.CheckedPrefix(prefix), cancellation);
    }

    /// <summary>The blobs whose keys begin with <paramref name="prefix"/> (empty, or whole segments and a slash), in ordinal order of their keys.</summary>
    public IAsyncEnumerable<BlobInfo> ListAsync(string prefix, CancellationToken cancellation) => driver.ListAsync(BlobKey.CheckedPrefix(prefix), cancellation);

    /// <summary>The blob as a file that the decoder can open. With the file driver that is the blob itself: nothing is copied.</summary>
    /// <exception cref="BlobNotFoundException">There is none.</exception>
    public Task<LocalFile> OpenLocalAsync(string key, CancellationToken cancellation) => OpenLocalAsync(key, sha256: null, cancellation);

    /// <summary>The same, after a look at every byte: what the store holds must still have the SHA-256 (lower-case hex) that it had when it was stored.</summary>
    /// <exception cref="BlobNotFoundException">There is none.</exception>
    /// <exception cref="BlobDamagedException">The store lost or changed bytes.</exception>
    /// <exception cref="BlobNoSpaceException">There is no room for a copy.</exception>
    public Task<LocalFile> OpenLocalAsync(string key, string? sha256, CancellationToken cancellation) =>
        driver.OpenLocalAsync(BlobKey.Checked(key), sha256, cancellation);

    /// <summary>An address under which anybody can read the blob for a while. That the blob exists is not looked at.</summary>
    /// <exception cref="NotSupportedException">The driver does not sign downloads; see <see cref="Capabilities"/>.</exception>
    public Task<SignedAddress> SignDownloadAsync(string key, DownloadTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return driver.SignDownloadAsync(BlobKey.Checked(key), terms with { ValidFor = Checked(terms.ValidFor) }, cancellation);
    }

    /// <summary>
    /// An address under which anybody can write the blob for a while, whole and with one request; nothing is written where the key is taken by then. Who takes
    /// what was sent that way must look at it first: its length, its hash and its kind are the sender's word.
    /// </summary>
    /// <exception cref="NotSupportedException">The driver does not sign uploads; see <see cref="Capabilities"/>.</exception>
    public Task<SignedAddress> SignUploadAsync(string key, UploadTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return driver.SignUploadAsync(BlobKey.Checked(key), terms with { ValidFor = Checked(terms.ValidFor) }, cancellation);
    }

    /// <summary>Removes what dead writers left behind; run by the process itself at start and from time to time.</summary>
    /// <returns>How many leftovers were removed.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellation)
    {
        var removed = await driver.SweepAsync(cancellation);
        // A process that dies while it tries whether there is room leaves what it tried with. Whoever is trying at this moment does not need it any more.
        return await driver.DeleteAsync(RoomProbe, cancellation) ? removed + 1 : removed;
    }

    /// <summary>Asks the store for a sign of life; throws, with a sentence for the operator, when there is none or when it takes no more.</summary>
    public Task PingAsync(CancellationToken cancellation) => driver.PingAsync(cancellation);

    /// <summary>
    /// Tries whether there is any room at all: a megabyte where it can be asked for, in the store and where copies are made, and a byte where it must be tried. Stores that are full
    /// still answer everything else.
    /// </summary>
    /// <exception cref="BlobNoSpaceException">There is no room.</exception>
    public async Task TryRoomAsync(CancellationToken cancellation)
    {
        await driver.PingAsync(cancellation);
        driver.MustHaveRoom(RoomBytesLeast);
        await using (var writer = await CreateAsync(RoomProbe, overwrite: true, cancellation))
        {
            await writer.WriteAsync(new byte[1], cancellation);
            await writer.CommitAsync(cancellation);
        }
        await driver.DeleteAsync(RoomProbe, cancellation);
    }

    private static TimeSpan Checked(TimeSpan validFor) => validFor > TimeSpan.Zero && validFor <= AddressLifeMax
        ? validFor
        : throw new ArgumentOutOfRangeException(nameof(validFor), validFor, "An address lives more than no time and at most seven days.");
}
