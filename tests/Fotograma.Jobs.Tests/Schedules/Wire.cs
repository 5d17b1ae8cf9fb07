using Fotograma.Messages;

namespace Fotograma.Jobs.Tests.Schedules;

/// <summary>
/// A broker in memory, at least once and in no order, and the consumer of what it delivers: it writes a notification for each final event, once for its job, event and
/// channel, and may die before that, after that, and before the broker hears of it.
/// </summary>
internal sealed class Wire(Random chance, Func<CloudEvent, Task<bool>> isTrueAsync)
{
    private readonly List<CloudEvent> published = [];
    private readonly List<CloudEvent> waiting = [];
    private readonly Dictionary<(string Job, string Event, string Channel), Guid> notifications = [];

    /// <summary>Two different events that would make the same notification.</summary>
    public int DoubleNotifications { get; private set; }

    /// <summary>Notifications of something that was not so when they were written.</summary>
    public int Untrue { get; private set; }

    /// <summary>Deliveries of events that had been delivered before.</summary>
    public int Repeated { get; private set; }

    public void Publish(IReadOnlyList<CloudEvent> events)
    {
        published.AddRange(events);
        waiting.AddRange(events);
    }

    /// <summary>Delivers one event, whichever.</summary>
    /// <param name="betweenAsync">Waits for the consumer's next turn.</param>
    public async Task DeliverAsync(Func<Task> betweenAsync)
    {
        if (waiting.Count == 0) return;
        var happened = waiting[chance.Next(waiting.Count)];
        if (Fails()) return;
        await HandleAsync(happened);
        await betweenAsync();
        if (Fails()) return;
        // Whoever else has it meanwhile, and whatever was published again, has a copy of its own.
        waiting.Remove(happened);
    }

    /// <summary>Delivers all that is left, some of it more than once.</summary>
    public async Task DeliverAllAsync()
    {
        foreach (var happened in waiting.Concat(published.Where(_ => chance.Next(4) == 0)).OrderBy(_ => chance.Next()).ToList()) await HandleAsync(happened);
        waiting.Clear();
    }

    /// <summary>The types of the final events of a job, each event once.</summary>
    public IReadOnlyList<string> FinalEventsOf(Guid job) => [.. published.Where(happened => happened.Subject == job.ToString() && happened.Type != VideoUploaded.Type)
        .DistinctBy(happened => happened.Id).Select(happened => happened.Type)];

    /// <summary>What people were told of a job.</summary>
    public IReadOnlyList<string> NotificationsOf(Guid job) => [.. notifications.Keys.Where(key => key.Job == job.ToString()).Select(key => key.Event)];

    private async Task HandleAsync(CloudEvent happened)
    {
        if (happened.Type != VideoProcessed.Type && happened.Type != VideoFailed.Type) return;
        if (!await isTrueAsync(happened)) Untrue++;
        var key = (happened.Subject, happened.Type, "mail");
        if (notifications.TryAdd(key, happened.Id)) return;
        Repeated++;
        if (notifications[key] != happened.Id) DoubleNotifications++;
    }

    private bool Fails() => chance.Next(6) == 0;
}
