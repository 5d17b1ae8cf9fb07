using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Fotograma.Jobs;
using Fotograma.Jobs.Catalogue;
using Fotograma.Video.Jobs;

namespace Fotograma.Video.Live;

/// <summary>
/// Follows one owner's jobs. Signals say at once that something changed; because signals may be lost (and cross processes only where something carries them), the view also looks
/// at the ledger from time to time. A job is sent whole whenever its revision or its place in the queue is news, so a client that missed one state of it
/// needs no replay. That a video was removed is told by a signal alone: a list that missed it finds out when it is fetched again.
/// </summary>
internal sealed class LiveView(VideoCatalogue catalogue, JobSignals signals, TimeProvider clock)
{
    private const int ActiveJobsMax = 200;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private static readonly (long Revision, int? Place) NotTold = (-1, null);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    // Several changes that come close together are one event: the newest state is all that counts.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(200);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public async IAsyncEnumerable<SseItem<string>> WatchAsync(Guid owner, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var listener = signals.ListenTo(owner);
        var known = new Dictionary<Guid, (long Revision, int? Place)>();
        // Before the reader is told to look for itself: a job that ends between that look and the first one here would otherwise be told to nobody where no signal comes.
        foreach (var job in await catalogue.ListActiveAsync(owner, ActiveJobsMax, cancellation)) known[job.Id] = NotTold;
        var sentAt = clock.GetTimestamp();
        yield return new SseItem<string>("{}", "hello") { ReconnectionInterval = TimeSpan.FromSeconds(2) };
        while (!cancellation.IsCancellationRequested)
        {
            IReadOnlyList<SseItem<string>> news;
            try
            {
                var heard = await HearAsync(listener.Signals, cancellation);
                news = await NewsAsync(owner, heard, known, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                yield break;
            }
            foreach (var item in news) yield return item;
            if (news.Count > 0) sentAt = clock.GetTimestamp();
            if (clock.GetElapsedTime(sentAt) < PingInterval) continue;
            sentAt = clock.GetTimestamp();
            yield return new SseItem<string>("{}", "ping");
        }
    }

    private async Task<HashSet<string>> HearAsync(System.Threading.Channels.ChannelReader<string> heard, CancellationToken cancellation)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        using (var look = new CancellationTokenSource(LookInterval, clock))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(look.Token, cancellation))
        {
            try
            {
                words.Add(await heard.ReadAsync(either.Token));
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return words;
            }
        }
        await Task.Delay(Gather, clock, cancellation);
        while (heard.TryRead(out var more)) words.Add(more);
        return words;
    }

    private async Task<IReadOnlyList<SseItem<string>>> NewsAsync(
        Guid owner, HashSet<string> heard, Dictionary<Guid, (long Revision, int? Place)> known, CancellationToken cancellation)
    {
        var news = new List<SseItem<string>>();
        foreach (var removed in Ids(heard, "removed ")) news.Add(new SseItem<string>(JsonSerializer.Serialize(new { videoId = removed }, Json), "removed"));

        var active = await catalogue.ListActiveAsync(owner, ActiveJobsMax, cancellation);
        foreach (var job in active) Tell(job, known, news);
        var ended = known.Keys.Concat(Ids(heard, "job ")).Except(active.Select(job => job.Id)).ToList();
        foreach (var id in ended)
        {
            var job = await catalogue.FindJobAsync(owner, id, cancellation);
            if (job is not null) Tell(job, known, news);
            known.Remove(id);
        }
        return news;
    }

    private static IEnumerable<Guid> Ids(HashSet<string> heard, string word) => heard
        .Where(text => text.StartsWith(word, StringComparison.Ordinal)).Select(text => Guid.Parse(text.AsSpan(word.Length)));

    private static void Tell(JobView job, Dictionary<Guid, (long Revision, int? Place)> known, List<SseItem<string>> news)
    {
        var state = (job.Revision, job.QueuePosition);
        if (known.TryGetValue(job.Id, out var last) && last == state) return;
        known[job.Id] = state;
        news.Add(new SseItem<string>(JsonSerializer.Serialize(JobJson.Of(job), Json), "job"));
    }
}
