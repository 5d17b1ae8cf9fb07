namespace Fotograma.Messaging.RabbitMq.Layout;

/// <summary>What the exchanges and queues are called.</summary>
internal sealed class Names(RabbitMqOptions options)
{
    /// <summary>The topic exchange to which events are published, with their type as the routing key.</summary>
    public string Events => $"{options.Prefix}.events";

    /// <summary>The queue of a group.</summary>
    public string Queue(string group) => $"{options.Prefix}.{group}";

    /// <summary>Where the group's events lie that were given up.</summary>
    public string Dead(string group) => $"{options.Prefix}.{group}.dead";

    /// <summary>The exchange and the queue in which events wait for a retry.</summary>
    public string Waiting(Rung rung) => $"{options.Prefix}.retry.{rung.Name}";
}

/// <summary>
/// A queue in which events wait for their next attempt, each as long as it was told to. A queue lets out only its head, so an event can be held up by one in front of it
/// that waits longer; the rungs bound by how much. An event never comes early.
/// </summary>
/// <param name="Name">Ends the queue's name.</param>
/// <param name="Longest">The longest wait that this queue is used for.</param>
internal sealed record Rung(string Name, TimeSpan Longest)
{
    /// <summary>From short to long; the last one takes everything that is longer.</summary>
    public static IReadOnlyList<Rung> All { get; } =
    [
        new("1s", TimeSpan.FromSeconds(1)),
        new("5s", TimeSpan.FromSeconds(5)),
        new("30s", TimeSpan.FromSeconds(30)),
        new("2m", TimeSpan.FromMinutes(2)),
        new("10m", TimeSpan.FromMinutes(10)),
    ];

    public static Rung For(TimeSpan delay) => All.FirstOrDefault(rung => delay <= rung.Longest) ?? All[^1];
}
