using System.Globalization;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;
using Fotograma.Peers.S3;

namespace Fotograma.Faults.Catalogue;

/// <summary>A disk that is full, an object store with troubles, files that are gone or spoilt.</summary>
internal static class StorageFaults
{
    private const string LeftOpen = "an upload was left open in the store";
    private const int PartBytes = 5 << 20;
    private const string BegunWhenFull = "jobs were begun when the disk was full";
    private const string NoRoom = "There is no room for results";
    private const string Cramped = "a worker had no room for a job and gave it back";
    private const string DoneMeanwhile = "small videos were done by the worker that had no room for large ones";
    private const string WaitedForRoom = "jobs waited for room, unclaimed, where a byte could be stored";

    public static IEnumerable<Mishap> All =>
    [
        new("F37", "the disk is full for a while, for uploads and for results", DiskIsFullAsync)
        {
            Disk = DiskKind.SmallMemoryDisk, Happened = [Proof.Said("No space left on device"), Proof.Refused(507), Proof.Noted(BegunWhenFull)],
        },
        new("F37b", "the object store is full for a while, for uploads and for results", StoreIsFullAsync)
        {
            Disk = DiskKind.ObjectStore, Happened = [Proof.Said("The S3 store takes no more"), Proof.Refused(507), Proof.Noted(BegunWhenFull)],
        },
        new("F37c", "the disk is all but full for a while: there is room for the first bytes of a result", DiskIsNearlyFullAsync)
        {
            Disk = DiskKind.SmallMemoryDisk, CostsNoAttempt = true, Settings = new Dictionary<string, string> { ["Worker__ConcurrentJobsMax"] = "1" },
            Happened = [Proof.Said("that are wanted"), Proof.Noted(BegunWhenFull), Proof.Noted(WaitedForRoom)],
        },
        new("F37d", "one of two workers has no room for copies of large videos, and the other stands still", OneWorkerIsCrampedAsync)
        {
            Disk = DiskKind.ObjectStore, CostsNoAttempt = true, Happened = [Proof.Noted(Cramped) with { AtLeast = 2 }, Proof.Noted(DoneMeanwhile)],
        },
        new("F41", "the object store answers with errors, half, or not at all", StoreHasTroubleAsync) { Disk = DiskKind.ObjectStore, Happened = [Troubled] },
        new("F41b", "kill -9 of the object store's gateway", StoreIsAwayAsync) { Disk = DiskKind.ObjectStore, Happened = [StoreMissed] },
        new("F41c", "kill -9 of a process that has sent parts of an upload to the object store", UploaderDiesAsync)
        {
            Disk = DiskKind.ObjectStore, Happened = [Proof.Noted(LeftOpen)],
            Settings = new Dictionary<string, string> { ["S3__PartBytes"] = PartBytes.ToString(CultureInfo.InvariantCulture) },
        },
        new("F42", "the object store does what it is asked, and its answers are lost, with the connection, in silence, or for a 500", StoreAnswersAreLostAsync) { Disk = DiskKind.ObjectStore, Happened = [Troubled] },
        Missing("F43", "an upload's bytes are gone when the worker wants them", DiskKind.Folder),
        Missing("F43b", "an upload's object is gone when the worker wants it", DiskKind.ObjectStore),
        Spoilt("F44", "a byte of an upload has changed on the disk", DiskKind.Folder),
        Spoilt("F44b", "a byte of an upload has changed in the object store", DiskKind.ObjectStore),
    ];

    /// <summary>The object store failed somebody, or lost its answer.</summary>
    public static Proof Troubled { get; } = Proof.Of("requests met with trouble", trial => trial.Deployment.Store!.Trouble.Troubled) with { AtLeast = 10 };

    private static Mishap Missing(string id, string title, DiskKind disk) =>
        new(id, title, SourceIsGoneAsync) { Disk = disk, MayFail = ["job.source_missing"], Happened = [Proof.Failed("job.source_missing")] };

    private static Mishap Spoilt(string id, string title, DiskKind disk) =>
        new(id, title, SourceIsSpoiltAsync) { Disk = disk, MayFail = ["job.source_damaged"], Happened = [Proof.Failed("job.source_damaged")] };

    private static Task DiskIsFullAsync(Trial trial) => BeFullAsync(trial, () => trial.Deployment.Disk!.Fill(), trial.Deployment.Disk!.Free);

    private static Task StoreIsFullAsync(Trial trial) => BeFullAsync(trial, trial.Deployment.Store!.Fill, trial.Deployment.Store!.Trouble.Heal);

    private static async Task BeFullAsync(Trial trial, Action fill, Action free)
    {
        await BeginWhenFullAsync(trial, fill);
        var more = trial.LoadAsync(4);
        await trial.PassAsync(6);
        free();
        await more;
        await trial.LoadAsync(4);
    }

    // The workers stand still until it is full: then they begin with results that there is no room for.
    private static async Task BeginWhenFullAsync(Trial trial, Action fill)
    {
        foreach (var worker in trial.Deployment.Workers) await worker.FreezeAsync();
        await trial.LoadAsync(6);
        var before = await BegunAsync(trial, trial.Cancellation);
        fill();
        foreach (var worker in trial.Deployment.Workers) await worker.ThawAsync();
        await trial.UntilAsync(async token => await BegunAsync(trial, token) > before);
        trial.Note(BegunWhenFull);
    }

    private static async Task<int> BegunAsync(Trial trial, CancellationToken cancellation) =>
        (await trial.Deployment.Truth.TransitionsAsync(cancellation)).Count(change => change.After == States.Processing);

