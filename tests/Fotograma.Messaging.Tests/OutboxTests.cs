using System.Threading.Channels;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Transport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fotograma.Messaging.Tests;

/// <summary>A change and its events are one write, and what was written gets out.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private static readonly Subscription Listeners = new("listeners", [Told.Type]);

    // So slow that only a wake can be the reason when something moves in time.
    private readonly MessagingOptions options = new() { PollMilliseconds = 60_000 };
    private readonly EmbeddedPeer peer = new(TimeProvider.System, new MessagingOptions { PollMilliseconds = 100 });
    private readonly StoryDatabase database = new();
    private readonly Outbox<StoryDb> outbox = new(new Ids(TimeProvider.System), TimeProvider.System, new OutboxSource<StoryDb>("/fotograma/story"));
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<CloudEvent> heard = Channel.CreateUnbounded<CloudEvent>();
    private ITransport transport = null!;
    private Task listening = Task.CompletedTask;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        transport = await peer.ConnectAsync(Cancellation);
        await transport.PrepareAsync([Listeners], Cancellation);
        listening = transport.ConsumeAsync(Listeners, new Slots(1), (delivery, _) =>
        {
            heard.Writer.TryWrite(delivery.Event);
            return Task.FromResult<Settlement>(new Settlement.Done());
        }, stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        database.Dispose();
        await peer.DisposeAsync();
        stopping.Dispose();
    }

    [Fact]
    public async Task Event_is_published_once_its_change_is_committed()
    {
        using var relay = await StartRelayAsync(transport);
        await using (var db = database.CreateDbContext())
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Cancellation);
            outbox.Add(db, new Told("once upon a time"));
            await db.SaveChangesAsync(Cancellation);
            outbox.Wake();
            await transaction.CommitAsync(Cancellation);
        }
        outbox.Wake();
        var got = await NextAsync();
        got.Read<Told>().Text.ShouldBe("once upon a time");
        (got.Source, got.Type, got.Subject).ShouldBe(("/fotograma/story", "story.told", "story"));
        await NoneWaitsAsync();
        await relay.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Event_of_a_change_that_was_rolled_back_is_never_published()
    {
        using var relay = await StartRelayAsync(transport);
        await using (var db = database.CreateDbContext())
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Cancellation);
            outbox.Add(db, new Told("a lie"));
            await db.SaveChangesAsync(Cancellation);
            await transaction.RollbackAsync(Cancellation);
        }
        await TellAsync("the truth");
        (await NextAsync()).Read<Told>().Text.ShouldBe("the truth");
        await relay.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Events_leave_in_the_order_in_which_they_were_written()
    {
        for (var i = 0; i < 25; i++) await TellAsync($"{i}");
        using var relay = await StartRelayAsync(transport, batch: 10);
        for (var i = 0; i < 25; i++) (await NextAsync()).Read<Told>().Text.ShouldBe($"{i}");
        await NoneWaitsAsync();
        await relay.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Events_wait_while_the_transport_is_down()
    {
        var failing = new FailingTransport(transport, failures: 2, afterArrival: false);
        await TellAsync("patience");
        using var relay = await StartRelayAsync(failing);
        // Every wake is one more try.
        while (failing.Published == 0 && !heard.Reader.TryPeek(out _))
        {
            Cancellation.ThrowIfCancellationRequested();
            outbox.Wake();
            await Task.Yield();
        }
        (await NextAsync()).Read<Told>().Text.ShouldBe("patience");
        await NoneWaitsAsync();
        await relay.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Event_that_was_published_twice_keeps_its_id_and_is_handled_once()
    {
        // The listeners stop, so that both copies meet in the queue.
        await stopping.CancelAsync();
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var failing = new FailingTransport(transport, failures: 1, afterArrival: true);
        await TellAsync("twice");
        using var relay = await StartRelayAsync(failing, pollMilliseconds: 50);
        await NoneWaitsAsync();
        failing.Published.ShouldBe(2);
        await relay.StopAsync(Cancellation);
        await using var bus = peer.OpenDatabase();
        (await bus.Queue.CountAsync(Cancellation)).ShouldBe(1);
    }

    private async Task<OutboxRelay> StartRelayAsync(ITransport to, int batch = 100, int pollMilliseconds = 60_000)
    {
        options.RelayBatchEvents = batch;
        options.PollMilliseconds = pollMilliseconds;
        var relay = new OutboxRelay(
            new EfOutboxStore<StoryDb>(database, options), to, Some.Queues(to), outbox.Events, options, TimeProvider.System, NullLogger<OutboxRelay>.Instance);
        await relay.StartAsync(Cancellation);
        return relay;
    }

    private async Task TellAsync(string text)
    {
        await using var db = database.CreateDbContext();
        outbox.Add(db, new Told(text));
        await db.SaveChangesAsync(Cancellation);
        outbox.Wake();
    }

    private async Task<CloudEvent> NextAsync() => await heard.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

    /// <summary>Waits, with a bound, until the relay has noted that everything left: events arrive a moment before that.</summary>
    private async Task NoneWaitsAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (await WaitingAsync() > 0) await timer.WaitForNextTickAsync(patience.Token);
    }

    private async Task<int> WaitingAsync()
    {
        await using var db = database.CreateDbContext();
        return await db.Set<OutboxRow>().CountAsync(Cancellation);
    }
}
