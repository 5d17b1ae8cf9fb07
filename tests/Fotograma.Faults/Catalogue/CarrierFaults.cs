using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>The worst of the other faults where events go through something else than RabbitMQ: Kafka (K), SQS (Q), the database itself (E); and Redis (P) for signals.</summary>
internal static class CarrierFaults
{
    // Many times the pause after which a consumer that lost its transport looks.
    private const double LookSeconds = 5;
    private const double LongSeconds = 40;
    private const string RanOnce = "the long job was claimed once, was begun once and has its images";
    private const string Away = "what carries events was away";
    private const string Repeated = "events came again on Kafka";
    private const string ForgottenWithEvents = "events waited for notify when they were forgotten";
    private const string KeptTwice = "events were kept that had been kept before";
    private const string RedisKilled = "Redis was killed";
    private static readonly Proof ConsumersLostIt = Proof.Said("lost its transport and tries again");
    private static readonly Proof ToldAgain = Proof.Said("jobs were told again");

    public static IEnumerable<Mishap> All =>
    [
        .. WorkerDeaths("K", CarrierKind.Kafka), .. WorkerDeaths("Q", CarrierKind.Sqs), .. WorkerDeaths("E", CarrierKind.Database),
        new("K19", "Kafka's brokers are away for ten seconds", CarrierIsAwayAsync) { Carrier = CarrierKind.Kafka, Happened = [Proof.Noted(Away), Proof.Said("The transport of events does not answer"), Proof.Noted(Trial.Joined)] },
        new("K21", "every event on Kafka comes ten times", EventsRepeatAsync) { Carrier = CarrierKind.Kafka, Happened = [Proof.Noted(Repeated) with { AtLeast = 90 }] },
        new("K20b", "Kafka's topics are deleted while events wait in them, and an operator makes them again", TopicsAreDeletedAsync)
        {
            Carrier = CarrierKind.KafkaByHand, Happened = [ConsumersLostIt, Proof.Noted(ForgottenWithEvents), ToldAgain],
        },
        new("Q19", "SQS is away for ten seconds, and has forgotten everything", CarrierIsAwayAsync) { Carrier = CarrierKind.Sqs, Happened = [Proof.Noted(Away), ConsumersLostIt, Proof.Noted(Trial.Joined)] },
        new("Q20b", "SQS forgets everything while events wait in it", QueuesAreForgottenAsync) { Carrier = CarrierKind.Sqs, Happened = [ConsumersLostIt, Proof.Noted(ForgottenWithEvents), ToldAgain] },
        new("Q25", "answers of SQS are lost, and the connections with them", trial => AnswersAreLostAsync(trial, inSilence: false)) { Carrier = CarrierKind.Sqs, Happened = [Proof.Struck(Target.Broker) with { AtLeast = 5 }] },
        new("Q25b", "answers of SQS are lost in silence, on connections that stay open", trial => AnswersAreLostAsync(trial, inSilence: true))
        {
            Carrier = CarrierKind.Sqs, Happened = [Proof.Struck(Target.Broker) with { AtLeast = 5 }], Settings = new Dictionary<string, string> { ["Sqs__CallSecondsMax"] = "2" },
        },
        new("K25", "Kafka keeps what it is given, and its confirmations come too late", ConfirmationsComeTooLateAsync)
        {
            Carrier = CarrierKind.Kafka, Happened = [Proof.Said("Timed out ProduceRequest in flight"), Proof.Noted(KeptTwice)],
            Settings = new Dictionary<string, string> { ["Kafka__RequestTimeoutSeconds"] = "2", ["Kafka__PublishTimeoutSeconds"] = "5", ["Logging__LogLevel__Fotograma.Messaging.Kafka"] = "Debug" },
        },
        .. LongJobs,
        new("P1", "kill -9 of Redis, which comes back empty", RedisDiesAsync) { Redis = true, Happened = [Proof.Noted(RedisKilled), Proof.Said("does not answer:")] },
    ];

    private static IEnumerable<Mishap> LongJobs => new (string Id, CarrierKind Carrier)[] { ("F56", CarrierKind.RabbitMq), ("K56", CarrierKind.Kafka), ("Q56", CarrierKind.Sqs) }.Select(
        place => new Mishap(place.Id, $"a job takes {LongSeconds:0} seconds, eight times what a message may be in hand, on {place.Carrier}", DecoderTakesLongAsync)
        {
            Carrier = place.Carrier, CostsNoAttempt = true, Happened = [Proof.Noted(RanOnce)],
            Settings = new Dictionary<string, string> { ["Messaging__VisibilityTimeoutSeconds"] = "5", ["Decoder__Limits__NoProgressSecondsMax"] = "120" },
        });

