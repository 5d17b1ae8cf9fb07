using System.Collections.Concurrent;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Embedded;

/// <summary>
/// A transport without a broker: queues are rows of a database. Members of one process are woken at once, and on PostgreSQL those of other processes too; on an SQLite file
/// these look every <see cref="MessagingOptions.PollMilliseconds"/>.
/// </summary>
internal sealed class EmbeddedTransport : ITransport
{
    private const int RedrivenAtOnce = 100;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Signal, bool>> members = new(StringComparer.Ordinal);
    private readonly EmbeddedQueue queue;
    private readonly MessagingOptions options;
    private readonly Ids ids;
    private readonly TimeProvider clock;
    private readonly ILogger<EmbeddedTransport> log;
    private readonly Listening listening;

    public EmbeddedTransport(EmbeddedQueue queue, MessagingOptions options, Ids ids, TimeProvider clock, ILogger<EmbeddedTransport> log)
    {
        (this.queue, this.options, this.ids, this.clock, this.log) = (queue, options, ids, clock, log);
        listening = new Listening(queue, Wake, options, clock, log);
    }

    public event Action<string, string>? BuriedUnreadable;

    public TransportCapabilities Capabilities { get; } = new("embedded", DelaysRetries: true, OrdersSubjects: true, DropsDuplicates: true, SharesEveryEvent: true);

    public async Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        foreach (var subscription in subscriptions) await queue.SubscribeAsync(subscription, cancellation);
    }

    public async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        if (events.Count == 0) return;
        var groups = await queue.PublishAsync(events, cancellation);
        foreach (var group in groups) Wake(group);
        if (groups.Count > 0) await queue.TellAsync(groups, cancellation);
    }

    public async Task ConsumeAsync(
        Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation)
    {
        var consumer = new EmbeddedConsumer(
            queue, subscription.Group, slots, handle, reason => BuriedUnreadable?.Invoke(subscription.Group, reason), options, ids, clock, log);
        var waiting = members.GetOrAdd(subscription.Group, _ => new ConcurrentDictionary<Signal, bool>());
        waiting[consumer.Due] = true;
        listening.Join();
        try
        {
            await consumer.RunAsync(cancellation);
        }
        finally
        {
            waiting.TryRemove(consumer.Due, out _);
            await listening.LeaveAsync();
        }
    }

    public Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) =>
        queue.ReadDeadLettersAsync(subscription.Group, limit, cancellation);

    public async Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation)
    {
        var (given, unreadable) = (0, 0);
        var last = await queue.LastDeadLetterAsync(subscription.Group, cancellation);
        for (long place = 0; await queue.ReadDeadLettersAsync(subscription.Group, place, last, RedrivenAtOnce, cancellation) is { Count: > 0 } page; place = page[^1].Sequence)
        {
            var letters = page.Select(letter => (Letter: letter, Event: CloudEvent.TryFromJson(letter.Body, out _))).ToList();
            unreadable += letters.Count(one => one.Event is null);
            var wanted = letters.Where(one => one.Event is { } happened && (only is null || happened.Id == only)).Select(one => (one.Letter, one.Event!)).ToList();
            if (wanted.Count == 0) continue;
            given += await queue.RedriveAsync(subscription.Group, wanted, cancellation);
            Wake(subscription.Group);
        }
        if (given > 0) await queue.TellAsync([subscription.Group], cancellation);
        return new Redriven(given, unreadable);
    }

    public Task PingAsync(CancellationToken cancellation) => queue.PingAsync(cancellation);

    // Null: anything may have happened.
    private void Wake(string? group)
    {
        foreach (var (name, waiting) in members)
        {
            if (group is not null && name != group) continue;
            foreach (var member in waiting.Keys) member.Set();
        }
    }
}
