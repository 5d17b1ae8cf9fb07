using System.Collections.Concurrent;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Messaging.Tests;

/// <summary>A relay whose broker refuses some events, or all for a while.</summary>
public sealed class RelayQuarantineTests : IDisposable
{
    private readonly MessagingOptions options = new() { GiveUpMinutes = 0, PollMilliseconds = 50 };
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(55));
    private readonly StoryDatabase database = new();
    private readonly Outbox<StoryDb> outbox;
    private readonly EfOutboxStore<StoryDb> store;
    private readonly PickyTransport broker = new();
    private readonly QueuePreparation queues;

    public RelayQuarantineTests()
    {
        queues = Some.Queues(broker);
        outbox = new Outbox<StoryDb>(new Ids(clock), clock, new OutboxSource<StoryDb>("/fotograma/story"));
        store = new EfOutboxStore<StoryDb>(database, options);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Event_that_is_refused_for_its_own_sake_is_put_aside_and_what_follows_in_its_subject_goes_on()
    {
        broker.Refused = "too large";
        await TellAsync("first", "too large", "behind it");
        using var relay = await StartAsync();
        // Told has one subject, so that only what comes before the refused one can pass.
        await UntilAsync(() => broker.Arrived.Contains("first"));
        var fresh = 0;
        await UntilAsync(async () =>
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await TellOtherAsync($"other {fresh++}");
            return relay.Quarantined == 1;
        });
        await UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return broker.Arrived.Contains("behind it");
        });
        broker.Arrived.ShouldNotContain("too large");
        broker.Arrived.Count(text => text == "first").ShouldBe(1);
        var aside = (await store.ReadQuarantineAsync(10, Cancellation)).ShouldHaveSingleItem();
        aside.Reason.ShouldBe("IOException: The broker is meant to refuse too large.");

        broker.Refused = null;
        (await store.PutBackAsync(aside.Key, Cancellation)).ShouldBeTrue();
        await UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            return relay.Quarantined == 0 && broker.Arrived.Contains("too large");
        });
        await relay.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Fresh_events_do_not_hurry_a_relay_that_fails()
    {
        broker.IsAway = true;
        await TellAsync("patience");
        using var relay = await StartAsync();
        for (var tries = 1; tries <= 6; tries++)
        {
            var seen = tries;
            await UntilAsync(() => broker.Asked >= seen);
            for (var i = 0; i < 50; i++) outbox.Wake();
            await TellAsync($"fresh {tries}");
            broker.Asked.ShouldBe(tries);
            clock.Advance(TimeSpan.FromMilliseconds(100 * Math.Pow(2, tries - 1)));
        }
        broker.IsAway = false;
        await UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            return broker.Arrived.Count == 7;
        });
        await relay.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Broker_that_takes_nothing_is_complained_of_until_it_does()
    {
        broker.IsAway = true;
        await TellAsync("not taken");
        using var relay = await StartAsync();
        await UntilAsync(() => queues.Troubles.Any is IOException);
        broker.IsAway = false;
        await UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            return queues.Troubles.Any is null;
        });
        broker.Arrived.ShouldBe(["not taken"]);
        await relay.StopAsync(Cancellation);
    }

    [Fact]
    public async Task One_event_that_is_refused_is_no_complaint_about_the_broker()
    {
        broker.Refused = "too large";
        await TellAsync("first", "too large");
        using var relay = await StartAsync();
        await UntilAsync(() => broker.Asked >= 3);
        queues.Troubles.Any.ShouldBeNull();
        await relay.StopAsync(Cancellation);
    }

    private async Task<OutboxRelay> StartAsync()
    {
        var relay = new OutboxRelay(store, broker, queues, outbox.Events, options, clock, NullLogger<OutboxRelay>.Instance);
        await relay.StartAsync(Cancellation);
        return relay;
    }

    private async Task TellAsync(params string[] texts)
    {
        await using var db = database.CreateDbContext();
        foreach (var text in texts) outbox.Add(db, new Told(text));
        await db.SaveChangesAsync(Cancellation);
        outbox.Wake();
    }

    private async Task TellOtherAsync(string text)
    {
        await using var db = database.CreateDbContext();
        db.Add(OutboxRow.Of(outbox.Events.Of(new Told(text)) with { Subject = text }));
        await db.SaveChangesAsync(Cancellation);
        outbox.Wake();
    }

    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await holds()) await timer.WaitForNextTickAsync(patience.Token);
    }

    /// <summary>A broker that refuses what it is told to refuse.</summary>
    private sealed class PickyTransport : ITransport
    {
        private readonly ConcurrentQueue<string> arrived = new();
        private volatile string? refused;
        private volatile bool isAway;
        private int asked;

        public string? Refused
        {
            get => refused;
            set => refused = value;
        }

        public bool IsAway
        {
            get => isAway;
            set => isAway = value;
        }

        public int Asked => Volatile.Read(ref asked);

        public ConcurrentQueue<string> Arrived => arrived;

        public TransportCapabilities Capabilities { get; } = new("picky", false, true, false, true);

        public Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation) => Task.CompletedTask;

        public Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
        {
            Interlocked.Increment(ref asked);
            if (IsAway) throw new IOException("The broker is meant to be away.");
            var texts = events.Select(happened => happened.Read<Told>().Text).ToList();
            if (Refused is { } bad && texts.Contains(bad)) throw new IOException($"The broker is meant to refuse {bad}.");
            texts.ForEach(arrived.Enqueue);
            return Task.CompletedTask;
        }

        public Task ConsumeAsync(Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation) =>
            Task.Delay(Timeout.InfiniteTimeSpan, cancellation);

        public Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<DeadLetter>>([]);

        public Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation) => throw new NotSupportedException();

        public Task PingAsync(CancellationToken cancellation) => IsAway ? throw new IOException("The broker is meant to be away.") : Task.CompletedTask;
    }
}
