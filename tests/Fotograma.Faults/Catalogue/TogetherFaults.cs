using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>
/// The worst of the other faults where nothing is shared but servers: blobs in S3 and signals through Redis, with PostgreSQL and RabbitMQ (T) or DynamoDB and SQS (U).
/// </summary>
internal static class TogetherFaults
{
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
        new($"{letter}99", "answers of the database are lost while the broker and Redis are killed and a worker dies", EverythingIsInTroubleAsync)
        {
            Happened = [Proof.Noted(WorstOfAll), Proof.Struck(Target.Database) with { AtLeast = 5 }],
        },
    ];

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