    private static IEnumerable<Mishap> WorkerDeaths(string letter, CarrierKind carrier)
    {
        (string Number, string When, string Step)[] deaths =
            [("2", "after a claim", "job.claimed"), ("6", "after the result is stored, before it is committed", "job.stored"), ("7", "after the commit", "job.ended")];
        return deaths.Select(death => new Mishap($"{letter}{death.Number}", $"kill -9 of a worker {death.When}, on {carrier}", trial => trial.WorkerDiesAtAsync(death.Step))
        {
            Carrier = carrier,
            Happened = [Proof.Noted($"killed at {death.Step}")],
        });
    }

    // A decoder that does nothing for so long is as good as one that has so much to do: the worker beside it lives.
    private static async Task DecoderTakesLongAsync(Trial trial)
    {
        var job = await trial.UploadLongAsync();
        var (_, decoder) = await trial.DecodingAsync();
        await ProductProcess.FreezeDecoderAsync(decoder);
        await trial.LoadAsync(6);
        await trial.PassAsync(LongSeconds);
        await ProductProcess.ThawDecoderAsync(decoder);
        await trial.RestsAsync();
        var end = (await trial.Deployment.Truth.JobsAsync(trial.Cancellation)).Find(found => found.Id == job);
        if (end is { State: States.Completed, Attempt: 1, Epoch: 1, Frames: > 0 }) trial.Note(RanOnce);
    }

    private static async Task CarrierIsAwayAsync(Trial trial)
    {
        var load = trial.LoadAsync(6);
        await trial.PassSomeAsync();
        await trial.Deployment.Carrier.LoseAsync();
        trial.Note(Away);
        var more = Task.WhenAll(trial.LoadAsync(6, atOnce: 1), trial.JoinAsync());
        await trial.PassAsync(10);
        await trial.Deployment.Carrier.RestoreAsync(trial.Cancellation);
        await Task.WhenAll(load, more);
        await trial.LoadAsync(4);
    }

    // Made again before somebody looked, nobody could have seen that they were gone: see what docs/drivers.md says of that. A consumer that lost its
    // transport looks after its pause, and says of what it finds only what it has not said before: what shows that it looked is that everything is told again.
    private static async Task TopicsAreDeletedAsync(Trial trial)
    {
        var carrier = (KafkaCarrier)trial.Deployment.Carrier;
        await trial.LeaveEventsWaitingAsync();
        var before = await ConsumersLostIt.CountAsync(trial);
        await carrier.DeleteTopicsAsync();
        trial.Note(ForgottenWithEvents);
        await trial.UntilAsync(async _ => await ConsumersLostIt.CountAsync(trial) > before);
        await trial.PassAsync(LookSeconds);
        await carrier.MakeTopicsAsync();
        await trial.ComeBackAsync();
    }

    private static async Task QueuesAreForgottenAsync(Trial trial)
    {
        await trial.LeaveEventsWaitingAsync();
        await trial.Deployment.Carrier.LoseAsync();
        trial.Note(ForgottenWithEvents);
        await trial.Deployment.Carrier.RestoreAsync(trial.Cancellation);
        await trial.ComeBackAsync();
    }

    private static async Task EventsRepeatAsync(Trial trial)
    {
        await using var tamper = await ((KafkaCarrier)trial.Deployment.Carrier).TamperAsync(trial.Cancellation);
        await trial.LoadAsync(10);
        await trial.UntilAsync(_ => Task.FromResult(tamper.Repeated >= 90));
        trial.Note(Repeated, tamper.Repeated);
    }

    private static async Task AnswersAreLostAsync(Trial trial, bool inSilence)
    {
        var before = trial.Deployment.Links.Struck(Target.Broker);
        trial.Deployment.Links.LoseReplies(Target.Broker, share: 0.1, trial.Chance, inSilence);
        var load = trial.LoadAsync(10);
        await trial.UntilAsync(_ => Task.FromResult(trial.Deployment.Links.Struck(Target.Broker) >= before + 5));
        await load;
        trial.Deployment.Links.Heal();
    }

    // Longer than a question may take, and than a publication.
    private static async Task ConfirmationsComeTooLateAsync(Trial trial)
    {
        var carrier = (KafkaCarrier)trial.Deployment.Carrier;
        var before = carrier.Kept();
        await carrier.ConfirmLateAsync(times: 3, TimeSpan.FromSeconds(6));
        await trial.LoadAsync(10);
        await trial.RestsAsync();
        await trial.UntilAsync(trial.IsAllToldAsync);
        // One for the beginning of each job and one for its end; what is above was published again.
        trial.Note(KeptTwice, carrier.Kept() - before - (2 * 10));
    }

    private static async Task RedisDiesAsync(Trial trial)
    {
        var load = trial.LoadAsync(6);
        await trial.PassSomeAsync();
        await trial.Deployment.Redis!.KillAsync();
        trial.Note(RedisKilled);
        var more = trial.LoadAsync(6);
        await trial.PassAsync(5);
        await trial.Deployment.Redis!.StartAgainAsync(trial.Cancellation);
        await Task.WhenAll(load, more);
        await trial.LoadAsync(4);
    }
}
