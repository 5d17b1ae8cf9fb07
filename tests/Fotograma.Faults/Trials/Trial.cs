using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Load;

namespace Fotograma.Faults.Trials;

/// <summary>One run of one fault: the deployment that is hit, the people who upload meanwhile, and chance from a seed that is printed.</summary>
internal sealed class Trial(Deployment deployment, Crowd crowd, byte[] clip, byte[] longClip, Random chance, CancellationToken cancellation)
{
    /// <summary>What <see cref="JoinAsync"/> notes.</summary>
    public const string Joined = "people who joined meanwhile were promised a result";

    private const int BacklogMax = 20;
    private static readonly TimeSpan StepMax = TimeSpan.FromSeconds(60);

    public Deployment Deployment => deployment;

    public Crowd Crowd => crowd;

    public Random Chance => chance;

    /// <summary>What everybody uploads.</summary>
    public byte[] Clip => clip;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Uploads that keep everybody busy while the fault happens.</summary>
    public Task LoadAsync(int videos, int atOnce = 3) => crowd.UploadAsync(clip, videos, atOnce, cancellation);

    /// <summary>
    /// Uploads more until a fault has shown as often as it must since <paramref name="before"/>: chance, or a slow machine, may have spared the others. No more at a time than workers get done in
    /// between, or what they have to do afterwards takes longer than anybody waits.
    /// </summary>
    public async Task LoadUntilAsync(Proof happened, long before)
    {
        while (await happened.CountAsync(this) - before < happened.AtLeast)
        {
            await LoadAsync(4);
            await UntilAsync(async token => (await deployment.Truth.JobsAsync(token)).Count(job => !job.IsFinal) < BacklogMax);
        }
    }

    /// <summary>People who make an account now, while something goes wrong, and upload a video as soon as they can sign in. They, too, are to get their mails.</summary>
    public async Task JoinAsync(int people = 2)
    {
        for (var i = 0; i < people; i++)
        {
            if (await crowd.RegisterAsync(deployment.Address, cancellation) is { } person) await BeginAsync(person);
        }
    }

    /// <summary>Lets somebody who was promised an account sign in and upload a video.</summary>
    public async Task BeginAsync(Crowd.Person newcomer)
    {
        if (await crowd.BeginAsync(newcomer, deployment.Address, clip, cancellation) is not null) Note(Joined);
    }

    /// <summary>One upload with options of its own.</summary>
    public Task<Guid?> UploadAsync(params (string Name, string Value)[] options) => crowd.UploadOneAsync(clip, cancellation, options);

    /// <summary>One upload whose extraction takes a second or two.</summary>
    public Task<Guid?> UploadLongAsync() => crowd.UploadOneAsync(longClip, cancellation, ("fps", "30"), ("maxFrames", "60"));

