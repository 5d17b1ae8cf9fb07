using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;
using Fotograma.Peers.S3;

namespace Fotograma.Faults.Catalogue;

/// <summary>
/// The worst of the other faults where nothing is shared but servers: blobs in S3 and signals through Redis, with PostgreSQL and RabbitMQ (T) or DynamoDB and SQS (U).
/// </summary>
internal static class TogetherFaults
{
    private const double OneInTwenty = 0.05;
    private const string WorstOfAll = "store, broker and a worker were in trouble at once";

    public static IEnumerable<Mishap> All =>
    [
        .. Faults("T").Select(mishap => mishap with { Title = $"{mishap.Title}, on PostgreSQL, RabbitMQ, S3 and Redis", Disk = DiskKind.ObjectStore, Redis = true }),
        .. Faults("U").Select(mishap => mishap with
        {
            Title = $"{mishap.Title}, on DynamoDB, SQS, S3 and Redis", Disk = DiskKind.ObjectStore, Redis = true, Ledger = LedgerKind.DynamoDb, Carrier = CarrierKind.Sqs,
        }),
    ];

    private static IEnumerable<Mishap> Faults(string letter) =>
    [
        ProcessFaults.WorkerDies($"{letter}6", "after the result is stored, before it is committed", "job.stored"),
        ProcessFaults.WorkerStandsStill with { Id = $"{letter}9" },
        ProcessFaults.EverythingDies with { Id = $"{letter}16" },
        new($"{letter}33", "executed, but the answer is lost, for one call in twenty of the database, of the broker and of the store", EverybodyLosesAnswersAsync)
        {
            Happened = [.. LostAnswers],
        },
        new($"{letter}99", "answers of the database are lost while the broker and Redis are killed and a worker dies", EverythingIsInTroubleAsync)
        {
            Happened = [Proof.Noted(WorstOfAll), Proof.Struck(Target.Database) with { AtLeast = 5 }],
        },
    ];

    private static IEnumerable<Proof> LostAnswers => [Proof.Struck(Target.Database) with { AtLeast = 10 }, Proof.Struck(Target.Broker) with { AtLeast = 3 }, StorageFaults.Troubled];

    private static async Task EverybodyLosesAnswersAsync(Trial trial)
    {
        var deployment = trial.Deployment;
        var wanted = LostAnswers.ToList();
        var before = await Task.WhenAll(wanted.Select(proof => proof.CountAsync(trial)));
        foreach (var target in (Target[])[Target.Database, Target.Broker]) deployment.Links.LoseReplies(target, OneInTwenty, trial.Chance);
        deployment.Store!.MakeTrouble(OneInTwenty, trial.Chance, Trouble.LostReply, Trouble.SilentReply, Trouble.ExecutedButFailed);
        await trial.LoadAsync(24);
        foreach (var (proof, count) in wanted.Zip(before)) await trial.LoadUntilAsync(proof, count);
        deployment.Links.Heal();
        deployment.Store!.Trouble.Heal();
    }

    private static async Task EverythingIsInTroubleAsync(Trial trial)
    {
        var deployment = trial.Deployment;
        var before = deployment.Links.Struck(Target.Database);
        var slow = trial.UploadLongAsync();
        var load = trial.LoadAsync(10);
        var (busy, _) = await trial.DecodingAsync();
        deployment.Links.LoseReplies(Target.Database, share: 0.05, trial.Chance);
        await Task.WhenAll(deployment.Carrier.LoseAsync(), deployment.Redis!.KillAsync(), busy.KillAsync());
        trial.Note(WorstOfAll);
        await trial.UntilAsync(_ => Task.FromResult(deployment.Links.Struck(Target.Database) >= before + 5));
        await Task.WhenAll(deployment.Carrier.RestoreAsync(trial.Cancellation), deployment.Redis!.StartAgainAsync(trial.Cancellation));
        deployment.Links.Heal();
        await load;
        await slow;
        await trial.LoadAsync(4);
    }
}
