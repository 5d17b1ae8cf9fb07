namespace Fotograma.Messages;

/// <summary>
/// Who listens to what. Every process makes the queues of all modules from this list before it publishes, whichever modules it hosts: an event
/// that is published before its queue exists would reach nobody.
/// </summary>
public static class Topology
{
    /// <summary>Types that say what a module's store says too, so that they can be told again when they were lost.</summary>
    public static IReadOnlyList<string> CanBeRepeated { get; } = [UserChanged.Type, VideoFailed.Type, VideoProcessed.Type];

    /// <summary>Each consumer group with the types of event it wants.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Groups { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["auth"] = [QueuesMade.Type],
        ["notify"] = [UserChanged.Type, VideoFailed.Type, VideoProcessed.Type],
        ["video"] = [QueuesMade.Type],
        ["worker"] = [VideoUploaded.Type],
    };
}
