using Fotograma.Jobs.Catalogue;
using Fotograma.Jobs.Leases;
using Fotograma.Jobs.Ledger;
using Fotograma.Messages;
using Fotograma.Suites.Ledger;
using Fotograma.Suites.Outbox;

namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>
/// One random schedule: owners, workers, rescuers, relays and a consumer of events act at the same time on a shaky store while the clock jumps; then the store is sound, the
/// rest is worked off, and everything is counted.
/// </summary>
internal sealed class Schedule(ScheduleWorld world, int seed)
{
    private const int TurnsMax = 36;
    private const int OwnersAtOnce = 2;
    private const int WorkersAtOnce = 3;
    private const int QuietRoundsMax = 60;
    private static readonly TimeSpan[] Jumps =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(TestLedger.LeaseSeconds / 2), TimeSpan.FromSeconds(TestLedger.LeaseSeconds + 1)];

    private readonly Random chance = new(seed);
    private readonly TestLedger ledger = world.Ledger;
    private readonly Dictionary<Guid, Guid> accepted = [];
    private readonly HashSet<Guid> deletionTried = [];
    private readonly Dictionary<Guid, string> completed = [];
    private readonly Wire wire = new();
    private Turns turns = null!;

    /// <summary>Writes that the fence rejected.</summary>
    public int Rejected { get; private set; }

    public async Task RunAsync()
    {
        world.Clear();
        world.Chance.Seed(seed);
        turns = new Turns(chance);
        world.Shakiness.BeforeAsync = turns.NextAsync;
        world.Shakiness.Refuses = () => chance.Next(20) == 0;
        world.Shakiness.LosesAnswer = () => chance.Next(20) == 0;
        var actors = new List<Task>();
        for (var i = 1; i <= OwnersAtOnce; i++) actors.Add(await turns.StartAsync(Endless(new OwnerActor(this, Some.Owner(i)).ActAsync)));
        for (var i = 1; i <= WorkersAtOnce; i++) actors.Add(await turns.StartAsync(Endless(new WorkerActor(this, $"w{i}").ActAsync)));
        for (var i = 0; i < 2; i++) actors.Add(await turns.StartAsync(Endless(RescueAsync)));
        for (var i = 0; i < 2; i++) actors.Add(await turns.StartAsync(Endless(RelayAsync)));
        for (var turn = 0; turn < TurnsMax; turn++)
        {
            ledger.Clock.Advance(chance.Next(6) == 0 ? Jumps[chance.Next(Jumps.Length)] : TimeSpan.FromMilliseconds(1));
            await turns.GiveAsync();
            foreach (var actor in actors.Where(actor => actor.IsFaulted)) await actor;
        }
        world.Shakiness.BeforeAsync = () => Task.CompletedTask;
        world.Shakiness.Refuses = world.Shakiness.LosesAnswer = () => false;
        await WorkOffAsync();
        await CheckAsync();
    }

    // What an actor sees of a shaky store, it survives; anything else fails the schedule.
    private Func<Task> Endless(Func<Task> act) => async () =>
    {
        while (true)
        {
            await turns.NextAsync();
            try
            {
                await act();
            }
            catch (NoAnswerException)
            {
                // Nobody knows whether it was done.
            }
        }
    };

    private async Task RescueAsync() => await ledger.Rescue.RescueExpiredAsync(CancellationToken.None);

    // A relay may lose the broker before anything arrived, or die when everything had.
    private async Task RelayAsync() => await world.Outbox.MoveAsync(3, (events, _) =>
    {
        if (chance.Next(8) == 0) throw new NoAnswerException();
        wire.Publish(events);
        return chance.Next(8) == 0 ? throw new NoAnswerException() : Task.CompletedTask;
    }, CancellationToken.None);

    private async Task WorkOffAsync()
    {
        for (var round = 0; round < QuietRoundsMax; round++)
        {
            ledger.Clock.Advance(TimeSpan.FromSeconds(TestLedger.LeaseSeconds + 1));
            await ledger.Rescue.RescueExpiredAsync(CancellationToken.None);
            while (await ledger.Leases.ClaimAsync("last", CancellationToken.None) is { } claim)
                (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, CancellationToken.None)).ShouldBeTrue();
            if ((await ledger.JobsAsync()).All(job => JobState.IsFinal(job.State))) break;
        }
        while (await world.Outbox.MoveAsync(100, (events, _) =>
        {
            wire.Publish(events);
            return Task.CompletedTask;
        }, CancellationToken.None) > 0)
        {
        }
        wire.DeliverAll(chance);
    }

    private async Task CheckAsync()
    {
        var jobs = await ledger.JobsAsync();
        var endings = world.FinalTransitions();
        foreach (var job in jobs)
        {
            JobState.IsFinal(job.State).ShouldBeTrue($"the job is {job.State}, attempt {job.Attempt}");
            endings.GetValueOrDefault(job.Id).ShouldBe(1, "one final transition");
            string[] expected = job.State switch { JobState.Completed => [VideoProcessed.Type], JobState.Failed => [VideoFailed.Type], _ => [] };
            wire.FinalEventsOf(job.Id).ShouldBe(expected, "exactly the event that belongs to the state");
            wire.NotificationsOf(job.Id).ShouldBe(expected.Length, "one notification for each final event");
        }
        foreach (var (video, job) in accepted.Where(pair => !deletionTried.Contains(pair.Key))) jobs.ShouldContain(row => row.Id == job && row.VideoId == video, "accepted and never deleted");
        endings.Values.ShouldAllBe(count => count == 1);
        foreach (var (job, prefix) in completed)
        {
            if (jobs.SingleOrDefault(row => row.Id == job) is { } row) (row.State, row.ResultPrefix).ShouldBe((JobState.Completed, prefix), "a yes to a result is kept");
        }
        wire.DoubleNotifications.ShouldBe(0);
    }

    /// <summary>Somebody who uploads, cancels, deletes and runs again.</summary>
    private sealed class OwnerActor(Schedule schedule, Guid owner)
    {
        private readonly List<(Guid Video, Guid Job)> mine = [];

        public async Task ActAsync()
        {
            var (ledger, chance) = (schedule.ledger, schedule.chance);
            var deed = chance.Next(8);
            if (mine.Count == 0 || deed < 3)
            {
                await AcceptAsync(ledger.NewVideo(owner));
                return;
            }
            var (video, job) = mine[chance.Next(mine.Count)];
            if (deed == 3) await ledger.Catalogue.CancelAsync(owner, job, CancellationToken.None);
            else if (deed == 4)
            {
                schedule.deletionTried.Add(video);
                await ledger.Catalogue.DeleteAsync(owner, video, CancellationToken.None);
            }
            else if (deed == 5 && await ledger.Catalogue.RunAgainAsync(owner, video, null, CancellationToken.None) is { Made: true } answer) mine.Add((video, answer.Job.Id));
        }

        // Without an answer the upload is sent again, once; then its owner gives up, and it may be there or not.
        private async Task AcceptAsync(NewVideo video)
        {
            VideoView view;
            try
            {
                view = await schedule.ledger.Catalogue.AcceptAsync(video, CancellationToken.None);
            }
            catch (NoAnswerException)
            {
                view = await schedule.ledger.Catalogue.AcceptAsync(video, CancellationToken.None);
            }
            schedule.accepted[video.Id] = view.Job.Id;
            mine.Add((video.Id, view.Job.Id));
        }
    }

    /// <summary>A worker that may die, freeze beyond its lease, or be told nothing, at any call.</summary>
    private sealed class WorkerActor(Schedule schedule, string name)
    {
        public async Task ActAsync()
        {
            var (leases, chance) = (schedule.ledger.Leases, schedule.chance);
            if (chance.Next(10) == 0) await schedule.ledger.Rescue.RescueOrphansOfAsync(name, CancellationToken.None);
            if (await leases.ClaimAsync(name, CancellationToken.None) is not { } claim) return;
            for (var beats = chance.Next(3); beats > 0; beats--)
            {
                if (chance.Next(6) == 0) schedule.ledger.Clock.Advance(TimeSpan.FromSeconds(TestLedger.LeaseSeconds + 1));
                if (chance.Next(10) == 0) return;
                if (!Accepted(await leases.RenewAsync(claim, Some.Progress, CancellationToken.None))) return;
            }
            switch (chance.Next(8))
            {
                case 0:
                    Accepted(await leases.FailAsync(claim, Some.Permanent, CancellationToken.None));
                    break;
                case 1:
                    Accepted(await leases.FailAsync(claim, Some.Transient, CancellationToken.None));
                    break;
                case 2:
                    Accepted(await leases.ReleaseAsync(claim, CancellationToken.None));
                    break;
                default:
                    await CompleteAsync(claim);
                    break;
            }
        }

        private async Task CompleteAsync(ClaimedJob claim)
        {
            for (var tries = 1; tries <= 3; tries++)
            {
                try
                {
                    if (Accepted(await schedule.ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, CancellationToken.None))) schedule.completed[claim.Id] = claim.ResultPrefix;
                    return;
                }
                catch (NoAnswerException)
                {
                    // The same commit again: the fence tells the truth.
                }
            }
        }

        private bool Accepted(bool answer)
        {
            if (!answer) schedule.Rejected++;
            return answer;
        }
    }
}
