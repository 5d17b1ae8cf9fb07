using System.Text.Json.Nodes;
using Fotograma.Faults.Checking;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>Processes that die between the two writes of an event that is put off, given up or given once more: it is in two places then, and must not be in none.</summary>
internal static class GivenUpFaults
{
    private static readonly Proof Refused = Proof.DatabaseSaid("none today");
    private const string ToldOfAll = "everybody was told of everything after what was given up had been given once more";
    private const string SetAside = "an event that nobody can read was put aside, once";
    private const string PutBack = "an event that was put aside waited again";
    private static readonly string[] Groups = ["auth", "notify", "video", "worker"];
    private static readonly TimeSpan GivenMax = TimeSpan.FromSeconds(150);
    private const int TurnMax = 3;

    // One failure is enough.
    private static readonly Dictionary<string, string> Impatient = new() { ["Messaging__DeliveriesMax"] = "1", ["Messaging__GiveUpMinutes"] = "0" };

    public static IEnumerable<Mishap> All =>
    [
        PutOff("F26b", CarrierKind.RabbitMq), PutOff("K26b", CarrierKind.Kafka),
        GivenUp("F26c", CarrierKind.RabbitMq), GivenUp("K26c", CarrierKind.Kafka), GivenUp("Q26c", CarrierKind.Sqs),
        new("F20d", "broker loses all its data while events wait in it, and kill -9 of who tells them again before that is settled", TellerDiesAsync)
        {
            Happened = [Proof.Noted("killed at news.repeated"), Proof.Said("jobs were told again")],
        },
        new("F20e", "broker loses all its data while events wait in it and others listen to them, and kill -9 of who makes the queues anew before a queue gets anything", MakerDiesAsync)
        {
            Happened = [Proof.Noted("killed at queue.made"), Proof.Said("jobs were told again")],
        },
        new("D26d", "kill -9 of a relay that puts an event aside, and of the command that lets one wait again, on DynamoDB", QuarantinerDiesAsync)
        {
            Ledger = LedgerKind.DynamoDb, Happened = [Proof.Noted("killed at event.quarantined"), Proof.Noted(SetAside), Proof.Noted("killed at event.redriven"), Proof.Noted(PutBack)],
        },
    ];

    private static Mishap PutOff(string id, CarrierKind carrier) => new(id, $"kill -9 of notify after it put an event off, before what it came as is settled, on {carrier}", PutterOffDiesAsync)
    {
        Carrier = carrier, Happened = [Refused, Proof.Noted("killed at event.put-off")],
    };

    private static Mishap GivenUp(string id, CarrierKind carrier) =>
        new(id, $"kill -9 of notify after it gave an event up, and of the command that gives it once more, before the original is settled, on {carrier}", BurierDiesAsync)
        {
            Carrier = carrier, Settings = Impatient,
            Happened = [Refused, Proof.Noted("killed at event.buried"), Proof.Noted("killed at event.redriven"), Proof.Noted(ToldOfAll)],
        };

    private static async Task PutterOffDiesAsync(Trial trial)
    {
        await FailAtAsync(trial, "event.put-off");
        await AcceptNoticesAsync(trial);
        await trial.ComeBackAsync();
    }

    private static async Task BurierDiesAsync(Trial trial)
    {
        var deployment = trial.Deployment;
        await FailAtAsync(trial, "event.buried");
        await trial.ComeBackAsync();
        await trial.RestsAsync();
        await AcceptNoticesAsync(trial);
        var doomed = await deployment.RunCommandAsync(Trial.Killer("event.redriven"), trial.Cancellation, "dead-letters", "redrive", "notify");
        if (doomed.IsKilled) trial.Note("killed at event.redriven");
        // What was on its way when it was given up may be given up after others were given once more; and what a dead command had taken of a queue shows again after a while.
        await trial.UntilAsync(GivenMax, async token =>
        {
            foreach (var group in Groups)
            {
                var command = await deployment.RunCommandAsync([], token, "dead-letters", "redrive", group);
                if (command.ExitCode != 0) throw new InvalidOperationException($"redrive ended with {command.ExitCode}: {command.Output}");
            }
            return await trial.IsAllToldAsync(token);
        });
        trial.Note(ToldOfAll);
    }

    // Jobs end, and the database of the notifications takes none.
    private static async Task FailAtAsync(Trial trial, string step)
    {
        await trial.Deployment.Sql.ExecuteOnNoticesAsync(
            """
            CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'none today'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION refuse()
            """, trial.Cancellation);
        var doomed = await trial.Deployment.RestartApiAsync(Trial.Killer(step, trial.Chance.Next(TurnMax) + 1), trial.Cancellation);
        var load = trial.LoadAsync(6);
        await trial.DiesAsync(doomed, step);
        await load;
    }

