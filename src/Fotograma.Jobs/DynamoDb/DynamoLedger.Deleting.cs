using Fotograma.Data.DynamoDb;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>
/// Deleting a video. One transaction takes the video, its newest jobs and their entries in the trash. A video that was run again so often that all of it does not fit
/// into one loses its oldest jobs first, each together with its entry: whenever that is interrupted, the video is still there to be deleted.
/// </summary>
internal sealed partial class DynamoLedger
{
    // A job takes up to three items: itself, its blobs, and its blobs once more.
    private const int JobsDeletedAtOnceMax = (DynamoStore.TransactionItemsMax - 2) / 3;
    private const int DeleteTriesMax = 20;

    public async Task<IReadOnlyList<Guid>?> DeleteAsync(Guid owner, Guid videoId, TimeSpan busyFor, CancellationToken cancellation)
    {
        var deleted = new List<Guid>();
        for (var tries = 1; tries <= DeleteTriesMax; tries++)
        {
            if (await VideoItemAsync(videoId, cancellation) is not { } video || video.Id("user_id") != owner) return deleted.Count > 0 ? deleted : null;
            var jobs = video.Texts("job_ids").Select(Guid.Parse).Order().ToList();
            if (jobs.Count > JobsDeletedAtOnceMax)
            {
                // The newest one is last, and may run; those before it have ended.
                var oldest = jobs.Where(job => job != video.Id("current_job_id")).Take(JobsDeletedAtOnceMax).ToList();
                if (!await DeleteJobsAsync(oldest, busyFor, ForgetJobs(videoId, oldest), cancellation)) continue;
                Steps.Reached(Steps.VideoThinned);
                deleted.AddRange(oldest);
                tries = 0;
                continue;
            }
            if (!await DeleteJobsAsync(jobs, busyFor, ForgetVideo(video), cancellation)) continue;
            return [.. deleted, .. jobs];
        }
        throw new IOException($"The video {videoId} changes too fast to be deleted.");
    }

    private static List<ItemWrite> ForgetJobs(Guid videoId, List<Guid> jobs) =>
        [ItemWrite.Update(LedgerTables.Videos, LedgerItems.KeyOf(videoId)).TakeOut("job_ids", [.. jobs.Select(job => job.ToString())]).If("id", "=", videoId)];

    private List<ItemWrite> ForgetVideo(Item video) =>
    [
        ItemWrite.Delete(LedgerTables.Videos, LedgerItems.KeyOf(video.Id("id"))).If("current_job_id", "=", video.Id("current_job_id")),
        Trash(BlobKeys.OfVideo(video.Id("id")), clock.GetUtcNow()),
    ];

    // False when one of them was claimed, or followed by another, since it was looked at.
    private async Task<bool> DeleteJobsAsync(List<Guid> jobs, TimeSpan busyFor, List<ItemWrite> writes, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var items = await store.FindAsync(LedgerTables.Jobs, jobs.Select(LedgerItems.KeyOf), cancellation);
        foreach (var item in items)
        {
            var job = LedgerItems.Job(item);
            writes.Add(ItemWrite.Delete(LedgerTables.Jobs, LedgerItems.KeyOf(job.Id)).If("epoch", "=", job.Epoch));
            writes.Add(Trash(BlobKeys.OfJob(job.Id), now));
            if (job.LeaseOwner is not null) writes.Add(Trash(BlobKeys.OfJob(job.Id), now + busyFor));
        }
        return await store.WriteAllAsync(ids.New(), writes, cancellation);
    }
}
