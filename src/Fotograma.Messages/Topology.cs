namespace Fotograma.Messages;

/// <summary>
/// Who listens to what. Every process makes the queues of all modules from this list before it publishes, whichever modules it hosts: an event
/// that is published before its queue exists would reach nobody.
/// </summary>
public static class Topology
{
    /// <summary>Each consumer group with the types of event it wants.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Groups { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["auth"] = [QueuesMade.Type],
        ["notify"] = [UserChanged.Type, VideoFailed.Type, VideoProcessed.Type],
        ["video"] = [QueuesMade.Type],
        ["worker"] = [VideoUploaded.Type],
    };
}
