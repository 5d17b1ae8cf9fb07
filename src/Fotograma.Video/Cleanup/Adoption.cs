using System.Globalization;
using System.Text.Json;
using Fotograma.Blobs;
using Fotograma.Jobs.Trash;

namespace Fotograma.Video.Cleanup;

/// <summary>
/// Makes the blobs of a bucket those of the ledger in use, because an operator who restored the one or the other says so. Deletes nothing: the sweeps do, and they allow for as many
/// unknown videos as there are now, once.
/// </summary>
internal sealed class Adoption(Bucket bucket, BlobTrash trash, BucketMarker marker, CleanupOptions options, TimeProvider clock)
{
    /// <summary>Says what is there, and with <paramref name="confirmed"/> does it.</summary>
    public async Task<string> RunAsync(bool confirmed, CancellationToken cancellation)
    {
        var ledger = await trash.LedgerAsync(cancellation);
        var census = await Census.TakeAsync(bucket, trash, TimeSpan.Zero, clock, cancellation);
        if (confirmed) await marker.ReplaceAsync(new BucketMark(ledger.Id, ledger.Sweeps, census.VideosUnknown), cancellation);
        string[] lines =
        [
            $"The ledger in use is {ledger.Id}. {await WhoseAsync(ledger, confirmed, cancellation)}",
            string.Create(CultureInfo.InvariantCulture, $"Of the {census.Videos} videos whose uploads are stored, the ledger knows {census.Videos - census.VideosUnknown}."),
            string.Create(
                CultureInfo.InvariantCulture,
                $"The {census.VideosUnknown} others, and results that no job refers to, {(confirmed ? "will be" : "would be")} deleted when they have had no owner for {options.OrphanSeconds} seconds."),
            .. confirmed ? (string[])[] : ["Nothing was changed. Run it again with --yes to make it so."],
        ];
        return string.Join(Environment.NewLine, lines);
    }

    private async Task<string> WhoseAsync(LedgerIdentity ledger, bool confirmed, CancellationToken cancellation)
    {
        if (confirmed) return "The stored uploads and results are its own from now on.";
        try
        {
            return await marker.ReadAsync(cancellation) switch
            {
                null => "Nothing says whose the stored uploads and results are.",
                { } mark when mark.Ledger == ledger.Id && mark.Sweeps > ledger.Sweeps => "The stored uploads and results belong to a later state of it.",
                { } mark when mark.Ledger == ledger.Id => "The stored uploads and results are its own.",
                var mark => $"The stored uploads and results belong to the ledger {mark.Ledger}.",
            };
        }
        catch (JsonException)
        {
            return "What the bucket says about its ledger cannot be read.";
        }
    }
}
