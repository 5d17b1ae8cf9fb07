using Fotograma.Jobs.Ledger;

namespace Fotograma.Suites.Ledger.Lifecycle;

/// <summary>A job as the model sees it.</summary>
internal sealed record ModelJob(Guid Id, Guid Video, Guid Owner)
{
    public string State { get; set; } = Arrow.Nothing;

    public int Attempt { get; set; }

    public int Losses { get; set; }

    public int Shortages { get; set; }

    public long Epoch { get; set; }

    public string? Holder { get; set; }

    public DateTimeOffset LeaseUntil { get; set; }

    /// <summary>Renewals of the present claim.</summary>
    public int Renewals { get; set; }

    public DateTimeOffset NextRunAt { get; set; }
}

/// <summary>
/// The life cycle without a database: what every operation must answer and leave behind. Written from the promises, not from the
/// code; it takes ids from outside and its jitter is always the middle.
/// </summary>
internal sealed class LifecycleModel(TimeProvider clock, LedgerTraits traits)
{
    private const double MiddleOfJitter = 0.75;
    private readonly Dictionary<Guid, DateTimeOffset> turns = [];
    private readonly Dictionary<Guid, (long Epoch, int Renewals, DateTimeOffset Since)> watched = [];

    /// <summary>The jobs that exist, oldest first.</summary>
    public List<ModelJob> Jobs { get; } = [];

    /// <summary>The videos that exist: owner and newest job.</summary>
    public Dictionary<Guid, ModelJob> Newest { get; } = [];

    /// <summary>Every way a job went.</summary>
    public HashSet<Arrow> Seen { get; } = [];

    /// <summary>The events written so far, as (job, type).</summary>
    public List<(Guid Job, string Type)> Events { get; } = [];

    private DateTimeOffset Now => clock.GetUtcNow();

    public void Add(Guid id, Guid video, Guid owner, string arrow)
    {
        var job = new ModelJob(id, video, owner) { NextRunAt = Now };
        Jobs.Add(job);
        Newest[video] = job;
        Go(job, JobState.Pending, arrow);
    }

    /// <summary>The job that is next, or, where turns are approximate, whether the one that was claimed could be.</summary>
    public ModelJob? Claim(string worker, Guid? claimed)
    {
        var due = Jobs.Where(job => job.State == JobState.Pending && job.NextRunAt <= Now).ToList();
        var next = traits.CountsRunning
            ? due.OrderBy(job => Jobs.Count(other => other.Owner == job.Owner && other.State == JobState.Processing))
                .ThenBy(job => turns.GetValueOrDefault(job.Owner)).ThenBy(job => job.Owner).ThenBy(job => job.Id).FirstOrDefault()
            : due.Find(job => job.Id == claimed) ?? due.FirstOrDefault();
        if (next is null) return null;
        turns[next.Owner] = Now;
        next.Attempt++;
        next.Epoch++;
        next.Holder = worker;
        next.Renewals = 0;
        next.LeaseUntil = Now.AddSeconds(TestLedger.LeaseSeconds);
        Go(next, JobState.Processing, "claim");
        return next;
    }

    public bool Renew(Guid id, long epoch)
    {
        if (Held(id, epoch) is not { } job) return false;
        job.LeaseUntil = Now.AddSeconds(TestLedger.LeaseSeconds);
        job.Renewals++;
        Go(job, JobState.Processing, "renew");
        return true;
    }

    /// <summary>True also when this very claim completed the job before.</summary>
    public bool Complete(Guid id, long epoch)
    {
        if (Held(id, epoch) is not { } job) return Jobs.Exists(known => known.Id == id && known.Epoch == epoch && known.State == JobState.Completed);
        Go(job, JobState.Completed, "complete");
        return true;
    }

    public bool Fail(Guid id, long epoch, bool transient)
    {
        if (Held(id, epoch) is not { } job) return false;
        if (transient && job.Attempt < TestLedger.AttemptsMax) Wait(job, Delay(job.Attempt), "retry");
        else Go(job, JobState.Failed, "fail");
        return true;
    }

    public bool Release(Guid id, long epoch)
    {
        if (Held(id, epoch) is not { } job) return false;
        job.Attempt--;
        Wait(job, TimeSpan.Zero, "release");
        return true;
    }

    public bool Postpone(Guid id, long epoch, TimeSpan delay)
    {
        if (Held(id, epoch) is not { } job) return false;
        job.Attempt--;
        job.Shortages++;
        Wait(job, delay, "postpone");
        return true;
    }

    public bool Cancel(Guid owner, Guid id)
    {
        var job = Jobs.Find(known => known.Id == id && known.Owner == owner);
        if (job is null || JobState.IsFinal(job.State)) return false;
        Go(job, JobState.Cancelled, "cancel");
        return true;
    }

    public bool Delete(Guid owner, Guid video)
    {
        if (!Newest.TryGetValue(video, out var newest) || newest.Owner != owner) return false;
        foreach (var job in Jobs.Where(job => job.Video == video)) Go(job, Arrow.Nothing, "delete");
        Jobs.RemoveAll(job => job.Video == video);
        return Newest.Remove(video);
    }

    public int RescueExpired() => Rescue(traits.WatchesLeases ? WasWatchedLongEnough : job => job.LeaseUntil < Now, "rescue", 
        job => job.Losses > 1 ? Delay(job.Losses) : TimeSpan.Zero);

    public int RescueOrphans(string worker) => Rescue(job => job.Holder == worker, "rescue orphans", _ => TimeSpan.Zero);

    private static TimeSpan Delay(int attempt) => TimeSpan.FromSeconds(MiddleOfJitter * TestLedger.RetryDelaySeconds * (1 << (attempt - 1)));

    private int Rescue(Func<ModelJob, bool> isLost, string arrow, Func<ModelJob, TimeSpan> delay)
    {
        var lost = Jobs.Where(job => job.State == JobState.Processing).Where(isLost).OrderBy(job => job.Id).ToList();
        foreach (var job in lost)
        {
            if (job.Losses + 1 >= TestLedger.LossesMax)
            {
                Go(job, JobState.Failed, arrow);
                continue;
            }
            job.Losses++;
            job.Attempt--;
            Wait(job, delay(job), arrow);
        }
        return lost.Count;
    }

    private bool WasWatchedLongEnough(ModelJob job)
    {
        if (watched.TryGetValue(job.Id, out var seen) && (seen.Epoch, seen.Renewals) == (job.Epoch, job.Renewals))
            return Now - seen.Since >= TimeSpan.FromSeconds(TestLedger.LeaseSeconds);
        watched[job.Id] = (job.Epoch, job.Renewals, Now);
        return false;
    }

    private ModelJob? Held(Guid id, long epoch) => Jobs.Find(job => job.Id == id && job.Epoch == epoch && job.State == JobState.Processing);

    private void Wait(ModelJob job, TimeSpan delay, string arrow)
    {
        job.NextRunAt = Now + delay;
        Go(job, JobState.Pending, arrow);
    }

    private void Go(ModelJob job, string to, string name)
    {
        var arrow = Arrow.Allowed.Single(allowed => (allowed.From, allowed.To, allowed.Name) == (job.State, to, name));
        Seen.Add(arrow);
        if (arrow.Event != Arrow.NoEvent) Events.Add((job.Id, arrow.Event));
        job.State = to;
        if (to is not (JobState.Processing or JobState.Cancelled)) job.Holder = null;
    }
}
