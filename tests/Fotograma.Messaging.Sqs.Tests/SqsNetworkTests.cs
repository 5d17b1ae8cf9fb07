using System.Collections.Concurrent;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Faults;
using Fotograma.Peers.Sqs;

namespace Fotograma.Messaging.Sqs.Tests;

/// <summary>What networks do to the way to SQS.</summary>
public sealed class SqsNetworkTests : IAsyncLifetime
{
    private FaultProxy proxy = null!;
    private SqsTransportPeer peer = null!;
    private SqsTransport transport = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        proxy = FaultProxy.To((await SqsPeer.SharedAsync(Cancellation)).Port);
        peer = new SqsTransportPeer(await SqsPeer.SharedAsync(Cancellation));
        (peer.Options.ServiceUrl, peer.Options.CallSecondsMax, peer.Options.WaitSeconds) = ($"http://127.0.0.1:{proxy.Port}", 2, 1);
        transport = peer.Connect(new Connection());
        await transport.PrepareAsync([SqsStory.Group], Cancellation);
        proxy.Accepted.ShouldBeGreaterThan(0, "Requests must go through the proxy.");
    }

    public async ValueTask DisposeAsync()
    {
        proxy.Fault = Fault.None;
        await peer.DisposeAsync();
        await proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Events_whose_confirmation_was_lost_are_there_and_can_be_published_again_with_the_same_ids(bool cut)
    {
        peer.Options.RetriesMax = 0;
        var sent = Enumerable.Range(0, 10).Select(_ => SqsStory.Event()).ToList();
        var publisher = peer.Connect(new Connection());
        await publisher.PrepareAsync([SqsStory.Group], Cancellation);
        proxy.Fault = new Fault.LoseReplies(cut);
        await Should.ThrowAsync<Exception>(() => publisher.PublishAsync(sent, Cancellation));
        proxy.Fault = Fault.None;
        proxy.CutAll();
        await publisher.PublishAsync(sent, Cancellation);
        var came = await SqsStory.DrainAsync(publisher);
        came.Count.ShouldBeGreaterThanOrEqualTo(20);
        came.Distinct().ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Events_whose_deletion_was_cut_off_come_again_and_none_is_lost()
    {
        var sent = Enumerable.Range(0, 20).Select(_ => SqsStory.Event()).ToList();
        await transport.PublishAsync(sent, Cancellation);
        var (seen, all) = (new ConcurrentDictionary<Guid, bool>(), new TaskCompletionSource());
        while (!all.Task.IsCompleted)
        {
            await using var consuming = new SqsStory.Consumption(transport, new Slots(4), (delivery, _) =>
            {
                if (seen.TryAdd(delivery.Event.Id, true)) proxy.CutAll();
                if (seen.Count == sent.Count) all.TrySetResult();
                return Task.FromResult<Settlement>(new Settlement.Done());
            });
            await SqsStory.InTimeAsync(Task.WhenAny(all.Task, consuming.Ended));
        }
        seen.Keys.ShouldBe(sent.Select(e => e.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Consumption_notices_within_its_bound_that_nothing_answers_any_more()
    {
        await using var consuming = new SqsStory.Consumption(transport, new Slots(4), (_, _) => Task.FromResult<Settlement>(new Settlement.Done()));
        proxy.Fault = new Fault.Blackhole();
        (await Should.ThrowAsync<TimeoutException>(() => SqsStory.InTimeAsync(consuming.Ended))).Message.ShouldBe("SQS did not answer within 3 seconds.");
        proxy.Fault = Fault.None;
        // The request that was given up arrives now and may take the event for as long as the timeout lasts.
        var sent = SqsStory.Event();
        await transport.PublishAsync([sent], Cancellation);
        await SqsStory.ComesAsync(transport, sent);
    }
}
