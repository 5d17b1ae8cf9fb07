using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Repeating;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Fotograma.Server.DeadLetters;

/// <summary>An event that was given up.</summary>
/// <param name="Event">The event; null when it cannot be read as one.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
internal sealed record GivenUp(CloudEvent? Event, string Reason, DateTimeOffset At);

/// <summary>Where events lie that were given up: the dead letters of a group, or the quarantine of an outbox.</summary>
/// <param name="Name">The group, or the outbox's source.</param>
/// <param name="ReadAsync">Reads so many of them, oldest first.</param>
/// <param name="PutBackAsync">Lets all of them, or the one with this id, be tried again.</param>
internal sealed record GivenUpPlace(
    string Name, Func<int, CancellationToken, Task<IReadOnlyList<GivenUp>>> ReadAsync, Func<Guid?, CancellationToken, Task<Redriven>> PutBackAsync)
{
    private const int PageEvents = 1000;

    /// <summary>All places that the settings name.</summary>
    public static IReadOnlyList<GivenUpPlace> All(IServiceProvider services)
    {
        var redriving = services.GetRequiredService<Redriving>();
        return
        [
            .. Topology.Groups.Select(group => OfGroup(new Subscription(group.Key, group.Value), redriving)),
            .. services.GetServices<RelayedOutbox>().DistinctBy(outbox => outbox.Source).Select(outbox => OfOutbox(outbox.Source, outbox.Store)),
        ];
    }

    private static GivenUpPlace OfGroup(Subscription group, Redriving redriving) => new(
        group.Group,
        async (most, cancellation) => [.. (await redriving.ReadAsync(group, most, cancellation)).Select(letter => new GivenUp(letter.Event, letter.Reason, letter.At))],
        (only, cancellation) => redriving.RunAsync(group, only, cancellation));

    private static GivenUpPlace OfOutbox(string source, IOutboxStore store) => new(
        source,
        async (most, cancellation) => [.. (await store.ReadQuarantineAsync(most, cancellation)).Select(one => new GivenUp(one.Event, one.Reason, one.At))],
        (only, cancellation) => PutBackAllAsync(store, only, cancellation));

    // What went back is not in the next page; what stays is, so that a page must reach beyond it.
    private static async Task<Redriven> PutBackAllAsync(IOutboxStore store, Guid? only, CancellationToken cancellation)
    {
        var given = 0;
        var staying = new HashSet<string>(StringComparer.Ordinal);
        var unreadable = 0;
        while (true)
        {
            var page = await store.ReadQuarantineAsync(staying.Count + PageEvents, cancellation);
            var fresh = page.Where(one => staying.Add(one.Key)).ToList();
            if (fresh.Count == 0) return new Redriven(given, unreadable);
            unreadable += fresh.Count(one => one.Event is null);
            foreach (var one in fresh.Where(one => one.Event is { } happened && (only is null || happened.Id == only)))
            {
                if (await store.PutBackAsync(one.Key, cancellation)) given++;
                staying.Remove(one.Key);
            }
        }
    }
}
