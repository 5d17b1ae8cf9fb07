using Fotograma.Faults.Deployments;
using Fotograma.Faults.Trials;

namespace Fotograma.Faults.Catalogue;

/// <summary>
/// Two processes of every module but the workers side by side: two senders of mails, two consumers of each group, two relays, two janitors. One of them stands still with something in
/// hand for longer than that is its own, and goes on when the other has done it.
/// </summary>
internal static class PairFaults
{
    private const string DoneWithoutIt = "everybody was told of everything while one of two senders stood still";
    private const string RegisteredElsewhere = "the news of a person waited for notify when the broker was wiped";
    private const string WasSent = "was sent.";
    private const string LostTransport = "lost its transport and tries again";

    public static IEnumerable<Mishap> All =>
    [
        StandsStill("F9c", "a notification written down and its event in hand", "notice.written", LostTransport),
        StandsStill("F9d", "a mail in hand", "notice.taken", WasSent),
        StandsStill("F9e", "a mail in hand that is sent and not noted", "notice.sent", WasSent),
        StandsStill("D9d", "a mail in hand", "notice.taken", WasSent) with { Title = "one of two senders stands still with a mail in hand and goes on, on DynamoDB", Ledger = LedgerKind.DynamoDb },
        new("F20c", "broker loses all its data while the news of new people waits in it", BrokerForgetsPeopleAsync)
        {
            Happened = [Proof.Noted(RegisteredElsewhere), Proof.Said("accounts was told again"), Proof.Noted(Trial.Joined)],
        },
    ];

    private static Mishap StandsStill(string id, string with, string step, string says) => new(
        id, $"one of two senders stands still with {with} and goes on", trial => SecondStandsStillAsync(trial, step, says))
    {
        // A relay that stands still keeps its turn for so long.
        Settings = new Dictionary<string, string> { ["Messaging__RelayTurnSeconds"] = "15" },
        Happened = [Proof.Noted($"stood still at {step}"), Proof.Noted(DoneWithoutIt), Proof.Noted($"the one that stood still went on: {says}")],
    };

    private static async Task SecondStandsStillAsync(Trial trial, string step, string says)
    {
        var deployment = trial.Deployment;
        var second = await deployment.StartSecondAsync(Deployment.AllButWorker, Trial.Stopper(step), trial.Cancellation);
        // Both take what comes, and so does this one sooner or later.
        while (!second.StandsStill)
        {
            await trial.LoadAsync(2);
            await trial.RestsAsync();
        }
        await trial.StandsStillAsync(second, step);
        deployment.StandsStill(second);
        var before = second.Said(says);
        await trial.LoadAsync(4);
        await trial.RestsAsync();
        await trial.UntilAsync(async token => await trial.IsAllToldAsync(token));
        trial.Note(DoneWithoutIt);
        // Until the broker, too, takes it for dead.
        if (says == LostTransport) await trial.PassAsync(20);
        await second.ThawAsync();
        await trial.UntilAsync(_ => Task.FromResult(second.Said(says) > before));
        trial.Note($"the one that stood still went on: {says}");
        await trial.LoadAsync(4);
        await trial.RestsAsync();
        await deployment.StopSecondAsync();
    }

    // Accounts are made by a process that knows of nothing else, while nobody is there who listens.
    private static async Task BrokerForgetsPeopleAsync(Trial trial)
    {
        var (deployment, cancellation) = (trial.Deployment, trial.Cancellation);
        await deployment.StartSecondAsync("auth", [], cancellation);
        await deployment.Api.StopAsync();
        var newcomers = new List<Load.Crowd.Person>();
        for (var turn = 0; turn < 3; turn++)
        {
            if (await trial.Crowd.RegisterAsync(deployment.SecondAddress!, cancellation) is { } person) newcomers.Add(person);
        }
        await trial.UntilAsync(async token => await deployment.Carrier.WaitingAsync("notify", token) >= newcomers.Count);
        trial.Note(RegisteredElsewhere, newcomers.Count);
        await deployment.Broker.WipeAsync(cancellation);
        await trial.ComeBackAsync();
        foreach (var person in newcomers) await trial.BeginAsync(person);
        await trial.RestsAsync();
        await deployment.StopSecondAsync();
    }
}
