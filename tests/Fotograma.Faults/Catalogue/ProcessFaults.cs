using System.ComponentModel;
using System.Diagnostics;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>Processes that die, stand still, or are told to stop.</summary>
internal static class ProcessFaults
{
    private const double LeaseSeconds = Deployment.LeaseSeconds;
    private const string Exhausted = "job.attempts_exhausted";
    private const string NothingSelected = "media.nothing_selected";
    private const string FailedAsAsked = "the job that could not but fail had failed";
    private const string IdleWorkerKilled = "an idle worker was killed";
    private const string BusyWorkerKilled = "a worker was killed while its decoder worked";
    private const string DecoderKilled = "a decoder was killed";
    private const string FrozenWithJob = "a worker stood still with a job in hand";
    private const string StoppedWithJob = "a worker was told to stop with a job in hand";
    private const string EndedByAnother = "jobs in the hands of a worker that stood still were ended by another";
    private const string ClaimedAfterDeath = "a claim was committed after its worker had died";
    private const string KilledByVideo = "a worker was killed because of a certain video";
    private const string CulpritAlone = "that video alone failed";
    private const string NeighbourLost = "the sound one lost a worker beside it";
    private const string KilledWithJobs = "everything was killed while jobs had not ended";

    internal static Mishap OneVideoEndsItsWorkers { get; } = new("F11", "a video that ends every worker that touches it, beside one that is sound", OneVideoEndsItsWorkersAsync)
    {
        Settings = new Dictionary<string, string> { ["Jobs__LossesMax"] = "4" }, MayFail = [Exhausted], Happened = [Proof.Noted(KilledByVideo) with { AtLeast = 4 }, Proof.Noted(NeighbourLost), Proof.Noted(CulpritAlone)],
    };

    internal static Mishap WorkerComesTooLate { get; } = new("F9b", "a worker that stands still with a result that is stored, and commits it when another has ended the job", WorkerComesTooLateAsync)
    {
        Happened = [Proof.Noted("stood still at job.stored"), Proof.Noted(EndedByAnother), Proof.Said(ProductProcess.CameTooLate)],
    };

    internal static Mishap WorkerStandsStill { get; } = new("F9", "a worker that stands still for two leases and goes on", WorkerFreezesAsync)
    {
        Happened = [Proof.Noted(FrozenWithJob), Proof.Fenced],
    };

    internal static Mishap WorkersAreStopped { get; } = new("F10", "SIGTERM of workers under load", WorkersAreStoppedAsync)
    {
        CostsNoAttempt = true, Happened = [Proof.Noted(StoppedWithJob) with { AtLeast = 2 }],
    };

    internal static Mishap EverythingDies { get; } = new("F16", "kill -9 of everything, and a cold start", EverythingDiesAsync) { Happened = [Proof.Noted(KilledWithJobs)] };