    /// <summary>Lets so much time pass; a fault has a length.</summary>
    public Task PassAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);

    /// <summary>A moment somewhere in the first seconds of a load.</summary>
    public Task PassSomeAsync(double secondsMax = 1.5) => PassAsync(chance.NextDouble() * secondsMax);

    /// <summary>Waits until some job is being worked on.</summary>
    public async Task<IReadOnlyList<Lease>> BusyAsync()
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(StepMax);
        while (true)
        {
            if (await deployment.Truth.LeasedAsync(bound.Token) is { Count: > 0 } leased) return leased;
            await Task.Delay(10, bound.Token);
        }
    }

    /// <summary>Waits until a worker runs a decoder.</summary>
    public async Task<(ProductProcess Worker, int Decoder)> DecodingAsync(params IReadOnlyCollection<ProductProcess> except)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(StepMax);
        while (true)
        {
            foreach (var worker in deployment.Workers.Where(worker => worker.IsAlive && !except.Contains(worker)))
            {
                if (worker.Decoders() is [var decoder, ..]) return (worker, decoder);
            }
            await Task.Delay(5, bound.Token);
        }
    }

    /// <summary>Waits until something holds.</summary>
    public Task UntilAsync(Func<CancellationToken, Task<bool>> holds) => UntilAsync(StepMax, holds);

    /// <summary>Waits so long until something holds.</summary>
    public async Task UntilAsync(TimeSpan atMost, Func<CancellationToken, Task<bool>> holds)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(atMost);
        while (!await holds(bound.Token)) await Task.Delay(10, bound.Token);
    }

    /// <summary>Notes that a part of the fault happened; see <see cref="Proof.Noted"/>.</summary>
    public void Note(string what, long times = 1) => deployment.Note(what, times);

    /// <summary>Waits until every job has ended.</summary>
    public async Task RestsAsync()
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(StepMax);
        while (!(await deployment.Truth.JobsAsync(bound.Token)).TrueForAll(job => job.IsFinal)) await Task.Delay(100, bound.Token);
    }

    /// <summary>Whether every job's end was told, as the notifications say.</summary>
    public async Task<bool> IsAllToldAsync(CancellationToken token)
    {
        var notices = (await deployment.Truth.NoticesAsync(token)).ToLookup(notice => notice.Job);
        return (await deployment.Truth.JobsAsync(token)).TrueForAll(job => !job.IsTold || (notices[job.Id].Any() && notices[job.Id].All(notice => notice.Sent)));
    }

    /// <summary>Waits until some job has failed so; a fault that nobody noticed was none.</summary>
    public async Task FailedAsync(string code)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(StepMax);
        while (!(await deployment.Truth.JobsAsync(bound.Token)).Exists(job => job.ErrorCode == code)) await Task.Delay(100, bound.Token);
    }

    /// <summary>A foreigner's connection to the broker, past the links.</summary>
    public Task<BrokerTamper> TamperAsync() => BrokerTamper.ConnectAsync(deployment.Broker.Port, cancellation);

    /// <summary>
    /// Has jobs end while whoever should be told of it is stopped, so that the news of them waits in what carries events and nowhere else. <see cref="ComeBackAsync"/> starts them again.
    /// </summary>
    public async Task LeaveEventsWaitingAsync()
    {
        foreach (var worker in deployment.Workers) await worker.FreezeAsync();
        await LoadAsync(4);
        await deployment.Api.StopAsync();
        foreach (var worker in deployment.Workers) await worker.ThawAsync();
        await RestsAsync();
        await UntilAsync(async token => await deployment.Carrier.WaitingAsync("notify", token) > 0);
    }

    /// <summary>Replaces a worker by one that kills itself at a step, sends work, and waits for its death.</summary>
    public async Task WorkerDiesAtAsync(string step, int turn = 1)
    {
        await deployment.StopWorkersAsync();
        var doomed = await deployment.StartWorkerAsync(0, Killer(step, turn), cancellation);
        var load = LoadAsync(6);
        await DiesAsync(doomed, step);
        await load;
    }

    /// <summary>Replaces the process of all other modules by one that kills itself at a step, sends work, and waits for its death.</summary>
    public async Task ApiDiesAtAsync(string step, int turn = 1)
    {
        var doomed = await deployment.RestartApiAsync(Killer(step, turn), cancellation);
        var load = LoadAsync(6);
        var newcomer = await crowd.RegisterAsync(deployment.Address, cancellation);
        await DiesAsync(doomed, step);
        await load;
        await ComeBackAsync();
        if (newcomer is not null) await BeginAsync(newcomer);
    }

    /// <summary>Starts the process of all other modules again; it works.</summary>
    public async Task ComeBackAsync()
    {
        await deployment.RestartApiAsync([], cancellation);
        await LoadAsync(3);
    }

    /// <summary>Waits for the death of a process that kills itself at a step.</summary>
    public async Task DiesAsync(ProductProcess doomed, string step)
    {
        await doomed.EndedAsync(cancellation);
        if (doomed.IsKilled) Note($"killed at {step}");
    }

    /// <summary>Waits until a process stands still that stops itself at a step.</summary>
    public async Task StandsStillAsync(ProductProcess stopped, string step)
    {
        await UntilAsync(_ => Task.FromResult(stopped.StandsStill));
        Note($"stood still at {step}");
    }

    /// <summary>What makes a process stop itself at a step, until it is let go on.</summary>
    public static Dictionary<string, string> Stopper(string step) => new(Killer(step)) { ["FOTOGRAMA_FAULT_DEED"] = "stop" };

    /// <summary>What makes a process kill itself at a step.</summary>
    public static Dictionary<string, string> Killer(string step, int turn = 1) => new()
    {
        ["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "Fotograma.Faults.Hook.dll"),
        ["FOTOGRAMA_FAULT_STEP"] = step,
        ["FOTOGRAMA_FAULT_TURN"] = turn.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
