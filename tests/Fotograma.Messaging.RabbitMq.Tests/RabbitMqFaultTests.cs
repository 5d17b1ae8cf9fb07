using System.Diagnostics;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.RabbitMq;

namespace Fotograma.Messaging.RabbitMq.Tests;

/// <summary>A node for the tests that harm it.</summary>
public sealed class HarmedNode : IAsyncLifetime
{
    public RabbitMqPeer Node { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Node = await RabbitMqPeer.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}

/// <summary>The broker itself is stopped, killed, frozen, short of memory, emptied.</summary>
public sealed class RabbitMqFaultTests(HarmedNode harmed) : IClassFixture<HarmedNode>
{
    private readonly RabbitMqPeer node = harmed.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Broker_that_is_killed_while_events_are_published_and_consumed_loses_nothing()
    {
        await using var broker = await Broker.OnAsync(node, Cancellation);
        var client = broker.Connect();
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await node.SaveQueuesAsync(Cancellation);
        await using var listener = new Listener(client.Transport, Events.Listeners);
        var sent = Enumerable.Range(0, 300).Select(_ => Events.New()).ToList();
        var publishing = Task.Run(async () =>
        {
            foreach (var happened in sent) await client.Transport.PublishUntilConfirmedAsync(happened, Cancellation);
        }, Cancellation);
        var seen = new HashSet<Guid>();
        while (seen.Count < 100) seen.Add((await listener.NextAsync()).Event.Id);
        publishing.IsCompleted.ShouldBeFalse();
        await node.KillAsync();
        (await listener.FailureAsync()).ShouldBeOfType<RabbitMqException>();
        await node.StartAgainAsync(Cancellation);
        await publishing;
        await listener.UntilAllAsync(sent.Where(happened => !seen.Contains(happened.Id)));
    }

    [Fact]
    public async Task Events_that_wait_survive_the_death_of_the_broker()
    {
        await using var broker = await Broker.OnAsync(node, Cancellation);
        var client = broker.Connect();
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await node.SaveQueuesAsync(Cancellation);
        var sent = Enumerable.Range(0, 500).Select(_ => Events.New()).ToList();
        await client.Transport.PublishAsync(sent, Cancellation);
        await node.KillAsync();
        await node.StartAgainAsync(Cancellation);
        await using var listener = new Listener(client.Transport, Events.Listeners);
        await listener.UntilAllAsync(sent);
    }

    [Fact]
    public async Task Broker_that_is_away_at_the_start_is_used_as_soon_as_it_is_there()
    {
        await using var broker = await Broker.OnAsync(node, Cancellation);
        await node.StopAsync();
        var client = broker.Connect(options => options.ConnectTimeoutSeconds = 2);
        foreach (var use in (Func<Task>[])[() => client.Transport.PrepareAsync([Events.Listeners], Cancellation), () => client.Transport.PublishAsync([Events.New()], Cancellation)])
            (await Should.ThrowAsync<RabbitMqException>(use)).Message.ShouldStartWith($"RabbitMQ at 127.0.0.1:{client.Proxy.Port} cannot be used");
        await using var listener = new Listener(client.Transport, Events.Listeners);
        (await listener.FailureAsync()).ShouldBeOfType<RabbitMqException>();
        await node.StartAgainAsync(Cancellation);
        var sent = Events.New();
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await client.Transport.PublishAsync([sent], Cancellation);
        await listener.UntilAllAsync([sent]);
    }

    [Fact]
    public async Task Broker_that_stops_in_order_is_noticed_and_used_again()
    {
        await using var broker = await Broker.OnAsync(node, Cancellation);
        var client = broker.Connect();
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var listener = new Listener(client.Transport, Events.Listeners);
        await client.Transport.PublishAsync([Events.New()], Cancellation);
        await listener.NextAsync();
        await node.StopAsync();
        (await listener.FailureAsync()).ShouldBeOfType<RabbitMqException>();
        await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PingAsync(Cancellation));
        await node.StartAgainAsync(Cancellation);
        var sent = Events.New();
        await client.Transport.PublishUntilConfirmedAsync(sent, Cancellation);
        await listener.UntilAllAsync([sent]);
        await client.Transport.PingAsync(Cancellation);
    }

    [Fact]
    public async Task Broker_that_lost_everything_takes_nothing_until_its_queues_are_prepared_again()
    {
        await using var broker = await Broker.OnAsync(node, Cancellation);
        var client = broker.Connect();
        await client.Transport.PrepareAsync([Events.Listeners, new Subscription("others", [Events.Type])], Cancellation);
        await using var listener = new Listener(client.Transport, Events.Listeners);
        await client.Transport.PublishAsync([Events.New()], Cancellation);
        await listener.NextAsync();
        await node.WipeAsync(Cancellation);
        await node.AddVirtualHostAsync(broker.VirtualHost, Cancellation);
        var others = new Subscription("others", [Events.Type]);
        await Should.ThrowAsync<RabbitMqException>(async () =>
        {
            while (true) await client.Transport.PublishAsync([Events.New()], Cancellation);
        });
        (await client.Transport.LookAsync([others], Cancellation)).Missing.ShouldContain("queue fotograma.others");
        await client.Transport.PrepareAsync([Events.Listeners, others], Cancellation);
        var sent = Events.New();
        await client.Transport.PublishUntilConfirmedAsync(sent, Cancellation);
        await listener.UntilAllAsync([sent]);
        await using var other = new Listener(client.Transport, others);
        await other.UntilAllAsync([sent]);
    }

