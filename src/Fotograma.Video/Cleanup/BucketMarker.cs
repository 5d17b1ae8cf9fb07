using System.Text.Json;
using Fotograma.Blobs;
using Fotograma.Jobs;

namespace Fotograma.Video.Cleanup;

/// <summary>Whose the blobs of a bucket are.</summary>
/// <param name="Ledger">The ledger that they belong to.</param>
/// <param name="Sweeps">How often the ledger had looked at them when this was written. One that counts less is a copy from before.</param>
/// <param name="OrphansAllowed">So many videos that the ledger does not know may be deleted once, because an operator said so.</param>
internal sealed record BucketMark(Guid Ledger, long Sweeps, int OrphansAllowed = 0);

/// <summary>The blob that says whose the others are. It is written by whoever comes first, and goes to another ledger only where an operator asks for it.</summary>
internal sealed class BucketMarker(Bucket bucket)
{
    private const int BytesMax = 4096;

    /// <summary>What the bucket says; null where it says nothing yet.</summary>
    /// <exception cref="JsonException">It says something that is not understood.</exception>
    public async Task<BucketMark?> ReadAsync(CancellationToken cancellation)
    {
        await using var said = await bucket.OpenRangeAsync(BlobKeys.Ledger, 0, BytesMax, cancellation);
        if (said is null) return null;
        return await JsonSerializer.DeserializeAsync<BucketMark>(said, JsonSerializerOptions.Web, cancellation) is { } mark && mark.Ledger != Guid.Empty
            ? mark
            : throw new JsonException($"The blob {BlobKeys.Ledger} names no ledger.");
    }

    /// <summary>Writes the mark where there is none.</summary>
    /// <returns>False when another was faster.</returns>
    public async Task<bool> TryWriteFirstAsync(BucketMark mark, CancellationToken cancellation)
    {
        try
        {
            await WriteAsync(mark, overwrite: false, cancellation);
            return true;
        }
        catch (BlobExistsException)
        {
            return false;
        }
    }

    /// <summary>Writes the mark in place of whatever is there.</summary>
    public Task ReplaceAsync(BucketMark mark, CancellationToken cancellation) => WriteAsync(mark, overwrite: true, cancellation);

    private async Task WriteAsync(BucketMark mark, bool overwrite, CancellationToken cancellation)
    {
        await using var writer = await bucket.CreateAsync(BlobKeys.Ledger, overwrite, cancellation);
        await writer.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(mark, JsonSerializerOptions.Web), cancellation);
        await writer.CommitAsync(cancellation);
    }
}
