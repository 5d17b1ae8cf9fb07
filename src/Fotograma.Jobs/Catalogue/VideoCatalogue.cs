using Fotograma.Jobs.Ledger;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;

namespace Fotograma.Jobs.Catalogue;

/// <summary>
/// The owner's side of the ledger: accepts videos, lists them, cancels, deletes, runs again. Everything is scoped to its owner: what belongs to
/// another does not exist here.
/// </summary>
public sealed class VideoCatalogue
{
    private const int FollowTriesMax = 10;
    private readonly ICatalogueStore store;
    private readonly EventOutbox outbox;
    private readonly JobSignals signals;
    private readonly JobOptions options;
    private readonly Ids ids;
    private readonly TimeProvider clock;
    private readonly StoreTrouble trouble;

    internal VideoCatalogue(ICatalogueStore store, EventOutbox outbox, JobSignals signals, JobOptions options, Ids ids, TimeProvider clock, Func<Exception, bool> isOutage)
    {
        this.store = store;
        this.outbox = outbox;
        this.signals = signals;
        this.options = options;
        this.ids = ids;
        this.clock = clock;
        trouble = new StoreTrouble(isOutage, clock);
    }

    /// <summary>
    /// Writes the video, its job and the events <c>video.created</c> and <c>video.uploaded</c>, all or nothing. Accepting the same id again, because the first
    /// answer was lost, writes nothing and returns what is there.
    /// </summary>
    public async Task<VideoView> AcceptAsync(NewVideo accepted, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var job = NewJob(accepted.Id, accepted.OwnerId, accepted.Options, now);
        var video = NewVideoRow(accepted, job.Id, now);
        CloudEvent[] events =
        [
            outbox.Of(new VideoCreated(video.Id, video.OwnerId, video.Name, video.Bytes, now)),
            outbox.Of(new VideoUploaded(video.Id, job.Id, video.OwnerId)),
        ];
        var tries = 0;
        var made = await trouble.AgainAsync(() =>
        {
            tries++;
            return store.AcceptAsync(video, job, events, cancellation);
        });
        // What a second try finds may be what the first one wrote.
        if (made || tries > 1)
        {
            outbox.Wake();
            signals.Waiting(video.OwnerId, job.Id);
        }
        // Whose it was, and with it the job's id, only the store knows.
        if (!made) return await trouble.AgainAsync(() => FindVideoAsync(video.OwnerId, video.Id, cancellation)) ?? JobProjection.View(video, job);
        return JobProjection.View(video, job, await PlaceOfNewAsync(job, cancellation));
    }

    /// <summary>Adds another job to a video whose newest job has ended; null options repeat the last ones.</summary>
    /// <returns>Null when the video does not exist; otherwise the newest job, and whether this call made it: it does not when the one before has not ended.</returns>
    public async Task<RunAgainAnswer?> RunAgainAsync(Guid owner, Guid videoId, string? jobOptions, CancellationToken cancellation)
    {
        JobRow? again = null;
        for (var tries = 1; tries <= FollowTriesMax; tries++)
        {
            if (await store.FindVideoAsync(videoId, cancellation) is not { } found || found.Video.OwnerId != owner) return null;
            var (video, last) = found;
            if (last.Id == again?.Id) return await BegunAgainAsync(last, video, cancellation);
            if (!JobState.IsFinal(last.State)) return new RunAgainAnswer(JobProjection.View(last, video.Name), Made: false);
            again = NewJob(videoId, owner, jobOptions ?? last.Options, clock.GetUtcNow());
            var (next, happened) = (again, outbox.Of(new VideoUploaded(videoId, again.Id, owner)));
            if (await trouble.AgainAsync(() => store.FollowAsync(last, next, happened, cancellation))) return await BegunAgainAsync(again, video, cancellation);
        }
        throw new IOException("The video is being run again by too many at once.");
    }

    /// <summary>One page of the owner's videos, newest first.</summary>
    public async Task<VideoPage> ListAsync(Guid owner, int limit, Guid? before, CancellationToken cancellation)
    {
        var found = await store.ListAsync(owner, limit + 1, before, cancellation);
        var places = await PlacesAsync(owner, found, cancellation);
        var page = found.Take(limit).Select(entry => JobProjection.View(entry.Video, entry.Job, PlaceIn(places, entry.Job))).ToList();
        return new VideoPage(page, found.Count > limit ? page[^1].Id : null);
    }

