using System.Text.Json;
using Fotograma.Blobs;
using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Video.Cleanup;

/// <summary>
/// Deletes blobs of crashed uploads and lost attempts: those that two sweeps, long enough apart by the clock of this process, both found without an owner. What a store says about
/// the time of a blob decides nothing: for a large one that may be when its upload began. Before anything is deleted, ledger and bucket must agree that they belong together, and
/// what is unknown to the ledger must be little; otherwise the mistake is more likely in the ledger than in the blobs.
/// </summary>
internal sealed partial class OrphanSweep(Bucket bucket, BlobTrash trash, BucketMarker marker, CleanupWatch watch, CleanupOptions options, TimeProvider clock, ILogger<OrphanSweep> log)
{
    private readonly TimeSpan orphanAge = TimeSpan.FromSeconds(options.OrphanSeconds);
    private Dictionary<BlobOwner, long> suspects = [];

    /// <summary>Sweeps, or says why not.</summary>
    /// <returns>False when it is to be tried again soon: it could not be told yet whose the blobs are, or they are another's, which costs little to find out.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        BucketMark? mark;
        try
        {
            mark = await marker.ReadAsync(cancellation);
        }
        catch (JsonException fault)
        {
            return !Refuse(Refusal.OfUnreadable(fault));
        }
        // After the mark: the ledger is never behind what it wrote there, whatever other processes do meanwhile.
        var ledger = await trash.LedgerAsync(cancellation);
        if (mark is not null && mark.Ledger != ledger.Id) return !Refuse(Refusal.OfAnother(ledger, mark));
        if (mark is not null && mark.Sweeps > ledger.Sweeps) return !Refuse(Refusal.OfCopy(ledger, mark));
        var census = await Census.TakeAsync(bucket, trash, orphanAge, clock, cancellation);
        if (mark is null)
        {
            if (census is { IsEmpty: false, Owned: 0 }) return census.HasOldUnowned && Refuse(Refusal.OfNobody(ledger, census));
            mark = new BucketMark(ledger.Id, ledger.Sweeps);
            if (!await marker.TryWriteFirstAsync(mark, cancellation)) return false;
        }
        var usual = options.OrphansMax(census.Videos);
        if (census.VideosUnknown > Math.Max(usual, mark.OrphansAllowed)) return Refuse(Refusal.TooMany(ledger, census));
        watch.Agree();
        if (!await CountAsync(mark, clean: census.VideosUnknown <= usual, cancellation)) return false;
        await DeleteAsync(census, cancellation);
        return true;
    }

    /// <summary>First the ledger grows older, then the bucket learns it: a copy of the ledger from before this moment is known by that.</summary>
    /// <returns>False when an operator gave the bucket to another ledger meanwhile.</returns>
    private async Task<bool> CountAsync(BucketMark seen, bool clean, CancellationToken cancellation)
    {
        var sweeps = await trash.CountSweepAsync(cancellation);
        Steps.Reached(Steps.SweepCounted);
        // The look at all blobs took its time.
        if (await marker.ReadAsync(cancellation) is not { } mark || mark.Ledger != seen.Ledger) return false;
        var used = clean && mark.OrphansAllowed == seen.OrphansAllowed;
        try
        {
            await marker.ReplaceAsync(new BucketMark(mark.Ledger, sweeps, used ? 0 : mark.OrphansAllowed), cancellation);
        }
        catch (BlobNoSpaceException)
        {
            // What is deleted now makes room.
        }
        return true;
    }

    private bool Refuse(Refusal refusal)
    {
        // What was found before was found by a ledger that is in doubt now.
        suspects = [];
        watch.Refuse(refusal);
        return true;
    }

    private async Task DeleteAsync(Census census, CancellationToken cancellation)
    {
        var before = suspects;
        // What had an owner in between begins anew.
        suspects = census.Unowned.ToDictionary(found => found.Key, found => before.TryGetValue(found.Key, out var since) ? since : found.Value);
        var removed = 0;
        foreach (var (owner, lookedAt) in census.Unowned)
        {
            if (clock.GetElapsedTime(suspects[owner], lookedAt) < orphanAge) continue;
            // The look at all blobs takes its time.
            if (await owner.IsThereAsync(trash, cancellation)) continue;
            removed += await bucket.DeletePrefixAsync(owner.Prefix, cancellation);
            suspects.Remove(owner);
        }
        if (removed > 0) LogRemoved(removed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} blobs that belonged to nothing were removed.")]
    private partial void LogRemoved(int count);
}
