using Fotograma.Jobs.Leases;
using Microsoft.Extensions.Logging;

namespace Fotograma.Worker.Claiming;

/// <summary>
/// Claims what may run beside what is in hand. A job that lost several workers runs alone in its process: only the one that ends its workers goes on losing them, and those that were beside
/// it come to their end. A worker with jobs in hand passes such a job over, and one without takes it in its turn. Where no worker is ever without, one makes itself free: once such a job has
/// waited for <see cref="Patience"/>, the ledger keeps it for one worker, which claims nothing more until what it has in hand has ended, and then that job before all others. If that takes too
/// long, it goes on with others, and another worker tries. Called by the claim loop alone.
/// </summary>
internal sealed partial class Company(DoubtfulClaims doubts, JobLeases leases, WorkerIdentity identity, TimeProvider clock, ILogger<Company> log)
{
    /// <summary>For how long such a job waits for a worker that is free by itself.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>For how long slots stand empty for its sake, the first time; twice as long each further time, so that it does not wait for ever where all jobs are long: in the end for longer than a job takes (<c>Decoder:Limits:WallClockSecondsMax</c>, six hours unless set).</summary>
    internal static readonly TimeSpan DrainMin = TimeSpan.FromMinutes(5);

    internal static readonly TimeSpan DrainMax = TimeSpan.FromHours(8);

    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private long? lookedAt;
    private long? freeingSince;
    private long? gaveUpAt;
    private TimeSpan drain = DrainMin;

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
        var awaited = freeingSince is not null;
        (freeingSince, gaveUpAt, drain) = (null, null, DrainMin);
        return awaited && await doubts.ClaimAsync(1, JobChoice.Alone) is { Count: > 0 } alone ? alone : await doubts.ClaimAsync(most, JobChoice.Any);
    }

    private async Task<bool> MakesFreeAsync(CancellationToken cancellation)
    {
        if (lookedAt is { } looked && clock.GetElapsedTime(looked) < LookEvery) return freeingSince is not null;
        lookedAt = clock.GetTimestamp();
        if (freeingSince is { } since && clock.GetElapsedTime(since) >= drain) GiveUp();
        if (gaveUpAt is { } gaveUp && clock.GetElapsedTime(gaveUp) < drain) return false;
        // Kept a little longer than this worker tries, so that no other begins before it has given up.
        if (!await leases.KeepAloneAsync(identity.Name, Patience, drain + (2 * LookEvery), cancellation)) freeingSince = null;
        else if (freeingSince is null)
        {
            freeingSince = clock.GetTimestamp();
            LogMakesFree();
        }
        return freeingSince is not null;
    }

    // Others come first from now on, for as long as it will try next time.
    private void GiveUp()
    {
        LogGivesUp();
        (freeingSince, gaveUpAt) = (null, clock.GetTimestamp());
        drain = drain * 2 < DrainMax ? drain * 2 : DrainMax;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A job that lost several workers has waited long enough to run alone; nothing more is claimed until what runs here has ended.")]
    private partial void LogMakesFree();

    [LoggerMessage(Level = LogLevel.Information, Message = "What runs here takes too long for a job that waits to run alone; others are claimed again.")]
    private partial void LogGivesUp();
}
