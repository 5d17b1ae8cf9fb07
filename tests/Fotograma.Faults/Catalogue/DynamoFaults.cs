using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>The worst of the other faults where jobs and notifications are kept in DynamoDB (D), which has no clock, no locks and no words of its own when they run out.</summary>
internal static class DynamoFaults
{
    private const string Thinned = "some runs of the video were gone, and the newest was not";
    private const string DeletedAtLast = "the video was gone when its owner asked again";
    private const int RunsBeyondOneWrite = 36;
    private const string StoodStill = "DynamoDB stood still with jobs in hand";

    public static IEnumerable<Mishap> All =>
    [
        WorkerDies("D2", "after a claim", "job.claimed"),
        WorkerDies("D6", "after the result is stored, before it is committed", "job.stored"),
        WorkerDies("D7", "after the commit", "job.ended"),
        ApiDies("D7b", "kill -9 of the relay after it read the outbox", "relay.read"),
        ApiDies("D7c", "kill -9 of the relay after it published", "relay.published"),
        ApiDies("D7e", "kill -9 of notify before a mail is sent", "notice.taken"),
        ApiDies("D7f", "kill -9 of notify after a mail was sent, before that is noted", "notice.sent"),
        new("D7g", "kill -9 of the API between two writes that delete a video which ran more often than one write can hold, on DynamoDB", DeletingApiDiesAsync)
        {
            Ledger = LedgerKind.DynamoDb, Happened = [Proof.Noted("killed at video.thinned"), Proof.Noted(Thinned), Proof.Noted(DeletedAtLast)],
        },
        ApiDies("D15", "kill -9 of the API after accepting, before the answer", "upload.accepted", 3),
        OnDynamo("D9", ProcessFaults.WorkerStandsStill),
        OnDynamo("D9b", ProcessFaults.WorkerComesTooLate),
        OnDynamo("D10", ProcessFaults.WorkersAreStopped),
        OnDynamo("D11", ProcessFaults.OneVideoEndsItsWorkers),
        new("D29", "DynamoDB stands still for twenty seconds", StoreStandsStillAsync) { Ledger = LedgerKind.DynamoDb, Happened = [Proof.Noted(StoodStill), Proof.Refused(503)] },
        new("D36", "DynamoDB does what it is asked, and one answer of twenty is lost, and the connection with it", trial => AnswersAreLostAsync(trial, inSilence: false))
        {
            Ledger = LedgerKind.DynamoDb, Happened = [Proof.Struck(Target.Database) with { AtLeast = 10 }],
        },
        new("D36b", "DynamoDB does what it is asked, and one answer of twenty is lost in silence, on a connection that stays open", trial => AnswersAreLostAsync(trial, inSilence: true))
        {
            Ledger = LedgerKind.DynamoDb, Happened = [Proof.Struck(Target.Database) with { AtLeast = 10 }],
        },
        new("D49", "a worker's clock is an hour fast, on DynamoDB", trial => NetworkFaults.ClockIsWrongAsync(trial, "+1h")) { Ledger = LedgerKind.DynamoDb, Happened = [Proof.Noted(NetworkFaults.ClockFaked)] },
        new("D49b", "a worker's clock is an hour slow, on DynamoDB", trial => NetworkFaults.ClockIsWrongAsync(trial, "-1h")) { Ledger = LedgerKind.DynamoDb, Happened = [Proof.Noted(NetworkFaults.ClockFaked)] },
    ];

    private static Mishap OnDynamo(string id, Mishap mishap) => mishap with { Id = id, Title = $"{mishap.Title}, on DynamoDB", Ledger = LedgerKind.DynamoDb };

    private static Mishap WorkerDies(string id, string when, string step) => OnDynamo(id, ProcessFaults.WorkerDies(id, when, step));

    private static Mishap ApiDies(string id, string title, string step, int turnMax = 1) => OnDynamo(id, ProcessFaults.ApiDies(id, title, step, turnMax));

    private static async Task DeletingApiDiesAsync(Trial trial)
    {
        await trial.LoadAsync(2);
        await trial.RestsAsync();
        var (job, video) = trial.Crowd.Promises.Accepted.First(pair => !trial.Crowd.Promises.Deleted.Contains(pair.Value));
        for (var run = 1; run < RunsBeyondOneWrite; run++)
        {
            await trial.Crowd.RunAgainAsync(job, trial.Cancellation);
            await trial.RestsAsync();
        }
        var doomed = await trial.Deployment.RestartApiAsync(Trial.Killer("video.thinned"), trial.Cancellation);
        await trial.Crowd.DeleteAsync(video, trial.Cancellation);
        await trial.DiesAsync(doomed, "video.thinned");
        if (await RunsAsync(trial.Cancellation) is > 0 and < RunsBeyondOneWrite) trial.Note(Thinned);
        await trial.ComeBackAsync();
        await trial.Crowd.DeleteAsync(video, trial.Cancellation);
        if (await RunsAsync(trial.Cancellation) == 0) trial.Note(DeletedAtLast);

        async Task<int> RunsAsync(CancellationToken token) => (await trial.Deployment.Truth.JobsAsync(token)).Count(one => one.VideoId == video);
    }

    private static async Task StoreStandsStillAsync(Trial trial)
    {
        var load = trial.LoadAsync(8);
        await trial.BusyAsync();
        trial.Deployment.Dynamo!.Freeze();
        trial.Note(StoodStill);
        var more = trial.LoadAsync(3);
        await trial.PassAsync(20);
        trial.Deployment.Dynamo!.Thaw();
        await Task.WhenAll(load, more);
        await trial.LoadAsync(4);
    }

    private static async Task AnswersAreLostAsync(Trial trial, bool inSilence)
    {
        var before = trial.Deployment.Links.Struck(Target.Database);
        trial.Deployment.Links.LoseReplies(Target.Database, share: 0.05, trial.Chance, inSilence);
        var load = trial.LoadAsync(12);
        await trial.UntilAsync(_ => Task.FromResult(trial.Deployment.Links.Struck(Target.Database) >= before + 10));
        await load;
        trial.Deployment.Links.Heal();
    }
}