    public static IEnumerable<Mishap> All =>
    [
        new("F1", "kill -9 of an idle worker", IdleWorkerDiesAsync) { Happened = [Proof.Noted(IdleWorkerKilled)] },
        WorkerDies("F2", "after a claim", "job.claimed"),
        new("F2b", "kill -9 of a worker in the middle of a claim, which is committed all the same", WorkerDiesInAClaimAsync) { Happened = [Proof.Noted(ClaimedAfterDeath)] },
        new("F3", "kill -9 of a worker in the middle of decoding", BusyWorkerDiesAsync) { Happened = [Proof.Noted(BusyWorkerKilled)] },
        WorkerDies("F4", "while the archive is written", "job.writing", 2),
        WorkerDies("F5", "before the archive gets its name", "job.written"),
        WorkerDies("F5b", "between the blobs of a result", "job.blob-stored", 6),
        WorkerDies("F6", "after the result is stored, before it is committed", "job.stored"),
        WorkerDies("F7", "after the commit", "job.ended"),
        new("F6b", "kill -9 of a worker after a job's failure is committed", FailingWorkerDiesAsync) { MayFail = [NothingSelected], Happened = [Proof.Noted("killed at job.failed"), Proof.Noted(FailedAsAsked)] },
        ApiDies("F7b", "kill -9 of the relay after it read the outbox", "relay.read"),
        ApiDies("F7c", "kill -9 of the relay after it published", "relay.published"),
        ApiDies("F7d", "kill -9 of notify after a notification is written", "notice.written"),
        ApiDies("F7e", "kill -9 of notify before a mail is sent", "notice.taken"),
        ApiDies("F7f", "kill -9 of notify after a mail was sent, before that is noted", "notice.sent"),
        new("F7g", "kill -9 of a worker after it took one or two jobs from a dead one", RescuerDiesAsync) { Happened = [Proof.Noted("killed at job.rescued"), Proof.Noted(BusyWorkerKilled)] },
        new("F7o", "kill -9 of the API after it took one or two jobs from a dead worker", RescuingApiDiesAsync) { Happened = [Proof.Noted("killed at job.rescued"), Proof.Noted(BusyWorkerKilled)] },
        new("F7h", "kill -9 of the janitor after it deleted blobs, before it forgets them", JanitorDiesAsync) { Happened = [Proof.Noted("killed at trash.emptied")] },
        new("F7n", "kill -9 of the janitor after a sweep is counted, before the bucket's mark knows", SweepingJanitorDiesAsync) { Happened = [Proof.Noted("killed at sweep.counted")] },
        new("F7i", "kill -9 of the API after a video is deleted, before the answer", DeletingApiDiesAsync) { Happened = [Proof.Noted("killed at video.deleted")] },
        new("F8", "kill -9 of decoders", DecodersDieAsync) { AttemptsMax = 20, Happened = [Proof.Noted(DecoderKilled) with { AtLeast = 3 }] },
        WorkerStandsStill,
        WorkerComesTooLate,
        WorkersAreStopped,
        new("F10b", "kill -9 of a worker that was told to stop, after it gave its job back", StoppingWorkerDiesAsync) { CostsNoAttempt = true, Happened = [Proof.Noted("killed at job.given-back")] },
        OneVideoEndsItsWorkers,
        new("F12", "a worker that runs out of file descriptors", WorkerHasFewDescriptorsAsync) { Happened = [Proof.Said("Too many open files")] },
        new("F14", "kill -9 of the API in the middle of uploads", ApiDiesAsync) { Happened = [Proof.Of("uploads broke off", trial => trial.Crowd.Promises.Unanswered)] },
        ApiDies("F14b", "kill -9 of the API after an upload's bytes are stored", "upload.stored", 3),
        ApiDies("F14c", "kill -9 of the API after an account is made, before the answer", "account.made"),
        ApiDies("F15", "kill -9 of the API after accepting, before the answer", "upload.accepted", 3),
        EverythingDies,
    ];

    internal static Mishap WorkerDies(string id, string when, string step, int turnMax = 1) =>
        new(id, $"kill -9 of a worker {when}", trial => trial.WorkerDiesAtAsync(step, trial.Chance.Next(turnMax) + 1)) { Happened = [Proof.Noted($"killed at {step}")] };

    internal static Mishap ApiDies(string id, string title, string step, int turnMax = 1) =>
        new(id, title, trial => trial.ApiDiesAtAsync(step, trial.Chance.Next(turnMax) + 1)) { Happened = [Proof.Noted($"killed at {step}")] };

    private static async Task IdleWorkerDiesAsync(Trial trial)
    {
        var worker = trial.Deployment.Workers[0];
        if (worker.IsAlive && worker.Decoders().Count == 0 && (await trial.Deployment.Truth.LeasedAsync(trial.Cancellation)).Count == 0) trial.Note(IdleWorkerKilled);
        await worker.KillAsync();
        await trial.LoadAsync(6);
    }

    // The database takes its time with every claim, so that a worker dies while it waits for the answer. The statement goes on without it.
    private static async Task WorkerDiesInAClaimAsync(Trial trial)
    {
        var truth = trial.Deployment.Sql;
        await SlowDown.PlaceAsync(truth, SlowDown.Claims, TimeSpan.FromSeconds(2), trial.Cancellation);
        var load = trial.LoadAsync(4);
        await trial.UntilAsync(async token => (await SlowDown.UnderWayAsync(truth, token)).Count > 0);
        await SlowDown.EndAsync(truth, SlowDown.Claims, trial.Cancellation);
        foreach (var worker in trial.Deployment.Workers) await worker.KillAsync();
        var orphaned = await SlowDown.UnderWayAsync(truth, trial.Cancellation);
        await trial.UntilAsync(async token => (await SlowDown.UnderWayAsync(truth, token)).Count == 0);
        foreach (var claim in orphaned)
        {
            if (await SlowDown.IsCommittedAsync(truth, claim, trial.Cancellation)) trial.Note(ClaimedAfterDeath);
        }
        await load;
    }

