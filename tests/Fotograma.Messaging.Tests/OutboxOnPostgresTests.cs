using System.Collections.Concurrent;
using Fotograma.Data;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Outbox;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Faults;
using Fotograma.Peers.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Fotograma.Messaging.Tests;

/// <summary>Several processes write into one outbox and relay from it.</summary>
public sealed class OutboxOnPostgresTests : IAsyncLifetime
{
    private readonly MessagingOptions options = new() { PollMilliseconds = 100, RelayBatchEvents = 7 };
    private readonly Outbox<StoryDb> outbox = new(new Ids(TimeProvider.System), TimeProvider.System, new OutboxSource<StoryDb>("/fotograma/story"));
    private PostgresRoom room = null!;
    private Databases databases = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        room = (await PostgresPeer.SharedAsync()).MakeRoom();
        await room.CreateAsync("story");
        databases = new Databases(room);
        await using var db = databases.CreateDbContext();
        await db.Database.EnsureCreatedAsync(Cancellation);
    }

    public ValueTask DisposeAsync() => room.DisposeAsync();

    [Fact]
    public async Task Two_relays_lose_nothing_and_keep_the_order()
    {
        var witness = new Witness();
        using var one = await StartRelayAsync(witness);
        using var two = await StartRelayAsync(witness);
        for (var i = 0; i < 200; i++) await TellAsync($"{i}");
        await witness.HasAsync(200);
        await StopAsync(one, two);
        witness.Texts.ShouldBe(Enumerable.Range(0, 200).Select(i => $"{i}"));
        await EmptyAsync();
    }

    [Fact]
    public async Task Event_that_got_a_lower_number_and_was_committed_later_is_not_passed_over()
    {
        var witness = new Witness();
        using var relay = await StartRelayAsync(witness);
        await using (var slow = databases.CreateDbContext())
        {
            await using var transaction = await slow.Database.BeginTransactionAsync(Cancellation);
            outbox.Add(slow, new Told("early number, late commit"));
            await slow.SaveChangesAsync(Cancellation);
            await TellAsync("late number, early commit");
            await witness.HasAsync(1);
            // The relay has been past that number: it read, published and deleted.
            await EmptyAsync();
            await transaction.CommitAsync(Cancellation);
        }
        await witness.HasAsync(2);
        await StopAsync(relay);
        witness.Texts.ShouldBe(["late number, early commit", "early number, late commit"]);
        await EmptyAsync();
    }

    [Fact]
    public async Task Relay_that_hangs_on_its_broker_keeps_its_turn_until_it_dies_and_loses_nothing()
    {
        var hanging = new Witness { Hangs = true };
        using var stuck = await StartRelayAsync(hanging);
        await TellAsync("first");
        await hanging.IsAskedAsync();
        var witness = new Witness();
        using var other = await StartRelayAsync(witness);
        await TellAsync("second");
        witness.Texts.ShouldBeEmpty();
        // The stuck process dies: the server ends its turn, and nothing of its batch was forgotten.
        await room.Server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{room.Prefix}story' AND state = 'idle in transaction'");
        await witness.HasAsync(2);
        witness.Texts.ShouldBe(["first", "second"]);
        await StopAsync(stuck, other);
    }

    [Fact]
    public async Task Relay_whose_host_vanishes_loses_its_turn_within_a_bound()
    {
        await using var network = FaultProxy.To(new NpgsqlConnectionStringBuilder(room.ConnectionString).Port);
        var hanging = new Witness { Hangs = true };
        options.RelayTurnSeconds = 2;
        using var vanished = await StartRelayAsync(hanging, new Databases(room, network.Port));
        await TellAsync("first");
        await hanging.IsAskedAsync();
        // From here on nothing is heard of it, not even that it is gone.
        network.Fault = new Fault.Blackhole();
        var witness = new Witness();
        using var other = await StartRelayAsync(witness);
        await TellAsync("second");
        await witness.HasAsync(2);
        witness.Texts.ShouldBe(["first", "second"]);
        network.CutAll();
        await StopAsync(vanished, other);
    }

    [Fact]
    public async Task Crash_of_the_server_loses_no_committed_event()
    {
        await using var server = await PostgresPeer.StartAsync();
        await using var own = server.MakeRoom();
        await own.CreateAsync("story");
        var there = new Databases(own);
        await using (var db = there.CreateDbContext()) await db.Database.EnsureCreatedAsync(Cancellation);
        var witness = new Witness();
        using var relay = await StartRelayAsync(witness, there);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 20; i++) await TellAsync($"{round}.{i}", there);
            await server.RestartAsync();
            while (!await AnswersAsync(there)) Cancellation.ThrowIfCancellationRequested();
        }
        await witness.HasAsync(60, distinct: true);
        await StopAsync(relay);
    }

    private async Task<OutboxRelay> StartRelayAsync(ITransport to, Databases? there = null)
    {
        var relay = new OutboxRelay(
            new EfOutboxStore<StoryDb>(there ?? databases, options), to, Some.Queues(to), outbox.Events, options, TimeProvider.System, NullLogger<OutboxRelay>.Instance);
        await relay.StartAsync(Cancellation);
        return relay;
    }

    private static async Task StopAsync(params BackgroundService[] relays)
    {
        foreach (var relay in relays) await relay.StopAsync(Cancellation);
    }

    private async Task TellAsync(string text, Databases? there = null)
    {
        await using var db = (there ?? databases).CreateDbContext();
        outbox.Add(db, new Told(text));
        await db.SaveChangesAsync(Cancellation);
        outbox.Wake();
    }

    private async Task EmptyAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            await using var db = databases.CreateDbContext();
            if (!await db.Set<OutboxRow>().AnyAsync(patience.Token)) return;
            await Task.Delay(10, patience.Token);
        }
    }

    private static async Task<bool> AnswersAsync(Databases there)
    {
        try
        {
            await using var db = there.CreateDbContext();
            await db.Set<OutboxRow>().AnyAsync(Cancellation);
            return true;
        }
        catch (System.Data.Common.DbException)
        {
            return false;
        }
    }

    private sealed class Databases(PostgresRoom room, int? port = null) : IDbContextFactory<StoryDb>
    {
        private readonly PostgresOptions options = new()
        {
            ConnectionString = port is { } other ? new NpgsqlConnectionStringBuilder(room.ConnectionString) { Port = other }.ConnectionString : room.ConnectionString,
            DatabasePrefix = room.Prefix,
        };

        public StoryDb CreateDbContext()
        {
            var db = new DbContextOptionsBuilder<StoryDb>();
            DatabaseRegistration.Configure(db, options, "story");
            return new StoryDb(db.Options);
        }
    }

    /// <summary>A broker that keeps what it was given in its order.</summary>
    private sealed class Witness : ITransport
    {
        private readonly ConcurrentQueue<CloudEvent> published = new();
        private readonly TaskCompletionSource asked = new();

        public bool Hangs { get; init; }

        public TransportCapabilities Capabilities { get; } = new("witness", false, true, false, true);

        public IEnumerable<string> Texts => published.Select(happened => happened.Read<Told>().Text);

        public Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation) => Task.CompletedTask;

        public async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
        {
            asked.TrySetResult();
            if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            // A broker takes a moment, in which another relay may come by.
            await Task.Yield();
            foreach (var happened in events) published.Enqueue(happened);
        }

        public Task ConsumeAsync(
            Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, cancellation);

        public Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<DeadLetter>>([]);

        public Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation) => throw new NotSupportedException();

        public Task PingAsync(CancellationToken cancellation) => Task.CompletedTask;

        public Task IsAskedAsync() => asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        public async Task HasAsync(int count, bool distinct = false)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(TimeSpan.FromSeconds(30));
            while ((distinct ? published.DistinctBy(happened => happened.Id).Count() : published.Count) < count) await Task.Delay(5, patience.Token);
        }
    }
}