    private static Task AcceptNoticesAsync(Trial trial) => trial.Deployment.Sql.ExecuteOnNoticesAsync("DROP TRIGGER refuse ON notifications", trial.Cancellation);

    private static async Task TellerDiesAsync(Trial trial)
    {
        await trial.LeaveEventsWaitingAsync();
        await trial.Deployment.Broker.WipeAsync(trial.Cancellation);
        // Two modules tell.
        var doomed = await trial.Deployment.RestartApiAsync(Trial.Killer("news.repeated", trial.Chance.Next(2) + 1), trial.Cancellation);
        await trial.DiesAsync(doomed, "news.repeated");
        await trial.ComeBackAsync();
    }

    // Nobody but the dead one saw that the queues were gone, and what is published is taken by a stranger's queue, so that it does not come back.
    private static async Task MakerDiesAsync(Trial trial)
    {
        var deployment = trial.Deployment;
        await trial.LeaveEventsWaitingAsync();
        await deployment.StopWorkersAsync();
        await deployment.Broker.WipeAsync(trial.Cancellation);
        await using (var tamper = await trial.TamperAsync()) await tamper.ListenTooAsync(["video.uploaded", "video.processed", "video.failed", "user.changed", "queues.made"], trial.Cancellation);
        // The third queue is that of notify, which the tellers hear of before.
        var doomed = await deployment.StartSecondAsync(Deployment.AllButWorker, Trial.Killer("queue.made", trial.Chance.Next(3) + 1), wait: false, trial.Cancellation);
        await trial.DiesAsync(doomed, "queue.made");
        await deployment.StopSecondAsync();
        await deployment.RestartWorkersAsync(trial.Cancellation);
        await trial.ComeBackAsync();
    }

    private static async Task QuarantinerDiesAsync(Trial trial)
    {
        var (deployment, truth) = (trial.Deployment, (DynamoTruth)trial.Deployment.Truth);
        await trial.LoadAsync(2);
        await trial.RestsAsync();
        await deployment.StopWorkersAsync();
        var before = await truth.SetAsideAsync(trial.Cancellation);
        var doomed = await deployment.RestartApiAsync(Trial.Killer("event.quarantined"), trial.Cancellation);
        await truth.PutEventAsync(DynamoTruth.Outbox, Event(IdFrom(trial.Chance), "9.9", "nobody"), trial.Cancellation);
        await trial.DiesAsync(doomed, "event.quarantined");
        await trial.ComeBackAsync();
        await deployment.RestartWorkersAsync(trial.Cancellation);
        await trial.UntilAsync(async token => await truth.WaitingEventsAsync(token) == 0);
        trial.Note(SetAside, await truth.SetAsideAsync(trial.Cancellation) - before);
        // News of a job that has ended long since: whoever hears it looks, and leaves it at that.
        var job = trial.Crowd.Promises.Accepted.Keys.First();
        var id = IdFrom(trial.Chance);
        await truth.PutEventAsync(DynamoTruth.Quarantine, Event(id, "1.0", job.ToString()), trial.Cancellation);
        var redriving = await deployment.RunCommandAsync(Trial.Killer("event.redriven"), trial.Cancellation, "dead-letters", "redrive", "/fotograma/video");
        if (redriving.IsKilled) trial.Note("killed at event.redriven");
        var again = await deployment.RunCommandAsync([], trial.Cancellation, "dead-letters", "redrive", "/fotograma/video");
        var isThere = await truth.HasWaitedAsync(id, trial.Cancellation);
        if (again.ExitCode == 0 && isThere && await truth.SetAsideAsync(trial.Cancellation) == before + 1) trial.Note(PutBack);
    }

    private static JsonObject Event(Guid id, string version, string job) => new()
    {
        ["specversion"] = version, ["id"] = id.ToString(), ["source"] = "/fotograma/video", ["type"] = "video.uploaded", ["subject"] = job,
        ["time"] = "2026-01-01T00:00:00Z", ["data"] = new JsonObject { ["videoId"] = job, ["jobId"] = job, ["ownerId"] = job },
    };

    private static Guid IdFrom(Random chance)
    {
        Span<byte> bytes = stackalloc byte[16];
        chance.NextBytes(bytes);
        return new Guid(bytes);
    }
}
