using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>Processes that die, stand still, or are told to stop.</summary>
internal static class ProcessFaults
{
    private const double LeaseSeconds = 3;

    public static IEnumerable<Mishap> All =>
    [
        new("F1", "kill -9 of an idle worker", IdleWorkerDiesAsync),
        new("F2", "kill -9 of a worker after a claim", trial => trial.WorkerDiesAtAsync("job.claimed")),
        new("F3", "kill -9 of a worker in the middle of decoding", BusyWorkerDiesAsync),
        new("F4", "kill -9 of a worker while the archive is written", trial => trial.WorkerDiesAtAsync("job.writing", trial.Chance.Next(1, 4))),
        new("F5", "kill -9 of a worker before the archive gets its name", trial => trial.WorkerDiesAtAsync("job.written")),
        new("F5b", "kill -9 of a worker between the blobs of a result", trial => trial.WorkerDiesAtAsync("job.blob-stored", trial.Chance.Next(1, 7))),
        new("F6", "kill -9 of a worker after the result is stored, before it is committed", trial => trial.WorkerDiesAtAsync("job.stored")),
        new("F7", "kill -9 of a worker after the commit", trial => trial.WorkerDiesAtAsync("job.ended")),
        new("F7b", "kill -9 of the relay after it read the outbox", trial => trial.ApiDiesAtAsync("relay.read")),
        new("F7c", "kill -9 of the relay after it published", trial => trial.ApiDiesAtAsync("relay.published")),
        new("F7d", "kill -9 of notify after a notification is written", trial => trial.ApiDiesAtAsync("notice.written")),
        new("F7e", "kill -9 of notify before a mail is sent", trial => trial.ApiDiesAtAsync("notice.taken")),
        new("F7f", "kill -9 of notify after a mail was sent, before that is noted", trial => trial.ApiDiesAtAsync("notice.sent")),
        new("F8", "kill -9 of decoders", DecodersDieAsync),
        new("F9", "a worker that stands still for two leases and goes on", WorkerFreezesAsync) { MustFence = true },
        new("F10", "SIGTERM of workers under load", WorkersAreStoppedAsync) { CostsNoAttempt = true },
        new("F12", "a worker that runs out of file descriptors", WorkerHasFewDescriptorsAsync),
        new("F14", "kill -9 of the API in the middle of uploads", ApiDiesAsync),
        new("F14b", "kill -9 of the API after an upload's bytes are stored", trial => trial.ApiDiesAtAsync("upload.stored", trial.Chance.Next(1, 4))),
        new("F15", "kill -9 of the API after accepting, before the answer", trial => trial.ApiDiesAtAsync("upload.accepted", trial.Chance.Next(1, 4))),
        new("F16", "kill -9 of everything, and a cold start", EverythingDiesAsync),
    ];

    private static async Task IdleWorkerDiesAsync(Trial trial)
    {
        await trial.Deployment.Workers[0].KillAsync();
        await trial.LoadAsync(6);
    }

    private static async Task BusyWorkerDiesAsync(Trial trial)
    {
        var load = trial.LoadAsync(8);
        var slow = trial.UploadLongAsync();
        await trial.BusyAsync();
        await trial.PassSomeAsync();
        foreach (var worker in trial.Deployment.Workers) await worker.KillAsync();
        await load;
        await slow;
    }

    private static async Task DecodersDieAsync(Trial trial)
    {
        var load = trial.LoadAsync(6);
        var slow = trial.UploadLongAsync();
        for (var turn = 0; turn < 10; turn++)
        {
            await trial.BusyAsync();
            if (trial.Deployment.Workers.SelectMany(worker => worker.Decoders()).Cast<int?>().FirstOrDefault() is { } decoder) Kill(decoder);
            await trial.PassAsync(0.1);
        }
        await load;
        await slow;
    }

    // Both workers stand still with jobs in hand; a third one takes the jobs over and ends them; then the two go on and deliver what nobody wants any more.
    private static async Task WorkerFreezesAsync(Trial trial)
    {
        var load = trial.LoadAsync(4);
        var slow = trial.UploadLongAsync();
        await trial.BusyAsync();
        await load;
        var frozen = trial.Deployment.Workers.Where(worker => worker.IsAlive).ToList();
        await trial.PassAsync(0.3);
        foreach (var worker in frozen) await worker.FreezeAsync();
        await trial.Deployment.StartWorkerAsync(trial.Deployment.Workers.Count, new Dictionary<string, string>(), trial.Cancellation);
        await trial.PassAsync(2 * LeaseSeconds);
        foreach (var worker in frozen) await worker.ThawAsync();
        await slow;
    }

    private static async Task WorkersAreStoppedAsync(Trial trial)
    {
        var load = trial.LoadAsync(30);
        for (var turn = 0; turn < 3 && !load.IsCompleted; turn++)
        {
            await trial.PassSomeAsync(0.5);
            await trial.Deployment.Workers[turn % 2].StopAsync();
            await trial.Deployment.RestartWorkerAsync(turn % 2, trial.Cancellation);
        }
        await load;
    }

    private static async Task WorkerHasFewDescriptorsAsync(Trial trial)
    {
        await trial.Deployment.Workers[0].LimitDescriptorsAsync(trial.Chance.Next(90, 140));
        await trial.LoadAsync(10);
        await trial.PassAsync(2);
        await trial.Deployment.Workers[0].LimitDescriptorsAsync(4096);
    }

    private static async Task ApiDiesAsync(Trial trial)
    {
        var load = trial.LoadAsync(30, atOnce: 6);
        await trial.PassSomeAsync();
        await trial.Deployment.Api.KillAsync();
        await load;
    }

    private static async Task EverythingDiesAsync(Trial trial)
    {
        var load = trial.LoadAsync(20, atOnce: 6);
        await trial.PassSomeAsync();
        await trial.Deployment.KillAllAsync();
        await load;
    }

    private static void Kill(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            found.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It ended by itself.
        }
    }
}
