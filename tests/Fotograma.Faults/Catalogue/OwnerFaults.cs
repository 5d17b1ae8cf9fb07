using System.Diagnostics;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>Processes that die between what an owner wishes and the answer.</summary>
internal static class OwnerFaults
{
    private const string StayedCancelled = "the job that was decoded then is cancelled";
    private const string RunsAgain = "a video has another job that nobody was promised";
    private const string AnsweredAgain = "the video ran once more, with an answer";
    private const string KnownByNewName = "notify knows the person by the new name";
    private const string StoppedSoon = "no decoder was at work a few seconds after the cancellation that nobody told the worker of";
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(10);
    private const int CancelTurnsMax = 5;

    public static IEnumerable<Mishap> All =>
    [
        new("F7j", "kill -9 of the API after a job that is being decoded is cancelled, before the answer", CancellingApiDiesAsync)
        {
            Happened = [Proof.Noted("killed at job.cancelled"), Proof.Noted(StayedCancelled), Proof.Noted(StoppedSoon)],
        },
        new("F7k", "kill -9 of the API after a video is to run again, before the answer", RepeatingApiDiesAsync) { Happened = [Proof.Noted("killed at job.repeated"), Proof.Noted(RunsAgain), Proof.Noted(AnsweredAgain)] },
        new("F7m", "kill -9 of auth after a person's new name is committed, before the answer", RenamingApiDiesAsync) { Happened = [Proof.Noted("killed at account.changed"), Proof.Noted(KnownByNewName)] },
        new("F7l", "kill -9 of notify after how to reach a person is written down, before that is settled", trial => trial.ApiDiesAtAsync("person.known"))
        {
            Happened = [Proof.Noted("killed at person.known")],
        },
    ];

    // A job that ends before it is cancelled was too quick; then there is nothing that dies.
    private static async Task CancellingApiDiesAsync(Trial trial)
    {
        var doomed = await trial.Deployment.RestartApiAsync(Trial.Killer("job.cancelled"), trial.Cancellation);
        for (var turn = 0; turn < CancelTurnsMax && doomed.IsAlive; turn++)
        {
            var job = await trial.UploadLongAsync() ?? throw new InvalidOperationException("The upload was not accepted.");
            await trial.UntilAsync(async token => (await trial.Deployment.Truth.LeasedAsync(token)).Exists(lease => lease.Job == job));
            await trial.DecodingAsync();
            await trial.Crowd.CancelAsync(job, trial.Cancellation);
            var clock = Stopwatch.StartNew();
            await trial.RestsAsync();
            await trial.UntilAsync(_ => Task.FromResult(trial.Deployment.Workers.All(worker => worker.Decoders().Count == 0)));
            if (clock.Elapsed < StopMax) trial.Note(StoppedSoon);
            if ((await trial.Deployment.Truth.JobsAsync(trial.Cancellation)).Exists(found => found.Id == job && found.State == States.Cancelled)) trial.Note(StayedCancelled);
        }
        await trial.DiesAsync(doomed, "job.cancelled");
        await trial.ComeBackAsync();
    }

    // The first time nobody gets an answer; the second time, when that has ended, somebody does.
    private static async Task RepeatingApiDiesAsync(Trial trial)
    {
        await trial.LoadAsync(3);
        await trial.RestsAsync();
        var job = trial.Crowd.Promises.Accepted.Keys.First();
        var doomed = await trial.Deployment.RestartApiAsync(Trial.Killer("job.repeated"), trial.Cancellation);
        await trial.Crowd.RunAgainAsync(job, trial.Cancellation);
        await trial.DiesAsync(doomed, "job.repeated");
        var jobs = await trial.Deployment.Truth.JobsAsync(trial.Cancellation);
        trial.Note(RunsAgain, jobs.Count(found => found.VideoId == trial.Crowd.Promises.Accepted[job] && !trial.Crowd.Promises.Accepted.ContainsKey(found.Id)));
        await trial.ComeBackAsync();
        await trial.RestsAsync();
        var before = trial.Crowd.Promises.Accepted.Count;
        await trial.Crowd.RunAgainAsync(job, trial.Cancellation);
        trial.Note(AnsweredAgain, trial.Crowd.Promises.Accepted.Count - before);
    }

    private static async Task RenamingApiDiesAsync(Trial trial)
    {
        var doomed = await trial.Deployment.RestartApiAsync(Trial.Killer("account.changed"), trial.Cancellation);
        var name = $"Person {trial.Chance.Next():x}";
        await trial.Crowd.RenameAsync(name, trial.Cancellation);
        await trial.DiesAsync(doomed, "account.changed");
        await trial.ComeBackAsync();
        await trial.UntilAsync(async token => await trial.Deployment.Sql.CountOnNoticesAsync($"""SELECT count(*) FROM contacts WHERE "Name" = '{name}'""", token) == 1);
        trial.Note(KnownByNewName);
    }
}
