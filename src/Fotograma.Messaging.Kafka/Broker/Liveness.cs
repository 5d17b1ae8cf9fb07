using System.Text.Json;

namespace Fotograma.Messaging.Kafka.Broker;

/// <summary>
/// Tells from a member's statistics whether it has its brokers. The client library itself tries for ever and says nothing; without this a consumption
/// whose brokers are gone would look like one that has nothing to do.
/// </summary>
internal sealed class Liveness(TimeProvider clock, TimeSpan lostAfter)
{
    private long lastSeen = clock.GetTimestamp();

    /// <summary>True when the coordinator of the group, or every broker, was away for too long.</summary>
    public bool IsLost => clock.GetElapsedTime(Volatile.Read(ref lastSeen)) > lostAfter;

    /// <summary>Takes in what the client library says about itself.</summary>
    public void Note(string statistics)
    {
        if (IsAlive(statistics)) Volatile.Write(ref lastSeen, clock.GetTimestamp());
    }

    internal static bool IsAlive(string statistics)
    {
        using var read = JsonDocument.Parse(statistics);
        var root = read.RootElement;
        return root.TryGetProperty("cgrp", out var group) && Says(group, "up")
            && root.TryGetProperty("brokers", out var brokers) && brokers.EnumerateObject().Any(broker => Says(broker.Value, "UP"));
    }

    private static bool Says(JsonElement element, string state) => element.TryGetProperty("state", out var value) && value.ValueEquals(state);
}
