using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.RabbitMq.Connecting;

/// <summary>
/// This process's connections. Publishing has one of its own: a broker that is short of memory or disk stops reading from whoever publishes, and acknowledgements must
/// still reach it then.
/// </summary>
internal sealed class BrokerConnections(RabbitMqOptions options, ILogger<BrokerConnections> log) : IAsyncDisposable
{
    public BrokerConnection Publishing { get; } = new("publishing", options, log);

    public BrokerConnection Consuming { get; } = new("consuming", options, log);

    public async ValueTask DisposeAsync()
    {
        await Consuming.DisposeAsync();
        await Publishing.DisposeAsync();
    }
}
