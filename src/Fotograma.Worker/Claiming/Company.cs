using Fotograma.Jobs.Leases;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Claiming;

/// <summary>
/// Claims what may run beside what is in hand. A job that lost several workers runs alone in its process: only the one that ends its workers goes on losing them, and those that were beside
/// it come to their end. A worker with jobs in hand passes such a job over, and one without takes it in its turn. Where no worker is ever without, one makes itself free: once such a job has
/// waited for <see cref="PatienceMin"/> to <see cref="PatienceMax"/>, it claims nothing more until what it has in hand has ended, and then that job before all others. Called by the claim loop alone.
/// </summary>
internal sealed partial class Company(DoubtfulClaims doubts, JobLeases leases, TimeProvider clock, Random chance, ILogger<Company> log)
{
    internal static readonly TimeSpan PatienceMin = TimeSpan.FromMinutes(1);

    // Not all at once: the first that is free takes it, and the others go on.
    internal static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);

    // The ledger reads every waiting job for the answer.
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private long? lookedAt;
    private (long Since, TimeSpan Patience)? waiting;
    private bool makesFree;

    /// <summary>Whether it claims nothing although it has room: for the sake of a job that runs alone, or that waits to.</summary>
    public bool ClaimsNothing { get; private set; }

    /// <summary>Claims at most so many.</summary>
    /// <param name="most">How many.</param>
    /// <param name="inHand">What runs.</param>
    /// <param name="cancellation">Ends the question whether a job waits to run alone; a claim is not cancelled.</param>
    public async Task<IReadOnlyList<ClaimedJob>> ClaimAsync(int most, IReadOnlyCollection<ClaimedJob> inHand, CancellationToken cancellation)
    {
        ClaimsNothing = inHand.Any(job => job.RunsAlone) || (inHand.Count > 0 && await MakesFreeAsync(cancellation));
        if (ClaimsNothing) return [];
        if (inHand.Count > 0) return await doubts.ClaimAsync(most, JobChoice.InCompany);
        var awaited = makesFree;
        (makesFree, waiting) = (false, null);
        return awaited && await doubts.ClaimAsync(1, JobChoice.Alone) is { Count: > 0 } alone ? alone : await doubts.ClaimAsync(most, JobChoice.Any);
    }

    private async Task<bool> MakesFreeAsync(CancellationToken cancellation)
    {
        if (lookedAt is { } looked && clock.GetElapsedTime(looked) < LookEvery) return makesFree;
        lookedAt = clock.GetTimestamp();
        if (!await leases.AnyAloneAsync(cancellation))
        {
            (makesFree, waiting) = (false, null);
            return false;
        }
        waiting ??= (clock.GetTimestamp(), Patience());
        if (!makesFree && clock.GetElapsedTime(waiting.Value.Since) >= waiting.Value.Patience)
        {
            makesFree = true;
            LogMakesFree();
        }
        return makesFree;
    }

    private TimeSpan Patience()
    {
        lock (chance)
        {
            return PatienceMin + ((PatienceMax - PatienceMin) * chance.NextDouble());
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A job that lost several workers has waited long enough to run alone; nothing more is claimed until what runs here has ended.")]
    private partial void LogMakesFree();
}
