using System.Text;
using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>A broker that is away, forgets, repeats itself, or talks nonsense.</summary>
internal static class BrokerFaults
{
    private static readonly string[] Groups = ["worker", "notify"];

    public static IEnumerable<Mishap> All =>
    [
        new("F17", "broker stopped for ten seconds", trial => BrokerIsAwayAsync(trial, 10)),
        new("F18", "broker stopped for a minute while uploads go on", trial => BrokerIsAwayAsync(trial, 60)),
        new("F19", "kill -9 of the broker", BrokerDiesAsync),
        new("F20", "broker loses all its data", BrokerForgetsAsync),
        new("F21", "every event comes ten times", EventsRepeatAsync),
        new("F22", "events come in another order", EventsAreShuffledAsync),
        new("F23", "broker takes nothing because it is short of memory", BrokerIsFullAsync),
        new("F24", "broker closes every connection", BrokerClosesConnectionsAsync),
        new("F25", "confirmations are lost", ConfirmationsAreLostAsync),
        new("F26", "malformed, foreign and oversized messages", NonsenseArrivesAsync),
        new("F27", "queues are deleted", QueuesAreDeletedAsync),
    ];

    private static async Task BrokerIsAwayAsync(Trial trial, double seconds)
    {
        var load = trial.LoadAsync(6);
        await trial.PassSomeAsync();
        await trial.Deployment.Broker.StopAsync();
        var more = trial.LoadAsync(6, atOnce: 1);
        await trial.PassAsync(seconds);
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
        await trial.Deployment.Broker.WipeAsync(trial.Cancellation);
        await load;
        await trial.LoadAsync(4);
    }

    private static async Task EventsRepeatAsync(Trial trial)
    {
        await using var tamper = await trial.TamperAsync();
        await tamper.EchoAsync(times: 9, shuffledBy: 0, trial.Chance, trial.Cancellation);
        await trial.LoadAsync(10);
        await trial.PassAsync(2);
    }

    private static async Task EventsAreShuffledAsync(Trial trial)
    {
        await using var tamper = await trial.TamperAsync();
        await tamper.EchoAsync(times: 2, shuffledBy: 5, trial.Chance, trial.Cancellation);
        await trial.LoadAsync(10);
        await trial.PassAsync(2);
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

    private static async Task ConfirmationsAreLostAsync(Trial trial)
    {
        trial.Deployment.Links.LoseReplies(Target.Broker, share: 0.3);
        var load = trial.LoadAsync(10);
        await trial.PassAsync(3);
        trial.Deployment.Links.Heal();
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
        foreach (var group in Groups)
        {
            foreach (var body in bodies) await tamper.PublishRawAsync(group, body, trial.Cancellation);
        }
        await load;
        await trial.LoadAsync(4);
    }

    private static async Task QueuesAreDeletedAsync(Trial trial)
    {
        var load = trial.LoadAsync(8);
        await trial.PassSomeAsync();
        await using (var tamper = await trial.TamperAsync()) await tamper.DeleteQueuesAsync(Groups, trial.Cancellation);
        await load;
        await trial.LoadAsync(4);
    }
}
