using Fotograma.Data.DynamoDb;
using Fotograma.Jobs.Ledger;
using Fotograma.Messages;

namespace Fotograma.Jobs.DynamoDb;

/// <summary>The owner's side.</summary>
internal sealed partial class DynamoLedger
{
    // A place further behind is not worth reading thousands of items for.
    private const int PlacesCountedMax = 1000;

    public async Task<bool> AcceptAsync(VideoRow video, JobRow job, IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        if (await IsKnownAsync(video, cancellation)) return false;
        var turn = await turns.NextAsync(job.OwnerId, cancellation);
        List<ItemWrite> writes =
        [
            ItemWrite.Put(LedgerTables.Videos, LedgerItems.Of(video)).IfMissing("id"),
            ItemWrite.Put(LedgerTables.Jobs, LedgerItems.Of(job, turn)).IfMissing("id"),
            .. events.Select(outbox.Put),
        ];
        if (await store.WriteAllAsync(ids.New(), writes, cancellation)) return true;
        if (await IsKnownAsync(video, cancellation)) return false;
        throw new IOException($"The video {video.Id} cannot be accepted: its id is taken.");
    }

    public async Task<bool> FollowAsync(JobRow last, JobRow next, CloudEvent happened, CancellationToken cancellation)
    {
        var turn = await turns.NextAsync(next.OwnerId, cancellation);
        return await store.WriteAllAsync(ids.New(),
        [
            ItemWrite.Update(LedgerTables.Videos, LedgerItems.KeyOf(last.VideoId)).Set("current_job_id", next.Id)
                .Add("job_ids", (IReadOnlyList<string>)[next.Id.ToString()]).If("current_job_id", "=", last.Id),
            ItemWrite.Put(LedgerTables.Jobs, LedgerItems.Of(next, turn)).IfMissing("id"),
            outbox.Put(happened),
        ], cancellation);
    }

    public async Task<LedgerEntry?> FindVideoAsync(Guid videoId, CancellationToken cancellation)
    {
        if (await VideoItemAsync(videoId, cancellation) is not { } item) return null;
        var video = LedgerItems.Video(item);
        // Missing only when all of it was deleted between the two looks.
        return await JobItemAsync(video.CurrentJobId, cancellation) is { } job ? new LedgerEntry(video, LedgerItems.Job(job)) : null;
    }

    public async Task<LedgerEntry?> FindJobAsync(Guid jobId, CancellationToken cancellation)
    {
        if (await JobItemAsync(jobId, cancellation) is not { } item) return null;
        var job = LedgerItems.Job(item);
        return await VideoItemAsync(job.VideoId, cancellation) is { } video ? new LedgerEntry(LedgerItems.Video(video), job) : null;
    }

    public async Task<IReadOnlyList<LedgerEntry>> ListAsync(Guid owner, int limit, Guid? before, CancellationToken cancellation)
    {
        var query = new ItemQuery(LedgerTables.Videos, ("user_id", owner))
        {
            Index = LedgerTables.VideosOfUser,
            Descending = true,
            Below = before is { } id ? ("id", id.ToString()) : null,
        };
        var videos = (await store.QueryAsync(query, limit, cancellation)).Select(LedgerItems.Video).ToList();
        var jobs = await JobsAsync(videos.Select(video => video.CurrentJobId), cancellation);
        return [.. videos.Where(video => jobs.ContainsKey(video.CurrentJobId)).Select(video => new LedgerEntry(video, jobs[video.CurrentJobId]))];
    }

    public async Task<IReadOnlyList<LedgerEntry>> ListActiveAsync(Guid owner, int limit, CancellationToken cancellation)
    {
        var query = new ItemQuery(LedgerTables.Jobs, ("active_user_id", owner)) { Index = LedgerTables.ActiveOfUser };
        var active = (await store.QueryAsync(query, limit, cancellation)).Select(item => item.Id("id")).ToList();
        return [.. (await EntriesAsync(active, cancellation)).Where(entry => !JobState.IsFinal(entry.Job.State))];
    }

    public async Task<IReadOnlyDictionary<Guid, int>> PlacesAsync(Guid owner, CancellationToken cancellation)
    {
        var due = await QueueAsync(LedgerTables.Due, PlacesCountedMax, null, cancellation);
        var later = due.Count < PlacesCountedMax ? await QueueAsync(LedgerTables.Later, PlacesCountedMax, null, cancellation) : [];
        return due.Concat(later).Select((item, index) => (Item: item, Place: index + 1))
            .Where(found => found.Item.Id("user_id") == owner).ToDictionary(found => found.Item.Id("id"), found => found.Place);
    }

    public async Task<bool> CancelAsync(Guid owner, Guid jobId, CancellationToken cancellation)
    {
        var token = ids.New().ToString();
        var answer = await store.WriteAsync(
            ItemWrite.Update(LedgerTables.Jobs, LedgerItems.KeyOf(jobId)).Set("state", JobState.Cancelled).Set("finished_at", clock.GetUtcNow()).Set("claim", token).Add("revision", 1)
                .Remove("eta_seconds", "queue", "queue_order", "held", "active_user_id")
                .If("user_id", "=", owner).IfOneOf("state", JobState.Pending, JobState.Processing), cancellation);
        return IsDone(answer, token);
    }

    private async Task<bool> IsKnownAsync(VideoRow video, CancellationToken cancellation) =>
        await VideoItemAsync(video.Id, cancellation) is { } known && known.Id("user_id") == video.OwnerId;

    /// <summary>Jobs with their videos, in the order asked for; what was deleted is left out. As few requests as there are hundreds of them.</summary>
    private async Task<IEnumerable<LedgerEntry>> EntriesAsync(IReadOnlyList<Guid> wanted, CancellationToken cancellation)
    {
        // An index that is read page by page may show one that is being written twice.
        wanted = [.. wanted.Distinct()];
        var jobs = await JobsAsync(wanted, cancellation);
        var videos = (await store.FindAsync(LedgerTables.Videos, jobs.Values.Select(job => job.VideoId).Distinct().Select(LedgerItems.KeyOf), cancellation))
            .Select(LedgerItems.Video).ToDictionary(video => video.Id);
        return wanted.Where(jobs.ContainsKey).Select(id => jobs[id]).Where(job => videos.ContainsKey(job.VideoId)).Select(job => new LedgerEntry(videos[job.VideoId], job));
    }

    private async Task<Dictionary<Guid, JobRow>> JobsAsync(IEnumerable<Guid> wanted, CancellationToken cancellation) =>
        (await store.FindAsync(LedgerTables.Jobs, wanted.Select(LedgerItems.KeyOf), cancellation)).Select(LedgerItems.Job).ToDictionary(job => job.Id);

    private Task<IReadOnlyList<Item>> QueueAsync(string queue, int limit, string? below, CancellationToken cancellation) => store.QueryAsync(
        new ItemQuery(LedgerTables.Jobs, ("queue", queue)) { Index = LedgerTables.Queue, Below = below is null ? null : ("queue_order", below) }, limit, cancellation);
}