    private static async Task BusyWorkerDiesAsync(Trial trial)
    {
        var slow = Task.WhenAll(trial.UploadLongAsync(), trial.UploadLongAsync());
        var load = trial.LoadAsync(8);
        await trial.DecodingAsync();
        await trial.PassSomeAsync(0.5);
        var (busy, _) = await trial.DecodingAsync();
        await busy.KillAsync();
        trial.Note(BusyWorkerKilled);
        foreach (var worker in trial.Deployment.Workers.Where(worker => worker.IsAlive)) await worker.KillAsync();
        await load;
        await slow;
    }

    private static async Task RescuerDiesAsync(Trial trial)
    {
        var (deployment, cancellation) = (trial.Deployment, trial.Cancellation);
        await deployment.StopWorkersAsync();
        // The other process would be sooner.
        await deployment.RestartApiAsync(new() { [Deployment.Rescues] = "600000" }, cancellation);
        var slow = await TwoLongJobsAsync(trial);
        var doomed = await deployment.StartWorkerAsync(1, Trial.Killer("job.rescued", trial.Chance.Next(2) + 1), cancellation);
        await DecodingWorkerDiesAsync(trial);
        await trial.DiesAsync(doomed, "job.rescued");
        await slow;
        await deployment.RestartApiAsync([], cancellation);
    }

    // No worker is left to do it.
    private static async Task RescuingApiDiesAsync(Trial trial)
    {
        await trial.Deployment.StopWorkersAsync();
        var doomed = await trial.Deployment.RestartApiAsync(Trial.Killer("job.rescued", trial.Chance.Next(2) + 1), trial.Cancellation);
        await await TwoLongJobsAsync(trial);
        await DecodingWorkerDiesAsync(trial);
        await trial.DiesAsync(doomed, "job.rescued");
        await trial.ComeBackAsync();
    }

    // Gives the uploads of two jobs that a worker has in hand, the only one.
    private static async Task<Task> TwoLongJobsAsync(Trial trial)
    {
        await trial.Deployment.RestartWorkerAsync(0, trial.Cancellation);
        var slow = Task.WhenAll(trial.UploadLongAsync(), trial.UploadLongAsync());
        await trial.UntilAsync(async token => (await trial.Deployment.Truth.LeasedAsync(token)).Count > 1);
        return slow;
    }

    private static async Task DecodingWorkerDiesAsync(Trial trial)
    {
        var (busy, _) = await trial.DecodingAsync();
        await busy.KillAsync();
        trial.Note(BusyWorkerKilled);
    }

    private static async Task JanitorDiesAsync(Trial trial)
    {
        await trial.LoadAsync(3);
        await trial.RestsAsync();
        var doomed = await trial.Deployment.RestartApiAsync(Trial.Killer("trash.emptied"), trial.Cancellation);
        var video = trial.Crowd.Promises.Accepted.Values.Except(trial.Crowd.Promises.Deleted).First();
        await trial.Crowd.DeleteAsync(video, trial.Cancellation);
        await trial.DiesAsync(doomed, "trash.emptied");
    }

    // What the worker leaves behind is for the sweeps to find, before and after.
    private static async Task SweepingJanitorDiesAsync(Trial trial)
    {
        await trial.WorkerDiesAtAsync("job.stored");
        var doomed = await trial.Deployment.RestartApiAsync(Trial.Killer("sweep.counted"), trial.Cancellation);
        await trial.DiesAsync(doomed, "sweep.counted");
        await trial.ComeBackAsync();
    }

    private static async Task DeletingApiDiesAsync(Trial trial)
    {
        await trial.LoadAsync(3);
        await trial.RestsAsync();
        var doomed = await trial.Deployment.RestartApiAsync(Trial.Killer("video.deleted"), trial.Cancellation);
        var video = trial.Crowd.Promises.Accepted.Values.Except(trial.Crowd.Promises.Deleted).First();
        await trial.Crowd.DeleteAsync(video, trial.Cancellation);
        await trial.DiesAsync(doomed, "video.deleted");
        await trial.ComeBackAsync();
    }

