using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Trash;

namespace Fotograma.Video.Cleanup;

/// <summary>What a look at all blobs found.</summary>
internal sealed class Census
{
    // What is beyond is found by the next look.
    private const int UnownedMax = 10_000;
    private readonly Dictionary<BlobOwner, long> unowned = [];

    private Census()
    {
    }

    /// <summary>Videos of which there is an upload.</summary>
    public int Videos { get; private set; }

    /// <summary>Those that the ledger does not know.</summary>
    public int VideosUnknown { get; private set; }

    /// <summary>Uploads and attempts that the ledger knows.</summary>
    public int Owned { get; private set; }

    /// <summary>Whether something that nothing refers to has been there for so long that it is no upload of this moment.</summary>
    public bool HasOldUnowned { get; private set; }

    /// <summary>Whether there is nothing at all.</summary>
    public bool IsEmpty => Owned == 0 && unowned.Count == 0;

    /// <summary>What nothing refers to, the first ten thousand of it, with the moment when it was looked at, as a timestamp of the clock.</summary>
    public IReadOnlyDictionary<BlobOwner, long> Unowned => unowned;

    /// <summary>Looks at everything.</summary>
    /// <param name="bucket">The blobs.</param>
    /// <param name="ledger">What may own them.</param>
    /// <param name="orphanAge">How old a blob must be for the answer that it is no upload of this moment.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellation">Ends the look.</param>
    public static async Task<Census> TakeAsync(Bucket bucket, BlobTrash ledger, TimeSpan orphanAge, TimeProvider clock, CancellationToken cancellation)
    {
        var census = new Census();
        BlobOwner? last = null;
        foreach (var prefix in (string[])[BlobKeys.Videos, BlobKeys.Jobs])
        {
            await foreach (var blob in bucket.ListAsync(prefix, cancellation))
            {
                // Blobs of one owner follow each other.
                if (BlobOwner.Of(blob) is not { } owner || owner == last) continue;
                last = owner;
                if (await owner.IsThereAsync(ledger, cancellation)) census.CountKnown(owner);
                else census.CountUnknown(owner, clock.GetUtcNow() - blob.ModifiedAt > orphanAge, clock.GetTimestamp());
            }
        }
        return census;
    }

    private void CountKnown(BlobOwner owner)
    {
        if (owner.IsVideo) Videos++;
        Owned++;
    }

    private void CountUnknown(BlobOwner owner, bool old, long lookedAt)
    {
        if (owner.IsVideo)
        {
            Videos++;
            VideosUnknown++;
        }
        HasOldUnowned |= old;
        if (unowned.Count < UnownedMax) unowned[owner] = lookedAt;
    }
}
