using System.Diagnostics.Metrics;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Messaging.Consumers;

/// <summary>What became of events that a group was given, where it was not what should have become of them.</summary>
internal sealed class EventCounts
{
    /// <summary>Stands for the type of what is no event.</summary>
    public const string Unreadable = "unreadable";

    private readonly Counter<long> retried;
    private readonly Counter<long> givenUp;

    public EventCounts(IMeterFactory meters)
    {
        var meter = meters.Fotograma();
        retried = meter.CreateCounter<long>("fotograma.events.retried", description: "Deliveries that failed and come again.");
        givenUp = meter.CreateCounter<long>("fotograma.events.given_up", description: "Events that were given up and kept as dead letters.");
    }

    public void Retried(string group, string type) => Add(retried, group, type);

    public void GivenUp(string group, string type) => Add(givenUp, group, type);

    private static void Add(Counter<long> counter, string group, string type) =>
        counter.Add(1, new KeyValuePair<string, object?>("group", group), new KeyValuePair<string, object?>("type", type));
}
