using Fotograma.Suites.Transport;

namespace Fotograma.Messaging.Tests;

public sealed class EmbeddedTransportTests : TransportSuite
{
    protected override Task<TransportPeer> StartPeerAsync(CancellationToken cancellation) =>
        Task.FromResult<TransportPeer>(new EmbeddedPeer(TimeProvider.System, new MessagingOptions { VisibilityTimeoutSeconds = 1, PollMilliseconds = 200 }));
}
