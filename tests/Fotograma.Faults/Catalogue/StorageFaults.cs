using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>A disk that is full, files that are gone, a store that fails or answers into the void.</summary>
internal static class StorageFaults
{
    public static IEnumerable<Mishap> All =>
    [
        new("F37", "the disk is full for a while", DiskIsFullAsync) { Disk = DiskKind.SmallMemoryDisk },
        new("F41", "object store fails and cuts answers short", StoreFailsAsync) { Disk = DiskKind.ObjectStore },
        new("F42", "object store does as told, but its answers are lost", StoreAnswersAreLostAsync) { Disk = DiskKind.ObjectStore },
        new("F43", "an upload's bytes are gone when the worker wants them", SourceIsGoneAsync) { MayFail = ["storage.source_missing"] },
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

    private static async Task StoreFailsAsync(Trial trial)
    {
        var load = trial.LoadAsync(6);
        for (var turn = 0; turn < 6; turn++)
        {
            await trial.PassSomeAsync(0.8);
            trial.Deployment.Links.Cut(Target.Store);
        }
        await load;
        await trial.LoadAsync(2);
    }

    private static async Task StoreAnswersAreLostAsync(Trial trial)
    {
        trial.Deployment.Links.LoseReplies(Target.Store, share: 0.05);
        await trial.LoadAsync(6);
        await trial.PassAsync(3);
        trial.Deployment.Links.Heal();
    }

    private static async Task SourceIsGoneAsync(Trial trial)
    {
        await trial.Deployment.StopWorkersAsync();
        await trial.LoadAsync(3);
        trial.Deployment.Blobs.Remove(trial.Deployment.Blobs.Keys().Where(key => key.EndsWith("/source", StringComparison.Ordinal)).MaxBy(key => key, StringComparer.Ordinal)!);
        for (var worker = 0; worker < trial.Deployment.Workers.Count; worker++) await trial.Deployment.RestartWorkerAsync(worker, trial.Cancellation);
    }
}
