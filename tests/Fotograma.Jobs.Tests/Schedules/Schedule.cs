using Fotograma.Jobs.Ledger;
using Fotograma.Messages;
using Fotograma.Suites.Ledger;
using Fotograma.Suites.Outbox;

namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>
/// One random schedule: owners, workers, rescuers, relays, consumers of events and a janitor act at the same time on a shaky store while the clock jumps; then the store is
/// sound, the rest is worked off, and everything is counted.
/// </summary>
/// <param name="world">Where it takes place.</param>
/// <param name="seed">What everything is drawn from.</param>
/// <param name="hasty">Whether the workers do what they must not (see <see cref="WorkerActor"/>), on a store that often does late what it was asked.</param>
internal sealed class Schedule(ScheduleWorld world, int seed, bool hasty = false)
{
    private const int TurnsMax = 160;
    private const int OwnersAtOnce = 2;
    private const int WorkersAtOnce = 3;
    private const int OfEachOther = 2;
    private const int EventsPerMove = 3;
    private const int QuietRoundsMax = 60;
    private static readonly TimeSpan[] Jumps =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(TestLedger.LeaseSeconds / 2), TimeSpan.FromSeconds(TestLedger.LeaseSeconds + 1)];

    private readonly Random chance = new(seed);
    private readonly TestLedger ledger = world.Ledger;
    private Scene scene = null!;
    private Wire wire = null!;
    private Turns turns = null!;

    /// <summary>Writes that the fence rejected.</summary>
    public int Rejected => scene.Rejected;

    /// <summary>Events that were delivered again.</summary>
    public int Repeated => wire.Repeated;

    /// <summary>Calls that were executed after their caller had given them up.</summary>
    public int Delayed { get; private set; }

    public async Task RunAsync()
    {
        world.Clear();
        world.Chance.Seed(seed);
        turns = new Turns(chance);
        scene = new Scene(ledger, chance);
        wire = new Wire(chance, IsTrueAsync);
        Shake();
        var actors = await StartAsync();
        for (var turn = 0; turn < TurnsMax; turn++)
        {
            ledger.Clock.Advance(chance.Next(12) == 0 ? Jumps[chance.Next(Jumps.Length)] : TimeSpan.FromMilliseconds(1));
            await turns.GiveAsync();
            foreach (var actor in actors.Where(actor => actor.IsFaulted)) await actor;
        }
        world.Shakiness.Calm();
        await WorkOffAsync();
        await CheckAsync();
    }

    private void Shake()
    {
        world.Shakiness.BeforeAsync = turns.NextAsync;
        world.Shakiness.Refuses = () => chance.Next(20) == 0;
        world.Shakiness.LosesAnswer = () => chance.Next(20) == 0;
        world.Shakiness.Delays = () => chance.Next(hasty ? 4 : 20) == 0;
        world.Shakiness.Later = deed =>
        {
            Delayed++;
            turns.Later(deed);
        };
    }

    private async Task<List<Task>> StartAsync()
    {
        var deeds = new List<Func<Task>>();
        for (var i = 1; i <= OwnersAtOnce; i++) deeds.Add(new OwnerActor(scene, Some.Owner(i)).ActAsync);
        for (var i = 1; i <= WorkersAtOnce; i++) deeds.Add(new WorkerActor(scene, $"w{i}", hasty).ActAsync);
        for (var i = 1; i <= OfEachOther; i++) deeds.AddRange([RescueAsync, RelayAsync, () => wire.DeliverAsync(turns.NextAsync)]);
        deeds.Add(new JanitorActor(scene).ActAsync);
        var actors = new List<Task>();
        foreach (var deed in deeds) actors.Add(await turns.StartAsync(Endless(deed)));
        return actors;
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
    private async Task RelayAsync() => await world.Outbox.MoveAsync(EventsPerMove, (events, _) =>
    {
        if (chance.Next(8) == 0) throw new NoAnswerException();
        wire.Publish(events);
        return chance.Next(8) == 0 ? throw new NoAnswerException() : Task.CompletedTask;
    }, CancellationToken.None);

    // Nobody is to be told of what is not so: not of an end that was undone, and not before it is committed.
    private async Task<bool> IsTrueAsync(CloudEvent happened)
    {
        var state = happened.Type == VideoProcessed.Type ? JobState.Completed : JobState.Failed;
        return (await ledger.JobsAsync()).SingleOrDefault(job => job.Id.ToString() == happened.Subject) is not { } job || job.State == state;
    }

    // What was left for later still happens, some of it when the rest is long worked off.
    private async Task WorkOffAsync()
    {
        while (chance.Next(3) > 0 && await turns.GiveToLateAsync())
        {
        }
        for (var round = 0; round < QuietRoundsMax; round++)
        {
            ledger.Clock.Advance(TimeSpan.FromSeconds(TestLedger.LeaseSeconds + 1));
            await ledger.Rescue.RescueExpiredAsync(CancellationToken.None);
            while (await ledger.Leases.ClaimAsync("last", CancellationToken.None) is { } claim)
            {
                scene.Blobs.Write(claim.ResultPrefix);
                (await ledger.Leases.CompleteAsync(claim, Some.ResultOf(claim), 0, CancellationToken.None)).ShouldBeTrue();
            }
            if (!await turns.GiveToLateAsync() && (await ledger.JobsAsync()).All(job => JobState.IsFinal(job.State))) break;
        }
        while (await world.Outbox.MoveAsync(100, (events, _) =>
        {
            wire.Publish(events);
            return Task.CompletedTask;
        }, CancellationToken.None) > 0)
        {
        }
        await wire.DeliverAllAsync();
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
            wire.NotificationsOf(job.Id).ShouldBe(expected, "one notification for each final event");
            scene.Blobs.Holds(BlobKeys.OfVideo(job.VideoId)).ShouldBeTrue("the upload is there as long as its video");
            if (job.ResultPrefix is { } prefix) scene.Blobs.Holds(prefix).ShouldBeTrue("the result of a job is there as long as the job");
        }
        foreach (var (video, job) in scene.Accepted.Where(pair => !scene.DeletionTried.Contains(pair.Key)))
            jobs.ShouldContain(row => row.Id == job && row.VideoId == video, "accepted and never deleted");
        endings.Values.ShouldAllBe(count => count == 1);
        foreach (var (job, prefix) in scene.Completed)
        {
            if (jobs.SingleOrDefault(row => row.Id == job) is { } row) (row.State, row.ResultPrefix).ShouldBe((JobState.Completed, prefix), "a yes to a result is kept");
        }
        (wire.DoubleNotifications, wire.Untrue).ShouldBe((0, 0));
    }
}
