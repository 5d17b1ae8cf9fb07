using System.Diagnostics.Metrics;
using Fotograma.Kernel.Hosting;

namespace Fotograma.Messaging.Outbox;

/// <summary>What a relay found waiting when it last looked.</summary>
/// <param name="Events">How many it read, at most a batch.</param>
/// <param name="Oldest">When the first of them happened.</param>
internal sealed record OutboxBacklog(int Events, DateTimeOffset Oldest);

/// <summary>Shows how far a relay is behind.</summary>
internal static class OutboxGauges
{
    public static void Add(IMeterFactory meters, OutboxRelay relay, string source, TimeProvider clock)
    {
        var meter = meters.Fotograma();
        var tag = new KeyValuePair<string, object?>("source", source);
        meter.CreateObservableGauge(
            "fotograma.outbox.waiting", () => new Measurement<int>(relay.Backlog?.Events ?? 0, tag), description: "Events that wait to be published, counted up to a batch.");
        meter.CreateObservableGauge(
            "fotograma.outbox.oldest_age", () => new Measurement<double>(relay.Backlog is { } backlog ? (clock.GetUtcNow() - backlog.Oldest).TotalSeconds : 0, tag), "s",
            "Age of the oldest event that waits to be published.");
        meter.CreateObservableGauge(
            "fotograma.outbox.quarantined", () => new Measurement<int>(relay.Quarantined, tag),
            description: "Events that were put aside because they could not be published though others could.");
    }
}
