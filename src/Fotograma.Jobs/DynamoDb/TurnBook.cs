using Fotograma.Data.DynamoDb;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>
/// Whose turn it is, in numbers that are given once (start-time fair queueing): a job's turn is the one after its owner's last, but none that has passed. An owner's
/// thousand jobs get a thousand turns, and the first job of another gets the present one, right behind what is being claimed. A turn that is lost (an upload that
/// failed, a note that was not written) costs its owner one place, nothing more.
/// </summary>
internal sealed class TurnBook(DynamoStore store)
{
    private const int TriesMax = 10;
    private long present;

    /// <summary>A turn for the owner's next job.</summary>
    public async Task<long> NextAsync(Guid owner, CancellationToken cancellation)
    {
        var key = new Item().With("user_id", owner);
        for (var tries = 1; tries <= TriesMax; tries++)
        {
            var now = await PresentAsync(cancellation);
            var next = await store.WriteAsync(ItemWrite.Update(LedgerTables.Turns, key).Add("turn", 1).If("turn", ">=", now), cancellation);
            if (next.Done) return next.Item!.Number("turn");
            var first = await store.WriteAsync(ItemWrite.Update(LedgerTables.Turns, key).Set("turn", now).IfMissingOrLess("turn", now), cancellation);
            if (first.Done) return now;
        }
        throw new IOException("The owner's next turn could not be written down.");
    }

    /// <summary>Notes that a turn has come. Never fails: what is not noted costs fairness alone, and the job is claimed already.</summary>
    public async Task PassAsync(long turn, CancellationToken cancellation)
    {
        if (turn <= Interlocked.Read(ref present)) return;
        try
        {
            await store.WriteAsync(ItemWrite.Update(LedgerTables.Turns, PresentKey()).Set("turn", turn).IfMissingOrLess("turn", turn), cancellation);
            Remember(turn);
        }
        catch (DynamoUnavailableException)
        {
            // The next claim notes its own.
        }
    }

    private async Task<long> PresentAsync(CancellationToken cancellation)
    {
        var found = await store.FindAsync(LedgerTables.Turns, PresentKey(), cancellation);
        var turn = found?.NumberOrNull("turn") ?? 0;
        Remember(turn);
        return turn;
    }

    private void Remember(long turn)
    {
        var known = Interlocked.Read(ref present);
        while (turn > known)
        {
            var before = Interlocked.CompareExchange(ref present, turn, known);
            if (before == known) return;
            known = before;
        }
    }

    private static Item PresentKey() => new Item().With("user_id", LedgerTables.PresentTurn);
}
