using System.Diagnostics;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Faults;

namespace Fotograma.Messaging.RabbitMq.Tests;

/// <summary>A healthy broker behind a sick network.</summary>
public sealed class RabbitMqNetworkTests : IAsyncLifetime
{
    private Broker broker = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => broker = await Broker.SharedAsync(Cancellation);

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task Event_whose_confirmation_was_lost_fails_in_time_and_can_be_published_again()
    {
        var client = broker.Connect(options => options.PublishTimeoutSeconds = 1);
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await client.Transport.PublishAsync([Events.New()], Cancellation);
        var sent = Events.New();
        client.Proxy.Fault = new Fault.LoseReplies(Cut: false);
        var failure = await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PublishAsync([sent], Cancellation));
        failure.Message.ShouldBe($"RabbitMQ at 127.0.0.1:{client.Proxy.Port} did not confirm events within 1 s.");
        client.Proxy.Fault = Fault.None;
        await client.Transport.PublishAsync([sent], Cancellation);
        // The broker had it all along: that it comes twice, with the same id, is what consumers are made for.
        await using var listener = new Listener(client.Transport, Events.Listeners);
        await listener.NextAsync();
        for (var copy = 0; copy < 2; copy++) (await listener.NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Event_whose_confirmation_was_cut_off_can_be_published_again_at_once()
    {
        var client = broker.Connect();
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await client.Transport.PublishAsync([Events.New()], Cancellation);
        var sent = Events.New();
        client.Proxy.Fault = new Fault.LoseReplies(Cut: true);
        var failure = await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PublishAsync([sent], Cancellation));
        failure.Message.ShouldContain("was lost while events were published");
        client.Proxy.Fault = Fault.None;
        await client.Transport.PublishAsync([sent], Cancellation);
        await using var listener = new Listener(client.Transport, Events.Listeners);
        await listener.UntilAllAsync([sent]);
    }

