using Fotograma.Faults.Trials;
using Fotograma.Peers.S3;

namespace Fotograma.Faults.Catalogue;

/// <summary>A disk that is full, an object store with troubles, files that are gone or spoilt.</summary>
internal static class StorageFaults
{
    public static IEnumerable<Mishap> All =>
    [
        new("F37", "the disk is full for a while", DiskIsFullAsync) { Disk = DiskKind.SmallMemoryDisk },
        new("F41", "the object store answers with errors, half, or not at all", StoreHasTroubleAsync) { Disk = DiskKind.ObjectStore },
        new("F41b", "kill -9 of the object store's gateway", StoreIsAwayAsync) { Disk = DiskKind.ObjectStore },
        new("F42", "the object store does what it is asked, and its answers are lost", StoreAnswersAreLostAsync) { Disk = DiskKind.ObjectStore },
        new("F43", "an upload's bytes are gone when the worker wants them", SourceIsGoneAsync) { MayFail = ["job.source_missing"] },
        new("F43b", "an upload's object is gone when the worker wants it", SourceIsGoneAsync) { MayFail = ["job.source_missing"], Disk = DiskKind.ObjectStore },
        new("F44", "a byte of an upload has changed on the disk", SourceIsSpoiltAsync) { MayFail = ["job.source_damaged"] },
        new("F44b", "a byte of an upload has changed in the object store", SourceIsSpoiltAsync) { MayFail = ["job.source_damaged"], Disk = DiskKind.ObjectStore },
    ];

    private static async Task DiskIsFullAsync(Trial trial)
    {
        var load = trial.LoadAsync(6);
        await trial.PassSomeAsync();
        trial.Deployment.Disk!.Fill();
        var more = trial.LoadAsync(4);
        await trial.PassAsync(3);
        trial.Deployment.Disk!.Free();
        await Task.WhenAll(load, more);
        await trial.LoadAsync(4);
    }

    private static async Task StoreHasTroubleAsync(Trial trial)
    {
        var load = trial.LoadAsync(8);
        trial.Deployment.Store!.MakeTrouble(
            0.3, trial.Chance, Trouble.InternalError, Trouble.SlowDown, Trouble.Silence, Trouble.HalfBody, Trouble.SilentBody, Trouble.ExecutedButFailed);
        await trial.PassAsync(10);
        trial.Deployment.Store!.Trouble.Heal();
        await load;
        await trial.LoadAsync(4);
    }

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

    private static async Task StoreAnswersAreLostAsync(Trial trial)
    {
        trial.Deployment.Store!.MakeTrouble(0.2, trial.Chance, Trouble.LostReply, Trouble.ExecutedButFailed);
        await trial.LoadAsync(12);
        await trial.PassAsync(3);
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