    // Nothing else is stored meanwhile: what each worker is refused is the room that its job wanted, not that for a byte.
    private static async Task DiskIsNearlyFullAsync(Trial trial)
    {
        var said = trial.Deployment.Workers.ToDictionary(worker => worker, worker => worker.Said(NoRoom));
        await BeginWhenFullAsync(trial, () => trial.Deployment.Disk!.Fill(leave: 2 * MemoryDisk.BlockBytes));
        await trial.UntilAsync(_ => Task.FromResult(said.All(worker => worker.Key.Said(NoRoom) > worker.Value)));
        var begun = await BegunAsync(trial, trial.Cancellation);
        await trial.PassAsync(6);
        if (await BegunAsync(trial, trial.Cancellation) == begun) trial.Note(WaitedForRoom);
        trial.Deployment.Disk!.Free();
        await trial.LoadAsync(4);
    }

    // Room for the megabyte that is asked for before anything is claimed, and not for the large video.
    private static async Task OneWorkerIsCrampedAsync(Trial trial)
    {
        const string NoRoomForIt = "There is no room for job", Done = "is completed with";
        var deployment = trial.Deployment;
        var cramped = await deployment.StartCrampedWorkerAsync(1, 3 << 20, trial.Cancellation);
        await deployment.Workers[0].FreezeAsync();
        await Task.WhenAll(trial.UploadLongAsync(), trial.UploadLongAsync());
        await trial.UntilAsync(_ => Task.FromResult(cramped.Said(NoRoomForIt) >= 2));
        trial.Note(Cramped, cramped.Said(NoRoomForIt));
        await trial.LoadAsync(6);
        await trial.UntilAsync(_ => Task.FromResult(cramped.Said(Done) >= 6));
        trial.Note(DoneMeanwhile);
        await deployment.Workers[0].ThawAsync();
        // Killing it would cost the job an attempt that it tries at that moment.
        await cramped.StopAsync();
        await deployment.RestartWorkerAsync(1, trial.Cancellation);
    }

    private static async Task StoreHasTroubleAsync(Trial trial)
    {
        var load = trial.LoadAsync(8);
        var before = await Troubled.CountAsync(trial);
        trial.Deployment.Store!.MakeTrouble(
            0.3, trial.Chance, Trouble.InternalError, Trouble.SlowDown, Trouble.Silence, Trouble.HalfBody, Trouble.SilentBody, Trouble.ExecutedButFailed);
        await trial.PassAsync(10);
        await trial.LoadUntilAsync(Troubled, before);
        trial.Deployment.Store!.Trouble.Heal();
        await load;
        await trial.LoadAsync(4);
    }

    // Whoever is in the middle of something asks again; whoever comes later may be turned away at once.
    private static Proof StoreMissed => Proof.Of("calls of the store were repeated, or uploads answered with 503",
        trial => trial.Deployment.Said("The S3 store was asked to") + trial.Crowd.Promises.RefusedWith(503));

    private static async Task StoreIsAwayAsync(Trial trial)
    {
        var load = trial.LoadAsync(8);
        await trial.PassSomeAsync();
        await trial.Deployment.Store!.Gateway.KillAsync();
        var more = trial.LoadAsync(4);
        await trial.PassAsync(5);
        await trial.Deployment.Store!.Gateway.RestartAsync();
        await Task.WhenAll(load, more);
        await trial.LoadAsync(4);
    }

    // Nobody but a later sweep can give up what it began.
    private static async Task UploaderDiesAsync(Trial trial)
    {
        var deployment = trial.Deployment;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(trial.Cancellation);
        var upload = trial.Crowd.CrawlAsync(enough.Token, 2 * PartBytes);
        await trial.UntilAsync(async token => (await deployment.Blobs.UnfinishedAsync(token)).Count > 0);
        await deployment.Api.KillAsync();
        await enough.CancelAsync();
        await upload;
        if ((await deployment.Blobs.UnfinishedAsync(trial.Cancellation)).Count > 0) trial.Note(LeftOpen);
        await trial.ComeBackAsync();
    }

    private static async Task StoreAnswersAreLostAsync(Trial trial)
    {
        var before = await Troubled.CountAsync(trial);
        trial.Deployment.Store!.MakeTrouble(0.2, trial.Chance, Trouble.LostReply, Trouble.SilentReply, Trouble.ExecutedButFailed);
        await trial.LoadAsync(12);
        await trial.PassAsync(3);
        await trial.LoadUntilAsync(Troubled, before);
        trial.Deployment.Store!.Trouble.Heal();
    }

    private static async Task SourceIsGoneAsync(Trial trial)
    {
        await trial.Deployment.StopWorkersAsync();
        await trial.LoadAsync(3);
        await trial.Deployment.Blobs.RemoveAsync(await trial.Deployment.Blobs.NewestUploadAsync(trial.Cancellation), trial.Cancellation);
        await trial.Deployment.RestartWorkersAsync(trial.Cancellation);
        await trial.FailedAsync("job.source_missing");
    }

    private static async Task SourceIsSpoiltAsync(Trial trial)
    {
        await trial.Deployment.StopWorkersAsync();
        await trial.LoadAsync(3);
        await trial.Deployment.Blobs.SpoilAsync(await trial.Deployment.Blobs.NewestUploadAsync(trial.Cancellation), trial.Cancellation);
        await trial.Deployment.RestartWorkersAsync(trial.Cancellation);
        await trial.FailedAsync("job.source_damaged");
    }
}
