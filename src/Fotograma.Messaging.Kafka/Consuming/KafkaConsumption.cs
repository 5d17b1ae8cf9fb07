using Confluent.Kafka;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Kafka.Consuming;

/// <summary>
/// One member of a group. A thread of its own polls without a pause, whatever the handlers do, so that the brokers never think the member is stuck; it alone talks to the
/// client. Used for one consumption and then thrown away.
/// </summary>
internal sealed partial class KafkaConsumption : IDisposable
{
    private static readonly TimeSpan PollFor = TimeSpan.FromMilliseconds(50);

    // How long the group's rebalance is held up for handlers that are about to end. Members have the session timeout and more for it.
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(1);

    private readonly KafkaClients clients;
    private readonly string group;
    private readonly IReadOnlyList<string> topics;
    private readonly Func<Delivery, CancellationToken, Task<Settlement>> handle;
    private readonly Settler settler;
    private readonly TimeSpan pauseAfterThrow;
    private readonly Slots slots;
    private readonly Liveness liveness;
    private readonly TopicWatch watch;
    private readonly ILogger log;
    private readonly Intake intake;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationToken abandoned;
    private Exception? fault;

    /// <param name="clients">Makes the client.</param>
    /// <param name="group">The group's name on the brokers.</param>
    /// <param name="topics">What it reads.</param>
    /// <param name="watch">Sees when that vanishes.</param>
    /// <param name="slots">How much it can take on.</param>
    /// <param name="handle">Handles an event.</param>
    /// <param name="settler">Puts away what is not done.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="pauseAfterThrow">How long an event waits whose handler threw.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">The log.</param>
    /// <param name="abandoned">Ends everything at once, without a farewell to the brokers.</param>
    public KafkaConsumption(
        KafkaClients clients, string group, IReadOnlyList<string> topics, TopicWatch watch, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, Settler settler,
        KafkaOptions options, TimeSpan pauseAfterThrow, TimeProvider clock, ILogger log, CancellationToken abandoned)
    {
        (this.clients, this.group, this.topics, this.handle, this.settler) = (clients, group, topics, handle, settler);
        (this.watch, this.slots, this.pauseAfterThrow, this.log, this.abandoned) = (watch, slots, pauseAfterThrow, log, abandoned);
        liveness = new Liveness(clock, options.LostAfter);
        intake = new Intake(slots, options.BufferedEventsMax, HandleAsync, clock, stopping.Token);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var stop = cancellation.Register(() => _ = stopping.CancelAsync());
        slots.Changed += intake.HandOut;
        try
        {
            await Task.Factory.StartNew(() => Poll(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            slots.Changed -= intake.HandOut;
            intake.Lose();
            intake.Close();
            await stopping.CancelAsync();
            await intake.IdleAsync();
        }
        cancellation.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        intake.Dispose();
        stopping.Dispose();
    }

    // What a handler has begun when the consumption is cancelled is still settled, and the brokers are told. When the consumption fails they are not: others take
    // over after the session timeout, or this member when it is back.
    private void Poll(CancellationToken cancellation)
    {
        using var consumer = Build();
        consumer.Subscribe(topics);
        while (true)
        {
            if (cancellation.IsCancellationRequested)
            {
                intake.Close();
                if (intake.IsIdle) break;
            }
            ThrowIfOver();
            Take(consumer);
            Steer(consumer);
        }
        Store(consumer);
        Leave(consumer);
    }

    private void Leave(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            consumer.Close();
        }
        catch (KafkaException exception)
        {
            LogNotLeft(exception, group);
        }
    }

    private IConsumer<byte[], byte[]> Build() => clients.Member(group)
        .SetStatisticsHandler((_, statistics) => liveness.Note(statistics))
        .SetErrorHandler((_, error) => Note(error))
        .SetPartitionsAssignedHandler((_, assigned) =>
        {
            LogAssigned(group, assigned.Count);
            intake.Assign(assigned);
        })
        .SetPartitionsRevokedHandler((consumer, _) =>
        {
            intake.Rest(RestMax);
            Store(consumer);
            intake.GiveBack();
        })
        .SetPartitionsLostHandler((_, lost) =>
        {
            LogLost(group, lost.Count);
            intake.Lose();
        })
        .Build();

    private void ThrowIfOver()
    {
        if (abandoned.IsCancellationRequested) throw new BrokerException($"The consumption of the Kafka group {group} was abandoned.", null);
        if (Volatile.Read(ref fault) is { } cause) throw new BrokerException($"The Kafka group {group} cannot go on: {cause.Message}", cause, (cause as BrokerException)?.Code ?? ErrorCode.Unknown);
        if (watch.Vanished() is { Count: > 0 } vanished)
            throw new BrokerException($"The Kafka topics {string.Join(", ", vanished)} vanished, though the group {group} reads them.", null, ErrorCode.UnknownTopicOrPart);
        if (liveness.IsLost) throw new BrokerException($"The Kafka group {group} has lost its brokers: {clients.LastError ?? "they do not answer"}", null);
    }

    private void Take(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            if (consumer.Consume(PollFor) is { Message: not null } record) intake.Add(Fetched.Of(record));
        }
        catch (ConsumeException exception)
        {
            Note(exception.Error);
        }
    }