    [Fact]
    public async Task Connections_that_are_cut_again_and_again_lose_nothing()
    {
        var (publisher, consumer) = (broker.Connect(), broker.Connect());
        await publisher.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var listener = new Listener(consumer.Transport, Events.Listeners);
        var sent = Enumerable.Range(0, 200).Select(_ => Events.New()).ToList();
        var publishing = Task.Run(async () =>
        {
            foreach (var happened in sent) await publisher.Transport.PublishUntilConfirmedAsync(happened, Cancellation);
        }, Cancellation);
        var cutting = Task.Run(async () =>
        {
            for (var turn = 0; !publishing.IsCompleted; turn++)
            {
                await Task.WhenAny(publishing, Task.Delay(60, Cancellation));
                (turn % 2 == 0 ? publisher : consumer).Proxy.CutAll();
            }
        }, Cancellation);
        await listener.UntilAllAsync(sent);
        await publishing;
        await cutting;
        publisher.Proxy.Accepted.ShouldBeGreaterThan(1);
        consumer.Proxy.Accepted.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Connections_that_break_in_the_middle_of_a_frame_lose_nothing()
    {
        var client = broker.Connect();
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        var sent = Enumerable.Range(0, 20).Select(i => Events.New(text: new string('x', 1000 * i))).ToList();
        var random = new Random(20);
        foreach (var happened in sent)
        {
            client.Proxy.Fault = new Fault.CutAfter(random.Next(10, 30_000));
            try
            {
                await client.Transport.PublishAsync([happened], Cancellation);
            }
            catch (RabbitMqException)
            {
                client.Proxy.Fault = Fault.None;
                await client.Transport.PublishUntilConfirmedAsync(happened, Cancellation);
            }
        }
        client.Proxy.Fault = Fault.None;
        await using var listener = new Listener(client.Transport, Events.Listeners);
        await listener.UntilAllAsync(sent);
    }

    [Fact]
    public async Task Consumption_ends_when_its_connection_is_cut_and_its_handlers_are_told()
    {
        var client = broker.Connect();
        var told = new TaskCompletionSource();
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await client.Transport.PublishAsync([Events.New()], Cancellation);
        var first = true;
        await using var listener = new Listener(client.Transport, Events.Listeners, async (_, cancellation) =>
        {
            if (!first) return new Settlement.Done();
            first = false;
            await using var registration = cancellation.Register(() => told.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return new Settlement.Done();
        });
        await listener.NextAsync();
        client.Proxy.CutAll();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        (await listener.FailureAsync()).ShouldBeOfType<RabbitMqException>();
        (await listener.NextAsync()).Attempt.ShouldBe(1);
    }

    [Fact]
    public async Task Silent_connection_is_noticed_by_its_heartbeat()
    {
        var client = broker.Connect(options => (options.HeartbeatSeconds, options.ConnectTimeoutSeconds) = (1, 2));
        await using var listener = new Listener(client.Transport, Events.Listeners);
        var sent = Events.New();
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await client.Transport.PublishAsync([sent], Cancellation);
        await listener.NextAsync();
        client.Proxy.Fault = new Fault.Blackhole();
        (await listener.FailureAsync()).ShouldBeOfType<RabbitMqException>();
        client.Proxy.Fault = Fault.None;
        client.Proxy.CutAll();
        var next = Events.New();
        await client.Transport.PublishUntilConfirmedAsync(next, Cancellation);
        await listener.UntilAllAsync([next]);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("reset")]
    [InlineData("silent")]
    public async Task Broker_that_cannot_be_reached_is_named_within_the_bound(string how)
    {
        var client = broker.Connect(options => options.ConnectTimeoutSeconds = 1);
        client.Proxy.Fault = how switch { "refused" => new Fault.Refuse(), "reset" => new Fault.Reset(), _ => new Fault.Blackhole() };
        var clock = Stopwatch.StartNew();
        Func<Task>[] uses =
        [
            () => client.Transport.PingAsync(Cancellation),
            () => client.Transport.PrepareAsync([Events.Listeners], Cancellation),
            () => client.Transport.PublishAsync([Events.New()], Cancellation),
            () => client.Transport.ConsumeAsync(Events.Listeners, new Slots(1), (_, _) => throw new InvalidOperationException("Nothing is delivered."), Cancellation),
            () => client.Transport.ReadDeadLettersAsync(Events.Listeners, 10, Cancellation),
        ];
        foreach (var use in uses) (await Should.ThrowAsync<RabbitMqException>(use)).Message.ShouldStartWith($"RabbitMQ at 127.0.0.1:{client.Proxy.Port} ");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Slow_network_delays_and_breaks_nothing()
    {
        var client = broker.Connect();
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        client.Proxy.Fault = new Fault.Latency(TimeSpan.FromMilliseconds(50));
        var sent = Enumerable.Range(0, 50).Select(_ => Events.New()).ToList();
        await client.Transport.PublishAsync(sent, Cancellation);
        await using var listener = new Listener(client.Transport, Events.Listeners);
        (await listener.UntilAllAsync(sent)).Count.ShouldBe(sent.Count);
    }

    [Fact]
    public async Task Wrong_password_is_called_so_and_not_shown()
    {
        var client = broker.Connect(options => (options.User, options.Password) = ("guest", "sesame-1234"));
        var failure = await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PingAsync(Cancellation));
        failure.Message.ShouldContain("it refuses the user name and the password.");
        failure.ToString().ShouldNotContain("sesame-1234");
    }

    [Fact]
    public async Task Virtual_host_that_is_not_there_is_named()
    {
        var client = broker.Connect(options => options.VirtualHost = "nowhere");
        (await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PingAsync(Cancellation))).Message.ShouldContain("nowhere");
    }

    [Fact]
    public async Task Second_host_is_used_when_the_first_one_is_away()
    {
        var away = FaultProxy.To(1);
        await using var _ = away;
        var client = broker.Connect();
        var both = broker.Connect(options => options.Hosts = $"127.0.0.1:{away.Port}, {options.Hosts}");
        await AnswersAsync(both.Transport);
        await AnswersAsync(client.Transport);
    }

    // A busy broker lets one attempt or the other wait for too long.
    private static async Task AnswersAsync(RabbitMqTransport transport)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        do
        {
            try
            {
                await transport.PingAsync(bound.Token);
                return;
            }
            catch (RabbitMqException)
            {
                // The next attempt follows.
            }
        }
        while (await timer.WaitForNextTickAsync(bound.Token));
    }

    [Fact]
    public async Task Connection_by_tls_is_made_when_the_authority_is_trusted()
    {
        await using var client = new Client(FaultProxy.To(broker.Node.TlsPort), broker.VirtualHost, options =>
            options.Tls = new RabbitMqTlsOptions { Enabled = true, ServerName = "localhost", AuthorityFile = broker.Node.AuthorityFile });
        await client.Transport.PrepareAsync([Events.Listeners], Cancellation);
        await client.Transport.PublishAsync([Events.New()], Cancellation);
        await using var listener = new Listener(client.Transport, Events.Listeners);
        await listener.NextAsync();
    }

    [Theory]
    [InlineData("unknown authority")]
    [InlineData("another name")]
    [InlineData("no TLS")]
    public async Task Connection_by_tls_is_refused_otherwise(string fault)
    {
        await using var client = new Client(FaultProxy.To(fault == "no TLS" ? broker.Node.Port : broker.Node.TlsPort), broker.VirtualHost, options =>
        {
            options.ConnectTimeoutSeconds = 3;
            options.Tls = new RabbitMqTlsOptions
            {
                Enabled = true,
                ServerName = fault == "another name" ? "elsewhere.example" : "localhost",
                AuthorityFile = fault == "unknown authority" ? null : broker.Node.AuthorityFile,
            };
        });
        await Should.ThrowAsync<RabbitMqException>(() => client.Transport.PingAsync(Cancellation));
    }
}
