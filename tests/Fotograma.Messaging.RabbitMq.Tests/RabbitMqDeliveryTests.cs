using System.Diagnostics;
using System.Text;
using Fotograma.Messaging.Transport;
using RabbitMQ.Client;

namespace Fotograma.Messaging.RabbitMq.Tests;

/// <summary>What this driver does beyond its suite, on a healthy broker.</summary>
public sealed class RabbitMqDeliveryTests : IAsyncLifetime
{
    private Broker broker = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => broker = await Broker.SharedAsync(Cancellation);

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task Event_that_is_too_large_is_not_published_and_the_sentence_says_so()
    {
        var transport = broker.Connect().Transport;
        var failure = await Should.ThrowAsync<RabbitMqException>(() => transport.PublishAsync([Events.New(text: new string('x', 1_100_000))], Cancellation));
        failure.Message.ShouldContain("RabbitMq:EventBytesMax allows 1048576");
    }

    [Fact]
    public async Task Event_of_a_stranger_that_is_too_large_is_kept_as_a_dead_letter()
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        var large = Events.New(text: new string('x', 3_000_000)).ToJson();
        await broker.PublishRawAsync(Events.Listeners, large, Cancellation);
        await using var listener = new Listener(transport, Events.Listeners);
        var sent = Events.New();
        await transport.PublishAsync([sent], Cancellation);
        (await listener.NextAsync()).Event.Id.ShouldBe(sent.Id);
        var dead = (await UntilDeadAsync(transport, 1))[0];
        dead.Body.Length.ShouldBe(large.Length);
        dead.Reason.ShouldBe($"not a CloudEvent 1.0 that is taken: {large.Length} bytes; 1048576 are allowed");
    }

    [Fact]
    public async Task Putting_back_costs_no_attempt()
    {
        var transport = broker.Connect().Transport;
        var sent = Events.New();
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await transport.PublishAsync([sent], Cancellation);
        for (var turn = 0; turn < 5; turn++)
        {
            await using var listener = new Listener(transport, Events.Listeners, async (_, cancellation) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                return new Settlement.Done();
            });
            (await listener.NextAsync()).Attempt.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData(-5)]
    [InlineData("not a number")]
    [InlineData(long.MaxValue)]
    public async Task Count_of_attempts_that_a_stranger_made_up_does_no_harm(object attempt)
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        var properties = new BasicProperties { Headers = new Dictionary<string, object?> { ["fotograma-attempt"] = attempt } };
        await raw.BasicPublishAsync("", "fotograma.listeners", mandatory: true, properties, Events.New().ToJson(), Cancellation);
        await using var listener = new Listener(transport, Events.Listeners, (delivery, _) =>
            Task.FromResult<Settlement>(delivery.Attempt < 3 ? new Settlement.Retry(TimeSpan.Zero) : new Settlement.Done()));
        (await listener.NextAsync()).Attempt.ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task Short_wait_is_not_held_up_by_long_ones_that_began_earlier()
    {
        var transport = broker.Connect().Transport;
        var clock = Stopwatch.StartNew();
        var (slow, slower, quick) = (Events.New(text: "slow"), Events.New(text: "slower"), Events.New(text: "quick"));
        await using var listener = new Listener(transport, Events.Listeners, (delivery, _) => Task.FromResult<Settlement>(
            delivery.Attempt > 1 ? new Settlement.Done()
            : delivery.Event.Id == slow.Id ? new Settlement.Retry(TimeSpan.FromSeconds(20))
            : delivery.Event.Id == slower.Id ? new Settlement.Retry(TimeSpan.FromMinutes(9))
            : new Settlement.Retry(TimeSpan.FromMilliseconds(100))), new Slots(1));
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await transport.PublishAsync([slower, slow, quick], Cancellation);
        for (var i = 0; i < 3; i++) await listener.NextAsync();
        var again = await listener.NextAsync();
        again.Event.Id.ShouldBe(quick.Id);
        again.Attempt.ShouldBe(2);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(19));
    }

    [Fact]
    public async Task Letter_that_the_broker_buried_by_itself_says_so()
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await transport.PublishAsync([Events.New()], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        var got = (await raw.BasicGetAsync("fotograma.listeners", autoAck: false, Cancellation))!;
        await raw.BasicRejectAsync(got.DeliveryTag, requeue: false, Cancellation);
        var dead = (await UntilDeadAsync(transport, 1))[0];
        dead.Reason.ShouldBe("The broker gave it up: rejected.");
        dead.At.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Letter_without_any_reason_is_read_all_the_same()
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.BasicPublishAsync("", "fotograma.listeners.dead", mandatory: true, new BasicProperties(), Encoding.UTF8.GetBytes("?"), Cancellation);
        (await UntilDeadAsync(transport, 1))[0].Reason.ShouldBe("The broker gave it up: no reason given.");
    }

    private static async Task<IReadOnlyList<DeadLetter>> UntilDeadAsync(RabbitMqTransport transport, int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var dead = await transport.ReadDeadLettersAsync(Events.Listeners, 100, patience.Token);
            if (dead.Count >= count) return dead;
            await Task.Delay(20, patience.Token);
        }
    }
}
