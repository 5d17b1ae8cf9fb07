using Fotograma.Suites.Transport;

namespace Fotograma.Messaging.RabbitMq.Tests;

public sealed class RabbitMqTransportTests : TransportSuite
{
    protected override async Task<TransportPeer> StartPeerAsync(CancellationToken cancellation) => await Broker.SharedAsync(cancellation);
}
