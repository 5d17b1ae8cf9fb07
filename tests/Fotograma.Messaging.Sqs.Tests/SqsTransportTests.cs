using Fotograma.Peers.Sqs;
using Fotograma.Suites.Transport;

namespace Fotograma.Messaging.Sqs.Tests;

public sealed class SqsTransportTests : TransportSuite
{
    protected override async Task<TransportPeer> StartPeerAsync(CancellationToken cancellation) => new SqsTransportPeer(await SqsPeer.SharedAsync(cancellation));
}
