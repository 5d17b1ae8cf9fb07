using Confluent.Kafka;

namespace Fotograma.Messaging.Kafka.Broker;

/// <summary>
/// Asks the brokers small questions, by a client of its own which makes no topics: brokers that make what is asked for would make one that vanished, and nobody could see
/// any more that it had. Safe for concurrent use; every question blocks.
/// </summary>
internal sealed class Inquiry(KafkaClients clients, KafkaOptions options, string topic) : IDisposable
{
    private readonly Lock gate = new();
    private Task answering = Task.CompletedTask;
    private IAdminClient? client;
    private int asking;
    private bool closed;

    /// <summary>
    /// Asks whether any broker answers. Who asks while a question is open waits for its answer: brokers that are away hold one thread, however often they are asked for.
    /// </summary>
    /// <exception cref="BrokerException">No broker answered in time.</exception>
    public Task MustAnswerAsync(CancellationToken cancellation)
    {
        lock (gate)
        {
            if (answering.IsCompleted) answering = Task.Run(MustAnswer, CancellationToken.None);
            return answering.WaitAsync(cancellation);
        }
    }

    /// <summary>Asks whether a topic is missing.</summary>
    /// <exception cref="BrokerException">No broker answered in time.</exception>
    public bool IsMissing(string name) => Ask(name).Topics.Exists(seen => seen.Topic == name && seen.Error.Code == ErrorCode.UnknownTopicOrPart);

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            EndWhenUnused();
        }
    }

    // About one topic, whether it is there or not, because the answer about all of them may be long.
    private void MustAnswer()
    {
        if (Ask(topic).Brokers.Count == 0) throw new BrokerException($"No Kafka broker at {options.Servers} is up.", null);
    }

    private Metadata Ask(string name)
    {
        try
        {
            return Client().GetMetadata(name, options.RequestTimeout);
        }
        catch (KafkaException exception)
        {
            throw new BrokerException($"The Kafka brokers at {options.Servers} do not answer: {clients.LastError ?? exception.Error.Reason}", exception, exception.Error.Code);
        }
        finally
        {
            lock (gate)
            {
                asking--;
                EndWhenUnused();
            }
        }
    }

    private IAdminClient Client()
    {
        lock (gate)
        {
            asking++;
            ObjectDisposedException.ThrowIf(closed, this);
            return client ??= clients.Admin(makesTopics: false);
        }
    }

    // The client library must not be ended while it is asked.
    private void EndWhenUnused()
    {
        if (!closed || asking > 0) return;
        client?.Dispose();
        client = null;
    }
}
