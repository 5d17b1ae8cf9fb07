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
/// <param name="PutBackAsync">Lets it be tried again.</param>
internal sealed record GivenUp(CloudEvent? Event, string Reason, DateTimeOffset At, Func<CancellationToken, Task> PutBackAsync);

/// <summary>Where events lie that were given up: the dead letters of a group, or the quarantine of an outbox.</summary>
/// <param name="Name">The group, or the outbox's source.</param>
/// <param name="ReadAsync">Reads them, oldest first.</param>
internal sealed record GivenUpPlace(string Name, Func<CancellationToken, Task<IReadOnlyList<GivenUp>>> ReadAsync)
{
    private const int Most = 1000;

    /// <summary>All places that the settings name.</summary>
    public static IReadOnlyList<GivenUpPlace> All(IServiceProvider services)
    {
        var transport = services.GetRequiredService<ITransport>();
        var repetition = services.GetRequiredService<Repetition>();
        var groups = Topology.Groups.Select(group => new Subscription(group.Key, group.Value)).ToList();
        return
        [
            .. groups.Select(group => new GivenUpPlace(group.Group, cancellation => DeadLettersAsync(transport, group, repetition, cancellation))),
            .. services.GetServices<RelayedOutbox>().DistinctBy(outbox => outbox.Source)
                .Select(outbox => new GivenUpPlace(outbox.Source, cancellation => QuarantineAsync(outbox.Store, cancellation))),
        ];
    }

    private static async Task<IReadOnlyList<GivenUp>> DeadLettersAsync(ITransport transport, Subscription group, Repetition repetition, CancellationToken cancellation)
    {
        var letters = await transport.ReadDeadLettersAsync(group, Most, cancellation);
        return [.. letters.Select(letter => new GivenUp(letter.Event, letter.Reason, letter.At, stopping => repetition.PublishAsync([letter.Event!], stopping)))];
    }

    private static async Task<IReadOnlyList<GivenUp>> QuarantineAsync(IOutboxStore store, CancellationToken cancellation)
    {
        var events = await store.ReadQuarantineAsync(Most, cancellation);
        return [.. events.Select(one => new GivenUp(one.Event, one.Reason, one.At, stopping => store.PutBackAsync(one.Key, stopping)))];
    }
}
