using Fotograma.Messaging.Kafka.Broker;

namespace Fotograma.Messaging.Kafka.Consuming;

/// <summary>
/// Looks now and then whether what a member reads is still there. The client library says that a topic vanished only where it fetches from it: a member that has no partition
/// of it, or fetches nothing because its hands are full, would hear of it minutes later or never.
/// </summary>
internal sealed class TopicWatch(Inquiry inquiry, IReadOnlyList<string> topics, TimeProvider clock)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);
    private Task looking = Task.CompletedTask;
    private volatile IReadOnlyList<string>? found;
    private IReadOnlyList<string> before = [];
    private long began = clock.GetTimestamp();

    /// <summary>Begins a look when it is time for one. Returns at once; for one thread alone.</summary>
    /// <returns>What two looks in a row did not find: a broker that has just come up may not know all topics yet.</returns>
    public IReadOnlyList<string> Vanished()
    {
        IReadOnlyList<string> vanished = [];
        if (found is { } missing)
        {
            vanished = [.. missing.Intersect(before)];
            (before, found) = (missing, null);
        }
        if (looking.IsCompleted && clock.GetElapsedTime(began) >= LookInterval)
        {
            began = clock.GetTimestamp();
            // Brokers that are away hold the thread for long, and there is a look for each consumption: those of the pool are wanted for heartbeats.
            looking = Task.Factory.StartNew(() => found = Look(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        return vanished;
    }

    // Whether brokers answer at all is seen elsewhere.
    private IReadOnlyList<string> Look()
    {
        try
        {
            return [.. topics.Where(inquiry.IsMissing)];
        }
        catch (Exception exception) when (exception is BrokerException or ObjectDisposedException)
        {
            return [];
        }
    }
}
