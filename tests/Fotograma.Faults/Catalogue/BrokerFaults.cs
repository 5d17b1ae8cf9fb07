using System.Text;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>A broker that is away, forgets, repeats itself, or talks nonsense.</summary>
internal static class BrokerFaults
{
    private const string AcceptedWithout = "uploads were accepted without the broker";
    private const string Wiped = "the broker was wiped";
    private const string WipedWithEvents = "events waited for notify when the broker was wiped";
    private const string Repeated = "events came again";
    private const string Overtaken = "events overtook others";
    private const string DeadLettered = "dead letters were written";
    private const string QueuesDeleted = "queues were deleted";
    private const string QueuesReplaced = "queues were replaced by classic ones";
    private static readonly Proof Unconfirmed = Proof.Said("did not confirm events within");
    private static readonly Proof ChannelClosed = Proof.Said("code=406");
    private static readonly Proof ConsumersLostIt = Proof.Said("lost its transport and tries again");

    private static readonly Dictionary<string, string[]> Groups = new()
    {
        ["worker"] = ["video.uploaded"],
        ["notify"] = ["user.changed", "video.failed", "video.processed"],
    };

    public static IEnumerable<Mishap> All =>
    [
        new("F17", "broker stopped for ten seconds", trial => BrokerIsAwayAsync(trial, 10)) { Happened = [ConsumersLostIt, Proof.Noted(AcceptedWithout), Proof.Noted(Trial.Joined)] },
        new("F18", "broker stopped for one minute (not ten) while uploads go on", trial => BrokerIsAwayAsync(trial, 60)) { Happened = [ConsumersLostIt, Proof.Noted(AcceptedWithout), Proof.Noted(Trial.Joined)] },
        new("F19", "kill -9 of the broker", BrokerDiesAsync) { Happened = [ConsumersLostIt] },
        new("F20", "broker loses all its data", BrokerForgetsAsync) { Happened = [ConsumersLostIt, Proof.Noted(Wiped), Proof.Noted(Trial.Joined)] },
        new("F20b", "broker loses all its data while events wait in it", BrokerForgetsEventsAsync) { Happened = [ConsumersLostIt, Proof.Noted(WipedWithEvents), Proof.Said("jobs were told again")] },
        new("F21", "every event comes ten times", EventsRepeatAsync) { Happened = [Proof.Noted(Repeated) with { AtLeast = 90 }, Proof.Noted(Trial.Joined)] },
        new("F22", "events come in another order", EventsAreShuffledAsync) { Happened = [Proof.Noted(Overtaken) with { AtLeast = 3 }, Proof.Noted(Trial.Joined)] },
        new("F23", "broker takes nothing because it is short of memory", BrokerIsFullAsync) { Happened = [Proof.Said("RabbitMQ takes no events at the moment")] },
        new("F24", "every connection to the broker is reset", BrokerClosesConnectionsAsync) { Happened = [Proof.Struck(Target.Broker) with { AtLeast = 3 }] },
        new("F24b", "queues come back as another kind, so that channels are closed with 406, until somebody removes them", QueuesAreStrangeAsync)
        {
            Happened = [Proof.Noted(QueuesReplaced), ChannelClosed],
        },
        new("F25", "confirmations are lost, and the connections with them", trial => ConfirmationsAreLostAsync(trial, inSilence: false)) { Happened = [Proof.Struck(Target.Broker) with { AtLeast = 3 }] },
        new("F25b", "confirmations are lost in silence, on connections that stay open", trial => ConfirmationsAreLostAsync(trial, inSilence: true))
        {
            Happened = [Proof.Struck(Target.Broker) with { AtLeast = 3 }, Unconfirmed],
        },
        new("F26", "malformed, foreign and oversized messages", NonsenseArrivesAsync) { Happened = [Proof.Noted(DeadLettered) with { AtLeast = 10 }] },
        new("F27", "queues are deleted", QueuesAreDeletedAsync) { Happened = [Proof.Noted(QueuesDeleted), ConsumersLostIt] },
    ];

    private static async Task BrokerIsAwayAsync(Trial trial, double seconds)
    {
        var load = trial.LoadAsync(6);
        await trial.PassSomeAsync();
        await trial.Deployment.Broker.StopAsync();
        var before = trial.Crowd.Promises.Accepted.Count;
        var more = Task.WhenAll(trial.LoadAsync(6, atOnce: 1), trial.JoinAsync());
        await trial.PassAsync(seconds);
        trial.Note(AcceptedWithout, trial.Crowd.Promises.Accepted.Count - before);
        await trial.Deployment.Broker.StartAgainAsync(trial.Cancellation);
        await Task.WhenAll(load, more);
        await trial.LoadAsync(4);
    }

    private static async Task BrokerDiesAsync(Trial trial)
    {
        var load = trial.LoadAsync(12);
        await trial.PassSomeAsync();
        await trial.Deployment.Broker.KillAsync();
        await trial.Deployment.Broker.StartAgainAsync(trial.Cancellation);
        await load;
        await trial.LoadAsync(4);
    }

    private static async Task BrokerForgetsAsync(Trial trial)
    {
        var load = trial.LoadAsync(12);
        await trial.PassSomeAsync();
        var newcomers = trial.JoinAsync();
        await trial.Deployment.Broker.WipeAsync(trial.Cancellation);
        trial.Note(Wiped);
        await Task.WhenAll(load, newcomers);
        await trial.LoadAsync(4);
    }

