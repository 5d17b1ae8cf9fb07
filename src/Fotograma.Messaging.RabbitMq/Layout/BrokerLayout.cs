using System.Collections.Concurrent;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fotograma.Messaging.RabbitMq.Layout;

/// <summary>
/// Makes the exchanges and queues, or looks whether they are there: when they are prepared, and at no other time. A broker that came back with an empty disk refuses what
/// is published or consumed, so that whoever wanted it prepares again and learns what was missing.
/// </summary>
internal sealed partial class BrokerLayout(RabbitMqOptions options, Names names, ILogger log)
{
    // The broker's own count of deliveries is a last resort against an event that kills every process that touches it. It counts deaths of consumers and what was put
    // back, differently in every version, so it stands far above anything that happens in order. Without a limit newer brokers would take 20.
    private const int DeliveriesMax = 1000;

    // Reading dead letters puts them back, and that counts too.
    private const int ReadingsMax = 1_000_000_000;

    private readonly ConcurrentDictionary<string, Subscription> prepared = new(StringComparer.Ordinal);

    /// <summary>Whether some group that was prepared wants the type.</summary>
    public bool IsWanted(string type) => prepared.Values.Any(subscription => subscription.Types.Contains(type));

    public async Task PrepareAsync(IConnection connection, IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        if (options.Declare) await DeclareAsync(connection, subscriptions, cancellation);
        else await CheckAsync(connection, subscriptions, cancellation);
        foreach (var subscription in subscriptions) prepared[subscription.Group] = subscription;
    }

    private async Task DeclareAsync(IConnection connection, IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var making = names.Events;
        try
        {
            await channel.ExchangeDeclareAsync(names.Events, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellation);
            foreach (var rung in subscriptions.Any(HasLosses) ? Rung.All : [])
            {
                making = names.Waiting(rung);
                await DeclareRungAsync(channel, making, cancellation);
            }
            foreach (var subscription in subscriptions)
            {
                making = names.Queue(subscription.Group);
                await DeclareGroupAsync(channel, subscription, cancellation);
            }
        }
        catch (OperationInterruptedException exception)
        {
            throw new RabbitMqException($"RabbitMQ does not let {making} be made: {exception.ShutdownReason?.ReplyText}", exception)
            {
                IsRefusal = exception.ShutdownReason?.ReplyCode is Constants.AccessRefused or Constants.PreconditionFailed,
            };
        }
    }

    // Whoever is told of a loss loses nothing that would be told: its preparation alone makes nothing of which the others could not see any more that it was missing.
    private static bool HasLosses(Subscription subscription) => subscription.Types.Any(type => type != QueuesMade.Type);

    // An event keeps its routing key while it waits, and that is the name of the queue it goes back to.
    private static async Task DeclareRungAsync(IChannel channel, string name, CancellationToken cancellation)
    {
        await channel.ExchangeDeclareAsync(name, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellation);
        await DeclareQueueAsync(channel, name, new Dictionary<string, object?>
        {
            ["x-delivery-limit"] = ReadingsMax,
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-overflow"] = "reject-publish",
        }, cancellation);
        await channel.QueueBindAsync(name, name, "", cancellationToken: cancellation);
    }

    private async Task DeclareGroupAsync(IChannel channel, Subscription subscription, CancellationToken cancellation)
    {
        var (queue, dead) = (names.Queue(subscription.Group), names.Dead(subscription.Group));
        await DeclareQueueAsync(channel, dead, new Dictionary<string, object?> { ["x-delivery-limit"] = ReadingsMax }, cancellation);
        await DeclareQueueAsync(channel, queue, new Dictionary<string, object?>
        {
            ["x-delivery-limit"] = DeliveriesMax,
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = dead,
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-overflow"] = "reject-publish",
        }, cancellation);
        Steps.Reached(Steps.QueueMade);
        foreach (var type in subscription.Types) await channel.QueueBindAsync(queue, names.Events, type, cancellationToken: cancellation);
    }

    private static Task<QueueDeclareOk> DeclareQueueAsync(IChannel channel, string name, Dictionary<string, object?> arguments, CancellationToken cancellation)
    {
        arguments["x-queue-type"] = "quorum";
        return channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellation);
    }

    private async Task CheckAsync(IConnection connection, IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        if (await MissingAsync(connection, subscriptions, cancellation) is { Count: > 0 } missing)
            throw new RabbitMqException($"RabbitMQ lacks: {string.Join(", ", missing)}. Make them, or set RabbitMq:Declare to true so that they are made at start.") { IsRefusal = true };
        foreach (var subscription in subscriptions) await BindAsync(connection, subscription, cancellation);
    }

    // Nobody can look at bindings, and one that is missing loses events in silence where another queue takes them. So they are made good, where the user may do that.
    private async Task BindAsync(IConnection connection, Subscription subscription, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        try
        {
            foreach (var type in subscription.Types) await channel.QueueBindAsync(names.Queue(subscription.Group), names.Events, type, cancellationToken: cancellation);
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.AccessRefused)
        {
            LogUnbound(subscription.Group, options.Prefix, subscription.Types);
        }
    }

    /// <summary>What is not there. The broker closes the channel at the first thing that is missing, so each question has its own.</summary>
    public async Task<IReadOnlyList<string>> MissingAsync(IConnection connection, IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        var missing = new List<string>();
        IEnumerable<string> exchanges = [names.Events, .. Rung.All.Select(names.Waiting)];
        IEnumerable<string> queues = [.. Rung.All.Select(names.Waiting), .. subscriptions.SelectMany(s => (string[])[names.Queue(s.Group), names.Dead(s.Group)])];
        foreach (var exchange in exchanges)
            if (!await ExistsAsync(connection, channel => channel.ExchangeDeclarePassiveAsync(exchange, cancellation), cancellation)) missing.Add($"exchange {exchange}");
        foreach (var queue in queues)
            if (!await ExistsAsync(connection, channel => channel.QueueDeclarePassiveAsync(queue, cancellation), cancellation)) missing.Add(Queue(queue));
        return missing;
    }

    /// <summary>The queues in which events of a group wait, by what <see cref="MissingAsync"/> calls them: its own, and those of retries, which are everybody's.</summary>
    public IEnumerable<string> QueuesOf(string group) => Rung.All.Select(names.Waiting).Prepend(names.Queue(group)).Select(Queue);

    private static string Queue(string name) => $"queue {name}";

    private static async Task<bool> ExistsAsync(IConnection connection, Func<IChannel, Task> ask, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        try
        {
            await ask(channel);
            return true;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Whether the queue of the group {Group} is bound to {Prefix}.events for {Types} cannot be seen, because this user may not bind it.")]
    private partial void LogUnbound(string group, string prefix, IReadOnlyList<string> types);
}