    // What it is asked for is not on screen at any moment of the video.
    private static async Task FailingWorkerDiesAsync(Trial trial)
    {
        await trial.Deployment.StopWorkersAsync();
        var doomed = await trial.Deployment.StartWorkerAsync(0, Trial.Killer("job.failed"), trial.Cancellation);
        var failing = await trial.UploadAsync(("timestamps", "99"));
        var load = trial.LoadAsync(4);
        await trial.DiesAsync(doomed, "job.failed");
        await load;
        if ((await trial.Deployment.Truth.JobsAsync(trial.Cancellation)).Exists(job => job.Id == failing && job.ErrorCode == NothingSelected)) trial.Note(FailedAsAsked);
    }

    private static async Task StoppingWorkerDiesAsync(Trial trial)
    {
        await trial.Deployment.StopWorkersAsync();
        var doomed = await trial.Deployment.StartWorkerAsync(0, Trial.Killer("job.given-back"), trial.Cancellation);
        var slow = trial.UploadLongAsync();
        await trial.DecodingAsync();
        await doomed.TellToStopAsync();
        await trial.DiesAsync(doomed, "job.given-back");
        await slow;
        await trial.LoadAsync(3);
    }

    private static async Task DecodersDieAsync(Trial trial)
    {
        var slow = Task.WhenAll(trial.UploadLongAsync(), trial.UploadLongAsync());
        var load = trial.LoadAsync(6);
        for (var turn = 0; turn < 6; turn++)
        {
            var (_, decoder) = await trial.DecodingAsync();
            if (Kill(decoder)) trial.Note(DecoderKilled);
            await trial.PassAsync(0.1);
        }
        await load;
        await slow;
    }

    // Both workers stand still with jobs in hand; a third one takes the jobs over and ends them; then the two go on and deliver what nobody wants any more.
    private static async Task WorkerFreezesAsync(Trial trial)
    {
        var load = trial.LoadAsync(4);
        await load;
        var slow = trial.UploadLongAsync();
        var (busy, _) = await trial.DecodingAsync();
        var frozen = trial.Deployment.Workers.Where(worker => worker.IsAlive).ToList();
        foreach (var worker in frozen.OrderBy(worker => worker != busy)) await worker.FreezeAsync();
        if ((await trial.Deployment.Truth.LeasedAsync(trial.Cancellation)).Exists(lease => frozen.Exists(lease.IsOf))) trial.Note(FrozenWithJob);
        await trial.Deployment.StartWorkerAsync(trial.Deployment.Workers.Count, new Dictionary<string, string>(), trial.Cancellation);
        await trial.PassAsync(2 * LeaseSeconds);
        foreach (var worker in frozen) await worker.ThawAsync();
        await slow;
    }

    // It goes on at the very next write, before it can learn otherwise that the job is another's.
    private static async Task WorkerComesTooLateAsync(Trial trial)
    {
        var (deployment, truth) = (trial.Deployment, trial.Deployment.Truth);
        await deployment.StopWorkersAsync();
        var late = await deployment.StartWorkerAsync(0, Trial.Stopper("job.stored"), trial.Cancellation);
        await trial.LoadAsync(4);
        await trial.StandsStillAsync(late, "job.stored");
        var mine = (await truth.LeasedAsync(trial.Cancellation)).FindAll(lease => lease.IsOf(late));
        await deployment.RestartWorkerAsync(1, trial.Cancellation);
        await trial.RestsAsync();
        var ended = (await truth.JobsAsync(trial.Cancellation)).Where(job => job.State == States.Completed).ToDictionary(job => job.Id, job => job.Epoch);
        trial.Note(EndedByAnother, mine.Count(lease => ended.TryGetValue(lease.Job, out var epoch) && epoch > lease.Epoch));
        var before = late.Said(ProductProcess.CameTooLate);
        await late.ThawAsync();
        await trial.UntilAsync(_ => Task.FromResult(late.Said(ProductProcess.CameTooLate) > before));
    }

