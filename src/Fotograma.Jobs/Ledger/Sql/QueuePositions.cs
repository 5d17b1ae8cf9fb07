using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Ledger.Sql;

/// <summary>
/// Foretells in which order waiting jobs will be claimed. Owners take turns, so the owner's n-th job has before it, from every other owner, as many jobs
/// as that owner can bring forward in n turns (n - 1 where this owner's turn comes first). Exact while no owner has more jobs running than another;
/// otherwise an estimate, since nobody knows which running job ends first. Jobs that wait for a later attempt come after those that are due.
/// </summary>
internal static class QueuePositions
{
    public static async Task<IReadOnlyDictionary<Guid, int>> OfAsync(LedgerDb db, Guid owner, DateTimeOffset now, CancellationToken cancellation)
    {
        var mine = await db.Jobs.AsNoTracking().Where(job => job.OwnerId == owner && job.State == JobState.Pending)
            .OrderBy(job => job.NextRunAt <= now ? DateTimeOffset.UnixEpoch : job.NextRunAt).ThenBy(job => job.Id).Select(job => job.Id).ToListAsync(cancellation);
        if (mine.Count == 0) return new Dictionary<Guid, int>();
        var waiting = await db.Jobs.AsNoTracking().Where(job => job.State == JobState.Pending && job.NextRunAt <= now)
            .GroupBy(job => job.OwnerId).Select(group => new { Owner = group.Key, Count = group.Count() }).ToListAsync(cancellation);
        var owners = waiting.Select(other => other.Owner).Append(owner).ToList();
        var turns = await db.Turns.AsNoTracking().Where(turn => owners.Contains(turn.OwnerId))
            .ToDictionaryAsync(turn => turn.OwnerId, turn => turn.LastClaimAt, cancellation);
        var myTurn = Turn(owner);
        var others = waiting.Where(other => other.Owner != owner)
            .Select(other => (other.Count, IsBefore: Turn(other.Owner).CompareTo(myTurn) < 0)).ToList();
        return mine.Select((job, index) => (job, Place: PlaceAt(index + 1, others))).ToDictionary(found => found.job, found => found.Place);

        // Who was never served comes before everybody else, and ties go by id: the order of the claim.
        (DateTimeOffset, Guid) Turn(Guid of) => (turns.GetValueOrDefault(of, DateTimeOffset.UnixEpoch), of);
    }

    private static int PlaceAt(int turn, List<(int Count, bool IsBefore)> others) =>
        turn + others.Sum(other => Math.Min(other.Count, other.IsBefore ? turn : turn - 1));
}
