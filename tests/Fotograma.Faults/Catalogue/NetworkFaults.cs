using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;
using Fotograma.Peers.Faults;

namespace Fotograma.Faults.Catalogue;

/// <summary>Links that swallow, cut and crawl; clocks that are wrong; a mail server with moods.</summary>
internal static class NetworkFaults
{
    private const double LeaseSeconds = 3;

    public static IEnumerable<Mishap> All =>
    [
        new("F45", "every link is a black hole in turn", LinksSwallowAsync),
        new("F46", "answers are cut in the middle of a download", DownloadsAreCutAsync),
        new("F47", "uploads that crawl beside others", UploadsCrawlAsync),
        new("F48", "a worker is cut off from the database, not from its files", WorkerIsCutOffAsync),
        new("F49", "a worker's clock is an hour fast", trial => ClockIsWrongAsync(trial, "+1h")),
        new("F49b", "a worker's clock is an hour slow", trial => ClockIsWrongAsync(trial, "-1h")),
        new("F51", "mail server defers, hangs and hangs up", MailServerHasMoodsAsync) { MailsToServer = true },
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
        await trial.LoadAsync(2);
        await trial.RestsAsync();
        foreach (var job in trial.Crowd.Accepted.Keys.Take(3))
        {
            if (!await trial.Crowd.DownloadInPiecesAsync(job, trial.Chance, trial.Cancellation)) throw new InvalidOperationException($"The archive of job {job} came in pieces that do not fit.");
        }
    }

    private static async Task UploadsCrawlAsync(Trial trial)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(trial.Cancellation);
        var crawling = Enumerable.Range(0, 6).Select(_ => trial.Crowd.CrawlAsync(enough.Token)).ToList();
        await trial.LoadAsync(10);
        await enough.CancelAsync();
        await Task.WhenAll(crawling);
    }

    private static async Task WorkerIsCutOffAsync(Trial trial)
    {
        await trial.Deployment.StopWorkersAsync();
        await trial.Deployment.RestartWorkerAsync(0, trial.Cancellation);
        var load = trial.LoadAsync(3);
        var slow = trial.UploadLongAsync();
        await trial.BusyAsync();
        trial.Deployment.Links.SetDatabaseOf("worker-0", new Fault.Blackhole());
        await trial.Deployment.RestartWorkerAsync(1, trial.Cancellation);
        await trial.PassAsync(2 * LeaseSeconds);
        trial.Deployment.Links.Heal();
        await load;
        await slow;
    }

    private static async Task ClockIsWrongAsync(Trial trial, string shift)
    {
        await trial.Deployment.Workers[0].StopAsync();
        await trial.Deployment.StartWorkerAsync(0, new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
            ["FAKETIME"] = shift,
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        }, trial.Cancellation);
        await trial.LoadAsync(8);
        await trial.PassAsync(2);
        await trial.Deployment.RestartWorkerAsync(0, trial.Cancellation);
    }

    private static async Task MailServerHasMoodsAsync(Trial trial)
    {
        trial.Deployment.Mail!.IsMoody = true;
        await trial.LoadAsync(6);
        await trial.PassAsync(4);
        trial.Deployment.Mail!.IsMoody = false;
    }
}