    private static async Task WorkersAreStoppedAsync(Trial trial)
    {
        for (var turn = 0; turn < 3; turn++)
        {
            var slow = Task.WhenAll(trial.UploadLongAsync(), trial.UploadLongAsync());
            var load = trial.LoadAsync(6);
            await trial.DecodingAsync();
            await trial.PassSomeAsync(0.5);
            var (busy, decoder) = await trial.DecodingAsync();
            await busy.TellToStopAsync();
            if (busy.Decoders().Contains(decoder)) trial.Note(StoppedWithJob);
            await busy.EndedAsync(trial.Cancellation);
            await trial.Deployment.RestartWorkerAsync(trial.Deployment.PlaceOf(busy), trial.Cancellation);
            await load;
            await slow;
        }
    }

    // One worker, so that both are in its hands as long as it takes both; it is not killed for the first time before they are.
    private static async Task OneVideoEndsItsWorkersAsync(Trial trial)
    {
        var (deployment, truth) = (trial.Deployment, trial.Deployment.Truth);
        foreach (var other in deployment.Workers.Skip(1)) await other.StopAsync();
        var videos = await Task.WhenAll(trial.UploadLongAsync(), trial.UploadLongAsync());
        if (videos is not [{ } culprit, { } sound]) return;
        var killed = 0L;
        await trial.UntilAsync(async token =>
        {
            var jobs = (await truth.JobsAsync(token)).ToDictionary(job => job.Id);
            if (jobs[culprit].IsFinal) return true;
            // What a dead worker holds is its own until somebody takes it away.
            if (jobs[culprit].State != States.Processing || jobs[culprit].Epoch == killed || (killed == 0 && jobs[sound].State == States.Pending)) return false;
            var neighbours = jobs[sound].State == States.Processing;
            killed = jobs[culprit].Epoch;
            await trial.PassAsync(0.2);
            await deployment.Workers[0].KillAsync();
            trial.Note(KilledByVideo);
            if (neighbours && (await truth.LeasedAsync(token)).Exists(lease => lease.Job == sound)) trial.Note(NeighbourLost);
            await deployment.RestartWorkerAsync(0, token);
            return false;
        });
        await trial.UntilAsync(async token => (await truth.JobsAsync(token)).Exists(job => job.Id == sound && job.IsFinal));
        var ends = (await truth.JobsAsync(trial.Cancellation)).ToDictionary(job => job.Id, job => job.ErrorCode);
        if (ends[culprit] == Exhausted && ends[sound] is null) trial.Note(CulpritAlone);
    }

    // A few more than it has open: enough for some of what a job needs.
    private static async Task WorkerHasFewDescriptorsAsync(Trial trial)
    {
        var worker = trial.Deployment.Workers[0];
        await worker.LimitDescriptorsAsync(worker.Descriptors + trial.Chance.Next(3, 9));
        await trial.LoadAsync(10);
        await trial.PassAsync(2);
        await worker.LimitDescriptorsAsync(4096);
    }

    private static async Task ApiDiesAsync(Trial trial)
    {
        // Some are through, and more than are sent at once are not.
        var through = trial.Crowd.Promises.Accepted.Count + trial.Chance.Next(20);
        var load = trial.LoadAsync(30, atOnce: 6);
        await trial.UntilAsync(_ => Task.FromResult(trial.Crowd.Promises.Accepted.Count >= through));
        await trial.Deployment.Api.KillAsync();
        await load;
        await trial.ComeBackAsync();
    }

    private static async Task EverythingDiesAsync(Trial trial)
    {
        var slow = Task.WhenAll(trial.UploadLongAsync(), trial.UploadLongAsync());
        var load = trial.LoadAsync(20, atOnce: 6);
        await trial.DecodingAsync();
        await trial.PassSomeAsync(0.5);
        await trial.DecodingAsync();
        await trial.Deployment.KillAllAsync();
        if (!(await trial.Deployment.Truth.JobsAsync(trial.Cancellation)).TrueForAll(job => job.IsFinal)) trial.Note(KilledWithJobs);
        await load;
        await slow;
        await trial.ComeBackAsync();
    }

    private static bool Kill(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            found.Kill();
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself.
            return false;
        }
    }
}
