using Fotograma.Messaging.Transport;
using Fotograma.Suites.Transport;

namespace Fotograma.Messaging.Kafka.Tests;

public sealed class KafkaTransportTests : TransportSuite
{
    protected override async Task<TransportPeer> StartPeerAsync(CancellationToken cancellation) => new SuitePeer(await Kafka.SharedAsync());

    private sealed class SuitePeer(Kafka kafka) : TransportPeer
    {
        public override Task<ITransport> ConnectAsync(CancellationToken cancellation) => Task.FromResult<ITransport>(kafka.Connect());

        public override Task KillAsync(ITransport transport, CancellationToken cancellation)
        {
            ((KafkaTransport)transport).Dispose();
            return Task.CompletedTask;
        }

        public override async Task PublishRawAsync(Subscription group, byte[] body, CancellationToken cancellation) =>
            await kafka.PutAsync(kafka.Prefix + group.Types[0], body);

        public override ValueTask DisposeAsync() => kafka.DisposeAsync();
    }
}
