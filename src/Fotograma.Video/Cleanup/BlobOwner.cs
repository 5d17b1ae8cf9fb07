using System.Globalization;
using Fotograma.Blobs;
using Fotograma.Jobs;
using Fotograma.Jobs.Trash;

namespace Fotograma.Video.Cleanup;

/// <summary>What some blobs belong to, as their key says: a video's upload, or one attempt of a job.</summary>
/// <param name="Prefix">What the keys of all of them begin with.</param>
/// <param name="Id">The video or the job.</param>
/// <param name="Epoch">The attempt; null for a video.</param>
internal sealed record BlobOwner(string Prefix, Guid Id, long? Epoch)
{
    public bool IsVideo => Epoch is null;

    /// <summary>Null for a key of another shape, which is nobody's business here.</summary>
    public static BlobOwner? Of(BlobInfo blob) => blob.Key.Split('/') switch
    {
        ["videos", var video, _] when Guid.TryParse(video, out var id) => new BlobOwner(BlobKeys.OfVideo(id), id, null),
        ["jobs", var job, var attempt, _] when Guid.TryParse(job, out var id) && long.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) =>
            new BlobOwner(BlobKeys.OfAttempt(id, epoch), id, epoch),
        _ => null,
    };

    /// <summary>Whether the ledger knows it, and needs the blobs or may come to need them.</summary>
    public Task<bool> IsThereAsync(BlobTrash ledger, CancellationToken cancellation) =>
        Epoch is { } epoch ? ledger.IsAttemptAliveAsync(Id, epoch, cancellation) : ledger.IsVideoKnownAsync(Id, cancellation);
}
