using Fotograma.Messages;

namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>
/// A broker in memory: at least once, in no order. What it is given it delivers, some of it twice, to a consumer that writes a notification for each final event, once for its job,
/// event and channel.
/// </summary>
internal sealed class Wire
{
    private readonly List<CloudEvent> published = [];
    private readonly Dictionary<(string Job, string Event, string Channel), int> notifications = [];

    /// <summary>Keys under which two different events made a notification.</summary>
    public int DoubleNotifications { get; private set; }

    public void Publish(IReadOnlyList<CloudEvent> events) => published.AddRange(events);

    public void DeliverAll(Random chance)
    {
        var deliveries = published.Concat(published.Where(_ => chance.Next(4) == 0)).OrderBy(_ => chance.Next()).ToList();
        var known = new Dictionary<(string, string, string), Guid>();
        foreach (var happened in deliveries.Where(happened => happened.Type is "video.processed" or "video.failed"))
        {
            var key = (happened.Subject, happened.Type, "mail");
            if (known.TryAdd(key, happened.Id)) notifications[key] = 1;
            else if (known[key] != happened.Id) DoubleNotifications++;
        }
    }

    /// <summary>The types of the final events of a job, each event once.</summary>
    public IReadOnlyList<string> FinalEventsOf(Guid job) => [.. published.Where(happened => happened.Subject == job.ToString() && happened.Type != VideoUploaded.Type)
        .DistinctBy(happened => happened.Id).Select(happened => happened.Type)];

    public int NotificationsOf(Guid job) => notifications.Where(pair => pair.Key.Job == job.ToString()).Sum(pair => pair.Value);
}
