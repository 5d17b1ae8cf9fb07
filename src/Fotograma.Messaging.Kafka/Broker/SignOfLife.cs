using Confluent.Kafka;

namespace Fotograma.Messaging.Kafka.Broker;

/// <summary>Asks whether any broker answers. By a client of its own, which makes no topics: brokers that make what is asked for would make one that vanished, and nobody could see any more that it had.</summary>
internal sealed class SignOfLife(KafkaClients clients, KafkaOptions options, string topic) : IDisposable
{
    private readonly Lock gate = new();
    private IAdminClient? client;
    private bool closed;

    /// <summary>Asks about one topic, whether it is there or not, because the answer about all of them may be long. Blocks.</summary>
    /// <exception cref="BrokerException">No broker answered in time.</exception>
    public void Ask()
    {
        try
        {
            var metadata = Client().GetMetadata(topic, options.RequestTimeout);
            if (metadata.Brokers.Count == 0) throw new BrokerException($"No Kafka broker at {options.Servers} is up.", null);
        }
        catch (KafkaException exception)
        {
            throw new BrokerException($"The Kafka brokers at {options.Servers} do not answer: {clients.LastError ?? exception.Error.Reason}", exception, exception.Error.Code);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            client?.Dispose();
        }
    }

    private IAdminClient Client()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            return client ??= clients.Admin(makesTopics: false);
        }
    }
}