    [Fact]
    public async Task Broker_without_memory_takes_nothing_and_says_so_while_consumers_go_on()
    {
        await using var broker = await Broker.OnAsync(node, Cancellation);
        var client = broker.Connect(options => options.PublishTimeoutSeconds = 2);
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        var waiting = Enumerable.Range(0, 20).Select(_ => Events.New()).ToList();
        await client.Transport.PublishAsync(waiting, Cancellation);
        await node.BlockPublishersAsync(Cancellation);
        try
        {
            var clock = Stopwatch.StartNew();
            for (var turn = 0; turn < 3; turn++)
            {
                var failure = await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PublishAsync([Events.New()], Cancellation));
                failure.Message.ShouldBe($"RabbitMQ at 127.0.0.1:{client.Proxy.Port} takes no events at the moment: low on memory.");
            }
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(6));
            (await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PingAsync(Cancellation))).Message.ShouldContain("takes no events at the moment");
            await using var listener = new Listener(client.Transport, Events.Listeners);
            await listener.UntilAllAsync(waiting);
        }
        finally
        {
            await node.UnblockPublishersAsync(Cancellation);
        }
        var sent = Events.New();
        await client.Transport.PublishUntilConfirmedAsync(sent, Cancellation);
        await using var later = new Listener(client.Transport, Events.Listeners);
        await later.UntilAllAsync([sent]);
        await client.Transport.PingAsync(Cancellation);
    }

    [Fact]
    public async Task Event_that_is_to_come_again_stays_in_hand_while_the_broker_takes_nothing()
    {
        await using var broker = await Broker.OnAsync(node, Cancellation);
        var client = broker.Connect(options => options.PublishTimeoutSeconds = 2);
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        var (sent, refused) = (Events.New(), new TaskCompletionSource());
        await client.Transport.PublishAsync([sent], Cancellation);
        await node.BlockPublishersAsync(Cancellation);
        await using var listener = new Listener(client.Transport, Events.Listeners, async (delivery, cancellation) =>
        {
            if (delivery.Attempt > 1) return new Settlement.Done();
            // Only a connection that publishes is told that the broker takes nothing.
            await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PublishAsync([Events.New("nobody.wants")], cancellation));
            refused.TrySetResult();
            return new Settlement.Retry(TimeSpan.Zero);
        });
        try
        {
            (await listener.NextAsync()).Attempt.ShouldBe(1);
            await refused.Task.WaitAsync(Cancellation);
            for (var look = 0; look < 3; look++) await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PublishAsync([Events.New("nobody.wants")], Cancellation));
            listener.HasSeenNothing.ShouldBeTrue("It is in hand still.");
        }
        finally
        {
            await node.UnblockPublishersAsync(Cancellation);
        }
        (await listener.NextAsync()).Attempt.ShouldBe(2, "It came again as a retry, not as what a lost consumption had in hand.");
    }

    [Fact]
    public async Task Queue_that_vanished_between_a_look_and_the_preparation_is_not_made_before_somebody_looked_again()
    {
        await using var broker = await Broker.OnAsync(node, Cancellation);
        var client = broker.Connect();
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        (await client.Transport.LookAsync([Events.Listeners], Cancellation)).Gone.ShouldBeEmpty();
        await node.WipeAsync(Cancellation);
        await node.AddVirtualHostAsync(broker.VirtualHost, Cancellation);
        (await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PrepareAsync([Events.Listeners], Cancellation))).Message.ShouldContain("while it was prepared");
        (await client.Transport.LookAsync([Events.Listeners], Cancellation)).Gone.ShouldBe([Events.Listeners.Group]);
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        (await client.Transport.LookAsync([Events.Listeners], Cancellation)).Gone.ShouldBeEmpty();
    }

    [Fact]
    public async Task Broker_that_is_frozen_is_given_up_in_time_and_used_again_when_it_thaws()
    {
        await using var broker = await Broker.OnAsync(node, Cancellation);
        var client = broker.Connect(options => (options.PublishTimeoutSeconds, options.ConnectTimeoutSeconds, options.HeartbeatSeconds) = (1, 1, 1));
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var listener = new Listener(client.Transport, Events.Listeners);
        await client.Transport.PublishAsync([Events.New()], Cancellation);
        await listener.NextAsync();
        node.Freeze();
        try
        {
            await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PublishAsync([Events.New()], Cancellation));
            await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PingAsync(Cancellation));
            (await listener.FailureAsync()).ShouldBeOfType<RabbitMqException>();
        }
        finally
        {
            node.Thaw();
        }
        var sent = Events.New();
        await client.Transport.PublishUntilConfirmedAsync(sent, Cancellation);
        await listener.UntilAllAsync([sent]);
    }
}
