using Fotograma.Messaging.Transport;
using Fotograma.Peers.Sqs;

namespace Fotograma.Messaging.Sqs.Tests;

/// <summary>A server of its own, which goes away and comes back.</summary>
public sealed class SqsOutageTests : IAsyncLifetime
{
    private SqsPeer server = null!;
    private SqsTransportPeer peer = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await SqsPeer.StartAsync(Cancellation);
        peer = new SqsTransportPeer(server);
        peer.Options.CallSecondsMax = 2;
    }

    public async ValueTask DisposeAsync()
    {
        await server.KillAsync();
        await server.StartAgainAsync(CancellationToken.None);
        await peer.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Endpoint_that_is_down_at_the_start_is_used_when_it_is_there()
    {
        await server.KillAsync();
        var transport = peer.Connect(new Connection());
        await Should.ThrowAsync<Exception>(() => transport.PrepareAsync([SqsStory.Group], Cancellation));
        (await Should.ThrowAsync<InvalidOperationException>(() => transport.PingAsync(Cancellation))).Message.ShouldStartWith("SQS cannot be used: ");
        await server.StartAgainAsync(Cancellation);
        await transport.PingAsync(Cancellation);
        await transport.PrepareAsync([SqsStory.Group], Cancellation);
        var sent = SqsStory.Event();
        await transport.PublishAsync([sent], Cancellation);
        (await SqsStory.DrainAsync(transport)).ShouldBe([sent.Id]);
    }

    [Fact]
    public async Task Consumption_throws_when_the_endpoint_is_lost_and_can_be_taken_up_when_it_is_back()
    {
        var connection = new Connection();
        var listening = new TaskCompletionSource();
        connection.Asked += action =>
        {
            if (action == "ReceiveMessage") listening.TrySetResult();
        };
        var transport = peer.Connect(connection);
        await transport.PrepareAsync([SqsStory.Group], Cancellation);
        await using var consuming = new SqsStory.Consumption(transport, new Slots(1), (_, _) => Task.FromResult<Settlement>(new Settlement.Done()));
        await SqsStory.InTimeAsync(listening.Task);
        await server.KillAsync();
        (await Should.ThrowAsync<Exception>(() => SqsStory.InTimeAsync(consuming.Ended))).ShouldNotBeOfType<OperationCanceledException>();
        await Should.ThrowAsync<Exception>(() => transport.PublishAsync([SqsStory.Event()], Cancellation));
        await server.StartAgainAsync(Cancellation);
        // It came back empty: the queues are missed, and made when they are prepared again.
        var sent = SqsStory.Event();
        await Should.ThrowAsync<Exception>(() => transport.PublishAsync([sent], Cancellation));
        await transport.PrepareAsync([SqsStory.Group], Cancellation);
        await transport.PublishAsync([sent], Cancellation);
        (await SqsStory.DrainAsync(transport)).ShouldBe([sent.Id]);
    }
}