    private static async Task BrokerForgetsEventsAsync(Trial trial)
    {
        await trial.LeaveEventsWaitingAsync();
        await trial.Deployment.Broker.WipeAsync(trial.Cancellation);
        trial.Note(WipedWithEvents);
        await trial.ComeBackAsync();
    }

    private static async Task EventsRepeatAsync(Trial trial)
    {
        await using var tamper = await trial.TamperAsync();
        await tamper.EchoAsync(times: 9, trial.Cancellation);
        await Task.WhenAll(trial.LoadAsync(10), trial.JoinAsync());
        await trial.PassAsync(2);
        trial.Note(Repeated, tamper.Repeated);
    }

    private static async Task EventsAreShuffledAsync(Trial trial)
    {
        await using var tamper = await trial.TamperAsync();
        await tamper.ShuffleAsync(Groups, atOnce: 4, trial.Chance, trial.Cancellation);
        await Task.WhenAll(trial.LoadAsync(10), trial.JoinAsync());
        await trial.PassAsync(2);
        await tamper.LetGoAsync(Groups, trial.Chance, trial.Cancellation);
        trial.Note(Overtaken, tamper.Overtaken);
    }

    private static async Task BrokerIsFullAsync(Trial trial)
    {
        var load = trial.LoadAsync(4);
        await trial.PassSomeAsync();
        await trial.Deployment.Broker.BlockPublishersAsync(trial.Cancellation);
        var more = trial.LoadAsync(6);
        await trial.PassAsync(5);
        await trial.Deployment.Broker.UnblockPublishersAsync(trial.Cancellation);
        await Task.WhenAll(load, more);
    }

    private static async Task BrokerClosesConnectionsAsync(Trial trial)
    {
        var load = trial.LoadAsync(10);
        for (var turn = 0; turn < 3; turn++)
        {
            await trial.PassSomeAsync(0.7);
            trial.Deployment.Links.Cut(Target.Broker);
        }
        await load;
    }

    // Where the answers stay away in silence it takes until somebody who publishes has met with that: consumers are struck as well.
    private static async Task ConfirmationsAreLostAsync(Trial trial, bool inSilence)
    {
        var (links, before, unconfirmed) = (trial.Deployment.Links, trial.Deployment.Links.Struck(Target.Broker), await Unconfirmed.CountAsync(trial));
        // In silence each costs whoever waits its patience; of connections that are set up in ten answers few would ever come to a confirmation.
        links.LoseReplies(Target.Broker, share: inSilence ? 0.04 : 0.1, trial.Chance, inSilence);
        var load = trial.LoadAsync(10);
        await trial.UntilAsync(_ => Task.FromResult(links.Struck(Target.Broker) >= before + 5));
        if (inSilence) await trial.LoadUntilAsync(Unconfirmed, unconfirmed);
        links.Heal();
        await load;
    }

    private static async Task NonsenseArrivesAsync(Trial trial)
    {
        var load = trial.LoadAsync(6);
        byte[][] bodies =
        [
            "this is no JSON"u8.ToArray(), "{}"u8.ToArray(), [], Encoding.UTF8.GetBytes(new string('x', 1 << 20)),
            """{"specversion":"9.9","id":"0190a5c8-0000-7000-8000-000000000000","source":"/x","type":"video.uploaded","subject":"s","time":"2026-01-01T00:00:00Z","data":{}}"""u8.ToArray(),
            """{"specversion":"1.0","id":"0190a5c8-0000-7000-8000-000000000001","source":"/x","type":"video.processed","subject":"s","time":"2026-01-01T00:00:00Z","data":{"no":1}}"""u8.ToArray(),
        ];
        await using var tamper = await trial.TamperAsync();
        var before = await DeadAsync();
        foreach (var group in Groups.Keys)
        {
            foreach (var body in bodies) await tamper.PublishRawAsync(group, body, trial.Cancellation);
        }
        // The last one can be read and not understood: it is tried for a while before it is given up.
        var nonsense = Groups.Count * (bodies.Length - 1);
        await trial.UntilAsync(async _ => await DeadAsync() >= before + nonsense);
        trial.Note(DeadLettered, await DeadAsync() - before);
        await load;
        await trial.LoadAsync(4);

        async Task<long> DeadAsync() => await tamper.DeadLettersAsync("worker", trial.Cancellation) + await tamper.DeadLettersAsync("notify", trial.Cancellation);
    }

    private static async Task QueuesAreDeletedAsync(Trial trial)
    {
        var load = trial.LoadAsync(8);
        await trial.PassSomeAsync();
        await using (var tamper = await trial.TamperAsync()) await tamper.DeleteQueuesAsync(Groups.Keys, trial.Cancellation);
        trial.Note(QueuesDeleted);
        await load;
        await trial.LoadAsync(4);
    }

    // Whoever asks for a queue that there is in another kind loses the channel it asked on.
    private static async Task QueuesAreStrangeAsync(Trial trial)
    {
        var load = trial.LoadAsync(8);
        await trial.PassSomeAsync();
        var before = await ChannelClosed.CountAsync(trial);
        await using (var tamper = await trial.TamperAsync())
        {
            await tamper.ReplaceQueuesAsync(Groups.Keys, trial.Cancellation);
            trial.Note(QueuesReplaced);
            await trial.UntilAsync(async _ => await ChannelClosed.CountAsync(trial) > before);
            await trial.PassAsync(3);
            await tamper.DeleteQueuesAsync(Groups.Keys, trial.Cancellation);
        }
        await load;
        await trial.LoadAsync(4);
    }
}
