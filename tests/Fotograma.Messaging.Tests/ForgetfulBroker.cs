using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Tests;

/// <summary>A broker whose queues can vanish; notes what is done to it.</summary>
internal sealed class ForgetfulBroker : ITransport
{
    private const string Refusal = "The broker is meant not to make it.";
    private readonly HashSet<string> queues = [];

    public List<string> Deeds { get; } = [];

    public List<(string? Teller, Guid? After)> Asked { get; } = [];

    public int Looks { get; private set; }

    public bool MayMake { get; set; } = true;

    public string? DiesOnceAt { get; set; }

    public string? DiesAlwaysAt { get; set; }

    public string? RefusesAlways { get; set; }

    /// <summary>Happens while queues are made.</summary>
    public Action Meanwhile { get; set; } = () => { };

    /// <summary>No queue is made before this is over.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    public TransportCapabilities Capabilities { get; } = new("forgetful", false, true, false, true);

    public void Make(params IEnumerable<string> groups) => queues.UnionWith(groups);

    public void Forget() => queues.Clear();

    public Task<TransportLook> LookAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        Looks++;
        string[] missing = [.. subscriptions.Select(subscription => subscription.Group).Where(group => !queues.Contains(group))];
        return Task.FromResult(new TransportLook([.. missing.Select(group => $"queue {group}")], MayMake) { Gone = missing });
    }

    public bool IsRefusal(Exception exception) => exception.Message == Refusal;

    public async Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        Meanwhile();
        await Held.WaitAsync(cancellation);
        foreach (var group in subscriptions.Select(subscription => subscription.Group).Order().Where(group => !queues.Contains(group)))
        {
            if (!MayMake || RefusesAlways == group) throw new IOException(Refusal);
            if (DiesAlwaysAt == group || DiesOnceAt == group)
            {
                DiesOnceAt = null;
                throw new IOException("The process is meant to die.");
            }
            queues.Add(group);
            Deeds.Add($"made {group}");
        }
    }

    public Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        if (events is [{ Type: "queues.made" } made])
        {
            var said = made.Read<QueuesMade>();
            if (said.Teller is not null)
            {
                Asked.Add((said.Teller, said.After));
                return Task.CompletedTask;
            }
            var ears = Topology.Groups.Where(group => group.Value.Contains(made.Type) && queues.Contains(group.Key)).Select(group => group.Key).Order();
            Deeds.Add($"told {string.Join(", ", ears)} of {string.Join(", ", said.Groups)}");
            return Task.CompletedTask;
        }
        if (!Topology.Groups.Keys.All(queues.Contains)) throw new IOException("The broker is meant to lack queues.");
        Deeds.Add($"published {events.Count}");
        return Task.CompletedTask;
    }

    public Task ConsumeAsync(Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation) => throw new NotSupportedException();

    public Task PingAsync(CancellationToken cancellation) => Task.CompletedTask;
}