    private void Steer(IConsumer<byte[], byte[]> consumer)
    {
        Store(consumer);
        var (pause, resume) = intake.Flow();
        try
        {
            if (pause.Count > 0) consumer.Pause(pause);
            if (resume.Count > 0) consumer.Resume(resume);
        }
        catch (KafkaException exception)
        {
            LogNotSteered(exception, group);
        }
    }

    private void Store(IConsumer<byte[], byte[]> consumer)
    {
        foreach (var place in intake.MovedPlaces())
        {
            try
            {
                consumer.StoreOffset(place);
            }
            catch (KafkaException exception)
            {
                LogNotStored(exception, group, place.Topic, place.Partition.Value);
            }
        }
    }

    private void Note(Error error)
    {
        clients.Note(error);
        if (error.IsFatal || error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.Local_Authentication)
            Fail(new BrokerException(error.Reason, null, error.Code));
    }

    private void Fail(Exception exception) => Interlocked.CompareExchange(ref fault, exception, null);

    private async Task<bool> HandleAsync(Fetched fetched)
    {
        try
        {
            var settlement = fetched.Delivery is { } delivery ? await OutcomeAsync(delivery, fetched.Stopping!.Token) : new Settlement.GiveUp(fetched.Fault!);
            if (settlement is null || fetched.IsForsaken || abandoned.IsCancellationRequested) return false;
            // What the handler decided is written down even when the process is being stopped meanwhile.
            if (settlement is Settlement.Retry retry) await settler.RetryAsync(fetched, retry.Delay, CancellationToken.None);
            if (settlement is Settlement.GiveUp giveUp) await settler.BuryAsync(fetched, giveUp.Reason, CancellationToken.None);
            return true;
        }
        catch (Exception exception)
        {
            LogNotSettled(exception, fetched.ToString(), group);
            Fail(exception);
            return false;
        }
    }

    // Null when the handler was told to stop and did: the event comes again, here or elsewhere, as if it had not been handed out.
    private async Task<Settlement?> OutcomeAsync(Delivery delivery, CancellationToken cancellation)
    {
        try
        {
            return await handle(delivery, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            LogHandlerThrew(exception, delivery.Event.Id, group);
            return new Settlement.Retry(pauseAfterThrow);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The Kafka group {Group} gave {Count} partitions to this member.")]
    private partial void LogAssigned(string group, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This member of the Kafka group {Group} was silent for too long and lost {Count} partitions; their events come again.")]
    private partial void LogLost(string group, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The Kafka group {Group} could not be left properly; events that were settled last may come again.")]
    private partial void LogNotLeft(Exception exception, string group);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Fetching for the Kafka group {Group} could not be paused or resumed.")]
    private partial void LogNotSteered(Exception exception, string group);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The place of the Kafka group {Group} in {Topic} [{Partition}] could not be stored; its events may come again.")]
    private partial void LogNotStored(Exception exception, string group, string topic, int partition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event at {Place} could not be settled for {Group}; it will come again.")]
    private partial void LogNotSettled(Exception exception, string place, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The handler of {EventId} for {Group} threw; the event will come again.")]
    private partial void LogHandlerThrew(Exception exception, Guid eventId, string group);
}
