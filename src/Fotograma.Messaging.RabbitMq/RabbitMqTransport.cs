using Fotograma.Messages;
using Fotograma.Messaging.RabbitMq.Connecting;
using Fotograma.Messaging.RabbitMq.Consuming;
using Fotograma.Messaging.RabbitMq.Layout;
using Fotograma.Messaging.RabbitMq.Publishing;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Fotograma.Messaging.RabbitMq;

/// <summary>
/// The transport over RabbitMQ, 3.10 and newer. Quorum queues; every publication is confirmed; attempts are counted in a header of ours, because brokers of different
/// versions count different things. Ordering is not promised: the members of a group and their slots compete for every event.
/// </summary>
internal sealed class RabbitMqTransport : ITransport, IDisposable
{
    private readonly BrokerConnections connections;
    private readonly RabbitMqOptions options;
    private readonly Names names;
    private readonly BrokerLayout layout;
    private readonly Publisher publisher;
    private readonly ConsumptionTools tools;
    private Looked? looked;

    public RabbitMqTransport(BrokerConnections connections, RabbitMqOptions options, MessagingOptions messaging, TimeProvider clock, ILogger<RabbitMqTransport> log)
    {
        this.connections = connections;
        this.options = options;
        names = new Names(options);
        layout = new BrokerLayout(options, names, log);
        publisher = new Publisher(connections.Publishing, names, options);
        tools = new ConsumptionTools(publisher, names, options, messaging, (group, reason) => BuriedUnreadable?.Invoke(group, reason), clock, log);
    }

    public event Action<string, string>? BuriedUnreadable;

    public TransportCapabilities Capabilities { get; } = new("rabbitmq", DelaysRetries: true, OrdersSubjects: false, DropsDuplicates: false, SharesEveryEvent: true);

    public Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation) =>
        AskAsync(connections.Publishing, async (connection, token) =>
        {
            await NoticeAsync(connection, subscriptions, token);
            await layout.PrepareAsync(connection, subscriptions, token);
        }, cancellation);

    public bool IsRefusal(Exception exception) => exception is RabbitMqException { IsRefusal: true };

    public async Task<TransportLook> LookAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        IReadOnlyList<string> missing = [];
        await AskAsync(connections.Publishing, async (connection, token) =>
        {
            missing = await layout.MissingAsync(connection, subscriptions, token);
            Volatile.Write(ref looked, new Looked(connection, [.. subscriptions.SelectMany(subscription => layout.QueuesOf(subscription.Group)).Except(missing)]));
        }, cancellation);
        return new TransportLook(missing, options.Declare) { Gone = [.. subscriptions.Select(subscription => subscription.Group).Where(group => layout.QueuesOf(group).Any(missing.Contains))] };
    }

    // A broker that was away between a look and the preparation may have come back empty. What was there then and is not any more is not made: somebody has to look again, who then knows that
    // what waited in it is gone.
    private async Task NoticeAsync(IConnection connection, IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
    {
        if (Volatile.Read(ref looked) is not { } before || ReferenceEquals(before.Connection, connection)) return;
        var missing = await layout.MissingAsync(connection, subscriptions, cancellation);
        if (subscriptions.SelectMany(subscription => layout.QueuesOf(subscription.Group)).FirstOrDefault(queue => before.There.Contains(queue) && missing.Contains(queue)) is not { } vanished) return;
        Volatile.Write(ref looked, null);
        throw new RabbitMqException($"The {vanished} vanished from RabbitMQ while it was prepared.");
    }

    public async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (events.Count > 0) await publisher.SendAsync([.. events.Select(ParcelOf)], cancellation);
    }

    public async Task ConsumeAsync(
        Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation)
    {
        try
        {
            var connection = await connections.Consuming.OpenAsync(cancellation);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
            using var consumption = new Consumption(channel, subscription, slots, handle, tools);
            await consumption.RunAsync(cancellation);
        }
        catch (Exception exception) when (Lost(exception, cancellation) is { } sentence)
        {
            throw new RabbitMqException(sentence, exception);
        }
    }

    public async Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation)
    {
        IReadOnlyList<DeadLetter> letters = [];
        await AskAsync(connections.Consuming,
            async (connection, token) => letters = await DeadLetterReader.ReadAsync(connection, names.Dead(subscription.Group), limit, token), cancellation);
        return letters;
    }

    public async Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation)
    {
        IChannel? channel = null;
        await AskAsync(connections.Consuming, async (connection, token) => channel = await connection.CreateChannelAsync(cancellationToken: token), cancellation);
        await using var mover = new DeadLetterMover(channel!, names.Dead(subscription.Group), names.Queue(subscription.Group), publisher);
        var more = true;
        while (more) await AskAsync(connections.Consuming, async (_, token) => more = await mover.MoveSomeAsync(only, token), cancellation);
        return new Redriven(mover.Given, mover.Unreadable);
    }

    public async Task PingAsync(CancellationToken cancellation)
    {
        publisher.RefuseWhileBlocked();
        foreach (var broker in (BrokerConnection[])[connections.Publishing, connections.Consuming])
        {
            await AskAsync(broker, async (connection, token) =>
            {
                await using var channel = await connection.CreateChannelAsync(cancellationToken: token);
                await channel.CloseAsync(token);
            }, cancellation);
        }
    }

    public void Dispose() => publisher.Dispose();

    private Parcel ParcelOf(CloudEvent happened)
    {
        var body = happened.ToJson();
        if (body.Length > options.EventBytesMax)
            throw new RabbitMqException($"The event {happened.Type} {happened.Id} has {body.Length} bytes; RabbitMq:EventBytesMax allows {options.EventBytesMax}.");
        return new Parcel(names.Events, happened.Type, MustArrive: layout.IsWanted(happened.Type), Envelope.Of(happened), body);
    }

    // A question is answered within a bound, and a connection that does not answer is not used again.
    private async Task AskAsync(BrokerConnection broker, Func<IConnection, CancellationToken, Task> ask, CancellationToken cancellation)
    {
        var connection = await broker.OpenAsync(cancellation);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.ConnectTimeout);
        try
        {
            await ask(connection, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await broker.DiscardAsync();
            throw new RabbitMqException($"RabbitMQ at {broker.Where} did not answer within {options.ConnectTimeoutSeconds} s.");
        }
        catch (Exception exception) when (RabbitMqException.IsLoss(exception))
        {
            throw new RabbitMqException($"RabbitMQ at {broker.Where} was lost: {exception.Message}", exception);
        }
    }

    private string? Lost(Exception exception, CancellationToken cancellation) => exception switch
    {
        RabbitMqException => null,
        OperationCanceledException when cancellation.IsCancellationRequested => null,
        _ => $"RabbitMQ at {connections.Consuming.Where} was lost while events were consumed: {exception.Message}",
    };

    /// <summary>What was found when somebody looked.</summary>
    /// <param name="Connection">The connection on which it was.</param>
    /// <param name="There">The queues that were there.</param>
    private sealed record Looked(IConnection Connection, HashSet<string> There);
}
