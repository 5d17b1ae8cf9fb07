using Fotograma.Jobs.Trash;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Video.Cleanup;

/// <summary>
/// Sweeps when no other process of the installation does, and none has lately. To compare all blobs with the ledger costs as much as there are blobs, and is no better for being done
/// by everybody. Two that sweep all the same, because one fell silent for a while, do no harm.
/// </summary>
internal sealed class SoleSweep(BlobTrash trash, OrphanSweep orphans, CleanupOptions options, Ids ids, TimeProvider clock)
{
    private static readonly TimeSpan LeaseMax = TimeSpan.FromSeconds(60);
    private readonly SweepTurn turn = new(ids.New(), options.Interval, options.Interval < LeaseMax ? options.Interval : LeaseMax);

    /// <summary>Sweeps, if it is this process's turn.</summary>
    /// <returns>Whether it was.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        if (!await trash.TryBeginSweepAsync(turn, cancellation)) return false;
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var over = new CancellationTokenSource();
        var keeping = KeepAsync(mine, over.Token);
        // One that fails is not repeated at once: it may be a long one.
        var swept = true;
        try
        {
            swept = await orphans.RunAsync(mine.Token);
        }
        catch (OperationCanceledException) when (mine.IsCancellationRequested)
        {
            swept = false;
            cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            await over.CancelAsync();
            await keeping;
            using var late = new CancellationTokenSource(turn.Lease, clock);
            await trash.EndSweepAsync(turn, swept, late.Token);
        }
        return true;
    }

    // A ledger that does not answer is asked again; what the sweep itself needs of it, it finds out by itself.
    private async Task KeepAsync(CancellationTokenSource mine, CancellationToken over)
    {
        while (true)
        {
            await Task.Delay(turn.Lease / 3, clock, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested) return;
            try
            {
                if (await trash.RenewSweepAsync(turn, over)) continue;
                await mine.CancelAsync();
                return;
            }
            catch (Exception)
            {
                // Until then the lease may run out, and another begins.
            }
        }
    }
}
