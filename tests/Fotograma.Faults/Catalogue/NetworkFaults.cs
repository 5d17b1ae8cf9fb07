using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;
using Fotograma.Peers.Faults;

namespace Fotograma.Faults.Catalogue;

/// <summary>Links that swallow, cut and crawl; clocks that are wrong; a mail server with moods.</summary>
internal static class NetworkFaults
{
    private const double LeaseSeconds = Deployment.LeaseSeconds;
    private const string Crawled = "crawling uploads sent something while others were accepted";
    private const string CutOffWithJob = "a worker was cut off with a job in hand";
    internal const string ClockFaked = "a worker ran jobs by a wrong clock";
    private const int PieceBytes = 4000;

    public static IEnumerable<Mishap> All =>
    [
        new("F45", "the links to the broker and to the database are black holes in turn", LinksSwallowAsync) { Happened = [Proof.Struck(Target.Broker), Proof.Struck(Target.Database)] },
        new("F46", "answers are cut in the middle of a download", DownloadsAreCutAsync)
        {
            Happened = [Proof.Of("downloads were cut", trial => trial.Deployment.Links.Api.Struck) with { AtLeast = 3 }],
        },
        new("F47", "uploads that crawl beside others", UploadsCrawlAsync) { Happened = [Proof.Noted(Crawled) with { AtLeast = 6 }] },
        new("F48", "a worker is cut off from the database, not from its files", WorkerIsCutOffAsync) { Happened = [Proof.Struck(Target.Database), Proof.Noted(CutOffWithJob)] },
        new("F49", "a worker's clock is an hour fast", trial => ClockIsWrongAsync(trial, "+1h")) { Happened = [Proof.Noted(ClockFaked)] },
        new("F49b", "a worker's clock is an hour slow", trial => ClockIsWrongAsync(trial, "-1h")) { Happened = [Proof.Noted(ClockFaked)] },
        new("F51", "mail server defers, refuses the sender, hangs and hangs up", MailServerHasMoodsAsync)
        {
            Happened = [Proof.Of("mails were put off", trial => trial.Deployment.Mail.Deferred), Proof.Of("senders were refused", trial => trial.Deployment.Mail.Refused), Proof.Of("mails were taken without a word", trial => trial.Deployment.Mail.TakenInSilence)],
        },
    ];

    private static async Task LinksSwallowAsync(Trial trial)
    {
        var load = trial.LoadAsync(12, atOnce: 2);
        trial.Deployment.Links.Set(Target.Broker, new Fault.Blackhole());
        await trial.PassAsync(4);
        trial.Deployment.Links.Heal();
        trial.Deployment.Links.Set(Target.Database, new Fault.Blackhole());
        await trial.PassAsync(4);
        trial.Deployment.Links.Heal();
        await load;
        await trial.LoadAsync(4);
    }

    private static async Task DownloadsAreCutAsync(Trial trial)
    {
        await trial.LoadAsync(4);
        await trial.RestsAsync();
        var api = trial.Deployment.Links.Api;
        var way = new UriBuilder("http", "127.0.0.1", api.Port).Uri;
        foreach (var job in trial.Crowd.Promises.Accepted.Keys.Take(4))
        {
            if (!await trial.Crowd.DownloadInPiecesAsync(job, way, () => api.Fault = new Fault.CutAfter(PieceBytes), trial.Cancellation))
                throw new InvalidOperationException($"The archive of job {job} came in pieces that do not fit.");
        }
    }

    private static async Task UploadsCrawlAsync(Trial trial)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(trial.Cancellation);
        var crawling = Enumerable.Range(0, 6).Select(_ => trial.Crowd.CrawlAsync(enough.Token)).ToList();
        await trial.LoadAsync(10);
        await trial.PassAsync(2);
        await enough.CancelAsync();
        trial.Note(Crawled, (await Task.WhenAll(crawling)).Sum());
    }

    private static async Task WorkerIsCutOffAsync(Trial trial)
    {
        await trial.Deployment.StopWorkersAsync();
        await trial.Deployment.RestartWorkerAsync(0, trial.Cancellation);
        var load = trial.LoadAsync(3);
        var slow = trial.UploadLongAsync();
        var (worker, decoder) = await trial.DecodingAsync();
        trial.Deployment.Links.SetDatabaseOf("worker-0", new Fault.Blackhole());
        if (worker.Decoders().Contains(decoder)) trial.Note(CutOffWithJob);
        await trial.Deployment.RestartWorkerAsync(1, trial.Cancellation);
        await trial.PassAsync(2 * LeaseSeconds);
        trial.Deployment.Links.Heal();
        await load;
        await slow;
    }

    internal static async Task ClockIsWrongAsync(Trial trial, string shift)
    {
        await trial.Deployment.Workers[0].StopAsync();
        await trial.Deployment.Workers[1].StopAsync();
        var worker = await trial.Deployment.StartWorkerAsync(0, new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
            ["FAKETIME"] = shift,
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        }, trial.Cancellation);
        var slow = trial.UploadLongAsync();
        await trial.DecodingAsync();
        if (worker.HasLoaded("libfaketime")) trial.Note(ClockFaked);
        await trial.Deployment.RestartWorkerAsync(1, trial.Cancellation);
        await trial.LoadAsync(8);
        await slow;
        await trial.PassAsync(2);
        await trial.Deployment.RestartWorkerAsync(0, trial.Cancellation);
    }

    private static async Task MailServerHasMoodsAsync(Trial trial)
    {
        var mail = trial.Deployment.Mail;
        var (deferred, silent, refused) = (mail.Deferred, mail.TakenInSilence, mail.Refused);
        mail.IsMoody = true;
        await trial.LoadAsync(6);
        await trial.UntilAsync(_ => Task.FromResult(mail.Deferred > deferred && mail.TakenInSilence > silent && mail.Refused > refused));
        await trial.PassAsync(2);
        mail.IsMoody = false;
    }
}
