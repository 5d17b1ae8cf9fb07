using Fotograma.Jobs.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Fotograma.Jobs.Catalogue;

/// <summary>
/// Foretells in which order waiting jobs will be claimed. Owners take turns, so the owner's n-th job has before it, from every other owner, as many jobs
/// as that owner can bring forward in n turns (n - 1 where this owner's turn comes first). Exact while no owner has more jobs running than another;
/// otherwise an estimate, since nobody knows which running job ends first. Jobs that wait for a later attempt come after those that are due.
/// </summary>
internal static class QueuePositions
{
    public static async Task<OwnerPlaces> OfAsync(LedgerDb db, Guid owner, DateTimeOffset now, CancellationToken cancellation)
    {
        var mine = await db.Jobs.AsNoTracking().Where(job => job.OwnerId == owner && job.State == JobState.Pending)
            .OrderBy(job => job.NextRunAt <= now ? DateTimeOffset.UnixEpoch : job.NextRunAt).ThenBy(job => job.Id).Select(job => job.Id).ToListAsync(cancellation);
        if (mine.Count == 0) return new OwnerPlaces([], []);
        var waiting = await db.Jobs.AsNoTracking().Where(job => job.State == JobState.Pending && job.NextRunAt <= now)
            .GroupBy(job => job.OwnerId).Select(group => new { Owner = group.Key, Count = group.Count() }).ToListAsync(cancellation);
        var turns = await db.Turns.AsNoTracking().ToDictionaryAsync(turn => turn.OwnerId, turn => turn.LastClaimAt, cancellation);
        var myTurn = Turn(owner);
        var others = waiting.Where(other => other.Owner != owner)
            .Select(other => (other.Count, IsBefore: Turn(other.Owner).CompareTo(myTurn) < 0)).ToList();
        return new OwnerPlaces(mine, others);

        // Who was never served comes before everybody else, and ties go by id: the order of JobLeases.
        (DateTimeOffset, Guid) Turn(Guid of) => (turns.GetValueOrDefault(of, DateTimeOffset.UnixEpoch), of);
    }
}

/// <summary>The waiting jobs of one owner and how many of each other owner's could come between.</summary>
internal sealed record OwnerPlaces(List<Guid> Mine, IReadOnlyList<(int Count, bool IsBefore)> Others)
{
    public int? Of(Guid jobId)
    {
        var index = Mine.IndexOf(jobId);
        if (index < 0) return null;
        var turn = index + 1;
        return turn + Others.Sum(other => Math.Min(other.Count, other.IsBefore ? turn : turn - 1));
    }
}
