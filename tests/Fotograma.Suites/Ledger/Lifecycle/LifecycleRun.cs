using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Messages;

namespace Fotograma.Suites.Ledger.Lifecycle;

internal enum Deed
{
    Accept, Claim, Renew, Complete, FailTransiently, FailForGood, Release, Postpone, Cancel, Delete, RunAgain, PassTime, Rescue, RescueOrphans,
}

/// <summary>Something that happens, and a number that decides to whom.</summary>
internal sealed record Step(Deed Deed, int Pick);

/// <summary>Lets the same things happen to the ledger and to the model and compares them after each.</summary>
internal sealed class LifecycleRun(TestLedger ledger, LedgerTraits traits)
{
    private const int ClaimsRemembered = 6;
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(TestLedger.LeaseSeconds),
        TimeSpan.FromSeconds(TestLedger.LeaseSeconds + 1),
    ];

    private readonly LifecycleInvariants invariants = new();
    private readonly List<ClaimedJob> claims = [];
    private int eventsRead;
    private int eventsCompared;

    public LifecycleModel Model { get; } = new(ledger.Clock, traits);

    public async Task DoAsync(Step step)
    {
        await (step.Deed switch
        {
            Deed.Accept => AcceptAsync(Some.Owner(step.Pick % 3)),
            Deed.Claim => ClaimAsync(Worker(step)),
            Deed.Cancel or Deed.Delete or Deed.RunAgain => OwnerDoesAsync(step),
            Deed.PassTime => PassTimeAsync(Pauses[step.Pick % Pauses.Length]),
            Deed.Rescue => RescueAsync(),
            Deed.RescueOrphans => RescueOrphansAsync(Worker(step)),
            _ => WorkerDoesAsync(step),
        });
        await CompareAsync();
    }

    private static string Worker(Step step) => $"w{1 + (step.Pick % 3)}";

    private async Task AcceptAsync(Guid owner)
    {
        var video = await ledger.Catalogue.AcceptAsync(ledger.NewVideo(owner), Some.Cancellation);
        Model.Add(video.Job.Id, video.Id, owner, "accept");
    }

    private async Task ClaimAsync(string worker)
    {
        var claim = await ledger.Leases.ClaimAsync(worker, Some.Cancellation);
        var expected = Model.Claim(worker, claim?.Id);
        (claim?.Id, claim?.Epoch, claim?.Attempt, claim?.Shortages).ShouldBe((expected?.Id, expected?.Epoch, expected?.Attempt, expected?.Shortages));
        if (claim is null) return;
        claims.Add(claim);
        invariants.Claimed(claim.Id, claim.Epoch);
    }

    private Task PassTimeAsync(TimeSpan pause) => ledger.PassAsync(pause);

    private async Task RescueAsync() => (await ledger.Rescue.RescueExpiredAsync(Some.Cancellation)).ShouldBe(Model.RescueExpired());

    private async Task RescueOrphansAsync(string worker) =>
        (await ledger.Rescue.RescueOrphansOfAsync(worker, Some.Cancellation)).ShouldBe(Model.RescueOrphans(worker));

    // Any of the last claims may still act: most hold their job, some were cancelled, deleted or thought dead.
    private async Task WorkerDoesAsync(Step step)
    {
        if (claims.Count == 0) return;
        var claim = claims[^(1 + (step.Pick % Math.Min(ClaimsRemembered, claims.Count)))];
        var (leases, id, epoch) = (ledger.Leases, claim.Id, claim.Epoch);
        var (answer, expected) = step.Deed switch
        {
            Deed.Renew => (await leases.RenewAsync(claim, Some.Progress, Some.Cancellation), Model.Renew(id, epoch)),
            Deed.Complete => (await leases.CompleteAsync(claim, Some.ResultOf(claim), 0, Some.Cancellation), Model.Complete(id, epoch)),
            Deed.FailTransiently => (await leases.FailAsync(claim, Some.Transient, Some.Cancellation), Model.Fail(id, epoch, transient: true)),
            Deed.FailForGood => (await leases.FailAsync(claim, Some.Permanent, Some.Cancellation), Model.Fail(id, epoch, transient: false)),
            Deed.Release => (await leases.ReleaseAsync(claim, Some.Cancellation), Model.Release(id, epoch)),
            Deed.Postpone => (await leases.PostponeAsync(claim, Pauses[2], Some.Cancellation), Model.Postpone(id, epoch, Pauses[2])),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
        answer.ShouldBe(expected);
    }

    // One time in eight it is a stranger who asks.
    private async Task OwnerDoesAsync(Step step)
    {
        if (Model.Jobs.Count == 0) return;
        var job = Model.Jobs[step.Pick % Model.Jobs.Count];
        var owner = step.Pick % 8 == 0 ? Some.Owner(9) : job.Owner;
        if (step.Deed == Deed.Cancel) (await ledger.Catalogue.CancelAsync(owner, job.Id, Some.Cancellation)).ShouldBe(Model.Cancel(owner, job.Id));
        else if (step.Deed == Deed.Delete) (await ledger.Catalogue.DeleteAsync(owner, job.Video, Some.Cancellation)).ShouldBe(Model.Delete(owner, job.Video));
        else await RunAgainAsync(owner, Model.Newest[job.Video]);
    }

    private async Task RunAgainAsync(Guid owner, ModelJob newest)
    {
        var answer = await ledger.Catalogue.RunAgainAsync(owner, newest.Video, null, Some.Cancellation);
        if (owner != newest.Owner)
        {
            answer.ShouldBeNull();
            return;
        }
        answer.ShouldNotBeNull();
        answer.Made.ShouldBe(JobState.IsFinal(newest.State));
        (answer.Job.Id != newest.Id).ShouldBe(answer.Made);
        if (answer.Made) Model.Add(answer.Job.Id, newest.Video, owner, "run again");
    }

    private async Task CompareAsync()
    {
        var rows = await ledger.JobsAsync();
        var written = await ledger.AllEventsAsync(eventsRead);
        var news = written.Where(happened => happened.Type != VideoCreated.Type).ToList();
        var states = rows.Select(row =>
            (row.Id, row.State, row.Attempt, row.Epoch, row.LeaseOwner, row.NextRunAt, row.State == JobState.Processing ? row.LeaseUntil : null)).ToList();
        var expected = Model.Jobs.OrderBy(job => job.Id).Select(job =>
            (job.Id, job.State, job.Attempt, job.Epoch, job.Holder, job.NextRunAt, job.State == JobState.Processing ? job.LeaseUntil : (DateTimeOffset?)null)).ToList();
        if (!states.SequenceEqual(expected)) states.ShouldBe(expected);
        // What one rescue says of several jobs comes in any order; what is said of one job does not.
        InOrderOfJobs(news.Select(happened => (Guid.Parse(happened.Subject), happened.Type))).ShouldBe(InOrderOfJobs(Model.Events.Skip(eventsCompared)));
        invariants.Look(rows, news);
        eventsRead += written.Count;
        eventsCompared += news.Count;
    }

    private static IEnumerable<(Guid Job, string Type)> InOrderOfJobs(IEnumerable<(Guid Job, string Type)> events) => events.OrderBy(one => one.Job);
}
