using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>A disk that is full, files that are gone. What an object store can do wrong is tried on its driver, in the tests of Fotograma.Blobs.S3.</summary>
internal static class StorageFaults
{
    public static IEnumerable<Mishap> All =>
    [
        new("F37", "the disk is full for a while", DiskIsFullAsync) { Disk = DiskKind.SmallMemoryDisk },
        new("F43", "an upload's bytes are gone when the worker wants them", SourceIsGoneAsync) { MayFail = ["job.source_missing"] },
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

    private static async Task SourceIsGoneAsync(Trial trial)
    {
        await trial.Deployment.StopWorkersAsync();
        await trial.LoadAsync(3);
        trial.Deployment.Blobs.Remove(trial.Deployment.Blobs.Keys().Where(key => key.EndsWith("/source", StringComparison.Ordinal)).MaxBy(key => key, StringComparer.Ordinal)!);
        for (var worker = 0; worker < trial.Deployment.Workers.Count; worker++) await trial.Deployment.RestartWorkerAsync(worker, trial.Cancellation);
    }
}