    /// <summary>One video of the owner.</summary>
    public async Task<VideoView?> FindVideoAsync(Guid owner, Guid videoId, CancellationToken cancellation)
    {
        if (await store.FindVideoAsync(videoId, cancellation) is not { } found || found.Video.OwnerId != owner) return null;
        return JobProjection.View(found.Video, found.Job, PlaceIn(await PlacesAsync(owner, [found], cancellation), found.Job));
    }

    /// <summary>One job of the owner.</summary>
    public async Task<JobView?> FindJobAsync(Guid owner, Guid jobId, CancellationToken cancellation)
    {
        if (await store.FindJobAsync(jobId, cancellation) is not { } found || found.Job.OwnerId != owner) return null;
        return JobProjection.View(found.Job, found.Video.Name, PlaceIn(await PlacesAsync(owner, [found], cancellation), found.Job));
    }

    /// <summary>The owner's jobs that have not ended, oldest first, at most <paramref name="limit"/>: what a live view must keep an eye on.</summary>
    public async Task<IReadOnlyList<JobView>> ListActiveAsync(Guid owner, int limit, CancellationToken cancellation)
    {
        var found = await store.ListActiveAsync(owner, limit, cancellation);
        var places = await PlacesAsync(owner, found, cancellation);
        return [.. found.Select(entry => JobProjection.View(entry.Job, entry.Video.Name, PlaceIn(places, entry.Job)))];
    }

    /// <summary>Cancels a job that has not ended. Its worker notices at its next sign of life and kills the decoder.</summary>
    /// <returns>Whether it was this call that ended the job.</returns>
    public async Task<bool> CancelAsync(Guid owner, Guid jobId, CancellationToken cancellation)
    {
        var ended = await store.CancelAsync(owner, jobId, cancellation);
        if (!ended) return false;
        Steps.Reached(Steps.JobCancelled);
        signals.Cancelled(owner, jobId);
        return true;
    }

    /// <summary>Deletes a video with its jobs; its blobs go to the trash in the same write.</summary>
    /// <returns>False when the owner has no such video.</returns>
    public async Task<bool> DeleteAsync(Guid owner, Guid videoId, CancellationToken cancellation)
    {
        // A worker that is still busy notices within a heartbeat; a second look after its lease catches what it wrote meanwhile.
        if (await store.DeleteAsync(owner, videoId, 2 * options.Lease, cancellation) is not { } jobs) return false;
        foreach (var job in jobs) signals.Cancelled(owner, job);
        signals.Removed(owner, videoId);
        return true;
    }

    private async Task<RunAgainAnswer> BegunAgainAsync(JobRow again, VideoRow video, CancellationToken cancellation)
    {
        Steps.Reached(Steps.JobRepeated);
        outbox.Wake();
        signals.Waiting(again.OwnerId, again.Id);
        return new RunAgainAnswer(JobProjection.View(again, video.Name, await PlaceOfNewAsync(again, cancellation)), Made: true);
    }

    private async Task<int?> PlaceOfNewAsync(JobRow job, CancellationToken cancellation) =>
        await trouble.AsideAsync(token => store.PlacesAsync(job.OwnerId, token), cancellation) is { } places ? PlaceIn(places, job) : null;

    private static VideoRow NewVideoRow(NewVideo accepted, Guid jobId, DateTimeOffset now) => new()
    {
        Id = accepted.Id,
        OwnerId = accepted.OwnerId,
        Name = accepted.Name,
        Bytes = accepted.Bytes,
        Sha256 = accepted.Sha256,
        Container = accepted.Container,
        SourceKey = accepted.SourceKey,
        CreatedAt = now,
        CurrentJobId = jobId,
    };

    private JobRow NewJob(Guid videoId, Guid owner, string jobOptions, DateTimeOffset now) => NewJob(videoId, owner, jobOptions, now, TraceContext.Current);

    private JobRow NewJob(Guid videoId, Guid owner, string jobOptions, DateTimeOffset now, TraceContext? trace) => new()
    {
        Id = ids.New(),
        VideoId = videoId,
        OwnerId = owner,
        Options = jobOptions,
        CreatedAt = now,
        State = JobState.Pending,
        NextRunAt = now,
        Revision = 1,
        TraceParent = trace?.Parent,
        TraceState = trace?.State,
    };

    private static int? PlaceIn(IReadOnlyDictionary<Guid, int> places, JobRow job) => places.TryGetValue(job.Id, out var place) ? place : null;

    private async Task<IReadOnlyDictionary<Guid, int>> PlacesAsync(Guid owner, IReadOnlyList<LedgerEntry> shown, CancellationToken cancellation) =>
        shown.Any(entry => entry.Job.State == JobState.Pending) ? await store.PlacesAsync(owner, cancellation) : new Dictionary<Guid, int>();
}
