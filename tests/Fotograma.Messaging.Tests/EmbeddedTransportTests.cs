using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Fotograma.Suites.Transport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Messaging.Tests;

public sealed class EmbeddedTransportTests : TransportSuite
{
    private static readonly Subscription Listeners = new("listeners", [Told.Type]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override Task<TransportPeer> StartPeerAsync(CancellationToken cancellation) =>
        Task.FromResult<TransportPeer>(new EmbeddedPeer(TimeProvider.System, new MessagingOptions { VisibilityTimeoutSeconds = 1, PollMilliseconds = 200 }));

    [Fact]
    public async Task Event_stays_hidden_as_long_as_its_handler_lives()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var peer = new EmbeddedPeer(clock, new MessagingOptions { VisibilityTimeoutSeconds = 60 });
        var transport = await peer.ConnectAsync(Cancellation);
        await transport.PrepareAsync([Listeners], Cancellation);
        using var stopping = new CancellationTokenSource();
        var (begun, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var consuming = transport.ConsumeAsync(Listeners, new Slots(1), async (delivery, _) =>
        {
            delivery.Attempt.ShouldBe(1);
            begun.TrySetResult();
            await end.Task;
            return new Settlement.Done();
        }, stopping.Token);
        await transport.PublishAsync([Event(1)], Cancellation);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        for (var turn = 0; turn < 12; turn++)
        {
            clock.Advance(TimeSpan.FromSeconds(20));
            await UntilAsync(peer, row => row?.VisibleAt == clock.GetUtcNow().AddSeconds(60));
        }
        end.SetResult();
        await UntilAsync(peer, row => row is null);
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => consuming);
    }

    [Fact]
    public async Task Handler_whose_claim_was_lost_is_told_to_stop_and_cannot_settle()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var peer = new EmbeddedPeer(clock, new MessagingOptions { VisibilityTimeoutSeconds = 60 });
        var transport = await peer.ConnectAsync(Cancellation);
        await transport.PrepareAsync([Listeners], Cancellation);
        using var stopping = new CancellationTokenSource();
        var (begun, told) = (new TaskCompletionSource(), new TaskCompletionSource());
        var consuming = transport.ConsumeAsync(Listeners, new Slots(1), async (_, cancellation) =>
        {
            begun.TrySetResult();
            var stopped = new TaskCompletionSource();
            await using var registered = cancellation.Register(() => stopped.TrySetResult());
            await stopped.Task;
            told.TrySetResult();
            return new Settlement.Done();
        }, stopping.Token);
        await transport.PublishAsync([Event(1)], Cancellation);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await using (var db = peer.OpenDatabase())
        {
            // As if another member had claimed the event after this process was asleep for too long.
            await db.Queue.ExecuteUpdateAsync(row => row.SetProperty(r => r.Token, Guid.Empty), Cancellation);
        }
        clock.Advance(TimeSpan.FromSeconds(20));
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => consuming);
        await UntilAsync(peer, row => row?.Token == Guid.Empty);
    }

    [Fact]
    public async Task Batch_that_fails_halfway_is_published_not_at_all()
    {
        await using var peer = new EmbeddedPeer(TimeProvider.System, new MessagingOptions());
        var transport = await peer.ConnectAsync(Cancellation);
        await transport.PrepareAsync([Listeners], Cancellation);
        await Should.ThrowAsync<Exception>(() => transport.PublishAsync([Event(1), Event(2) with { Subject = null! }], Cancellation));
        await UntilAsync(peer, row => row is null);
    }

    private static CloudEvent Event(int number) => new()
    {
        Id = new Guid(number, 0, 0, new byte[8]),
        Source = "/fotograma/story",
        Type = Told.Type,
        Subject = "story",
        Time = DateTimeOffset.UnixEpoch,
        Data = System.Text.Json.JsonSerializer.SerializeToElement(new Told("text")),
    };

    // The database is the only witness; it is asked until it says so, for a bounded time.
    private static async Task UntilAsync(EmbeddedPeer peer, Func<Embedded.QueuedEvent?, bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            await using var db = peer.OpenDatabase();
            if (holds(await db.Queue.AsNoTracking().SingleOrDefaultAsync(patience.Token))) return;
            await Task.Delay(5, patience.Token);
        }
    }
}
