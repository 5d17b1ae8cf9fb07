using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fotograma.Messaging.RabbitMq.Tests;

/// <summary>Exchanges and queues: made, checked, lost, found again.</summary>
public sealed class RabbitMqTopologyTests : IAsyncLifetime
{
    private Broker broker = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => broker = await Broker.SharedAsync(Cancellation);

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task Event_without_a_queue_though_a_group_wants_it_is_not_published()
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.QueueDeleteAsync("fotograma.listeners", cancellationToken: Cancellation);
        var failure = await Should.ThrowAsync<RabbitMqException>(() => transport.PublishAsync([Events.New()], Cancellation));
        failure.Message.ShouldBe("RabbitMQ has no queue for story.told at the exchange 'fotograma.events', though a group wants it. Is a queue or its binding missing?");
    }

    [Fact]
    public async Task Queue_that_went_missing_is_missed_until_it_is_prepared_again()
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.QueueDeleteAsync("fotograma.listeners", cancellationToken: Cancellation);
        var sent = Events.New();
        for (var tries = 0; tries < 2; tries++) await Should.ThrowAsync<RabbitMqException>(() => transport.PublishAsync([sent], Cancellation));
        var look = await transport.LookAsync([Events.Listeners], Cancellation);
        look.Missing.ShouldBe(["queue fotograma.listeners"]);
        look.Gone.ShouldBe([Events.Listeners.Group]);
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await transport.PublishAsync([sent], Cancellation);
        await using var listener = new Listener(transport, Events.Listeners);
        (await listener.NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task A_program_of_somebody_else_gets_what_it_binds_a_queue_to()
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.QueueDeclareAsync("theirs", cancellationToken: Cancellation);
        await raw.QueueBindAsync("theirs", "fotograma.events", "video.*", cancellationToken: Cancellation);
        var happened = Events.New(type: VideoCreated.Type);
        await transport.PublishAsync([Events.New(), happened], Cancellation);
        var got = (await raw.BasicGetAsync("theirs", autoAck: true, Cancellation)).ShouldNotBeNull();
        CloudEvent.FromJson(got.Body.Span).Id.ShouldBe(happened.Id);
        got.BasicProperties.Type.ShouldBe(VideoCreated.Type);
        got.MessageCount.ShouldBe(0u);
    }

    [Theory]
    [InlineData("1s")]
    [InlineData("10m")]
    public async Task Queue_of_retries_that_went_missing_is_a_loss_of_every_group(string rung)
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.QueueDeleteAsync($"fotograma.retry.{rung}", cancellationToken: Cancellation);
        var look = await transport.LookAsync([Events.Listeners], Cancellation);
        look.Missing.ShouldBe([$"queue fotograma.retry.{rung}"]);
        look.Gone.ShouldBe([Events.Listeners.Group], "Its events may have waited there.");
    }

    [Fact]
    public async Task Preparing_those_who_are_told_of_losses_hides_none()
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.QueueDeleteAsync("fotograma.retry.2m", cancellationToken: Cancellation);
        await transport.PrepareAsync([new Subscription("video", Topology.Groups["video"])], Cancellation);
        (await broker.Connect().Transport.LookAsync([Events.Listeners], Cancellation)).Gone.ShouldBe([Events.Listeners.Group]);
    }

    [Fact]
    public async Task Exchange_that_went_missing_is_missed_until_it_is_prepared_again()
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await transport.PublishAsync([Events.New()], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.ExchangeDeleteAsync("fotograma.events", cancellationToken: Cancellation);
        var sent = Events.New();
        var failure = await Should.ThrowAsync<RabbitMqException>(() => transport.PublishAsync([sent], Cancellation));
        failure.Message.ShouldContain("no exchange 'fotograma.events'");
        var look = await transport.LookAsync([Events.Listeners], Cancellation);
        look.Missing.ShouldBe(["exchange fotograma.events"]);
        look.Gone.ShouldBeEmpty("What waits in the queue is still there.");
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await transport.PublishAsync([sent], Cancellation);
        await using var listener = new Listener(transport, Events.Listeners);
        await listener.UntilAllAsync([sent]);
    }

    [Fact]
    public async Task A_lost_binding_is_made_again_when_it_is_prepared_again()
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.ExchangeDeleteAsync("fotograma.events", cancellationToken: Cancellation);
        var sent = Events.New();
        await Should.ThrowAsync<RabbitMqException>(() => transport.PublishAsync([sent], Cancellation));
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await transport.PublishAsync([sent], Cancellation);
        await using var listener = new Listener(transport, Events.Listeners);
        (await listener.NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task Consumption_ends_with_its_queue_and_goes_on_once_it_is_prepared_again()
    {
        var transport = broker.Connect().Transport;
        await using var listener = new Listener(transport, Events.Listeners);
        await WithConsumersAsync("fotograma.listeners", 4);
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.QueueDeleteAsync("fotograma.listeners", cancellationToken: Cancellation);
        (await listener.FailureAsync()).Message.ShouldContain("the queue was deleted");
        await WithConsumersAsync("fotograma.listeners", 4);
        var sent = Events.New();
        await transport.PublishAsync([sent], Cancellation);
        (await listener.NextAsync()).Event.Id.ShouldBe(sent.Id);
    }

    [Fact]
    public async Task What_is_missing_is_named_where_nothing_may_be_made()
    {
        var transport = broker.Connect(options => options.Declare = false).Transport;
        var failure = await Should.ThrowAsync<RabbitMqException>(() => transport.PrepareAsync([Events.Listeners], Cancellation));
        failure.Message.ShouldStartWith("RabbitMQ lacks: exchange fotograma.events, exchange fotograma.retry.1s");
        failure.Message.ShouldContain("queue fotograma.listeners, queue fotograma.listeners.dead. Make them, or set RabbitMq:Declare to true");
        transport.IsRefusal(failure).ShouldBeTrue();
        var look = await transport.LookAsync([Events.Listeners], Cancellation);
        look.MadeWhenPrepared.ShouldBeFalse();
        look.Missing.ShouldContain("queue fotograma.listeners");
        await using var raw = await broker.RawAsync(Cancellation);
        await Should.ThrowAsync<OperationInterruptedException>(() => raw.ExchangeDeclarePassiveAsync("fotograma.events", Cancellation));
    }

    [Fact]
    public async Task Account_that_may_make_nothing_does_everything_where_all_is_made()
    {
        var administrator = broker.Connect().Transport;
        await administrator.PrepareAsync([Events.Listeners], Cancellation);
        await broker.Node.AddUserAsync($"user-{broker.VirtualHost}", "a password", broker.VirtualHost, Cancellation);
        var transport = broker.Connect(options => (options.Declare, options.User, options.Password) = (false, $"user-{broker.VirtualHost}", "a password")).Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var listener = new Listener(transport, Events.Listeners, (delivery, _) => Task.FromResult<Settlement>(
            delivery.Attempt == 1 ? new Settlement.Retry(TimeSpan.FromMilliseconds(10)) : new Settlement.GiveUp("enough")));
        await transport.PublishAsync([Events.New()], Cancellation);
        await listener.NextAsync();
        await listener.NextAsync();
        await listener.DisposeAsync();
        (await transport.ReadDeadLettersAsync(Events.Listeners, 10, Cancellation)).ShouldHaveSingleItem().Reason.ShouldBe("enough");
    }

    [Fact]
    public async Task Account_that_may_make_nothing_is_told_so()
    {
        await broker.Node.AddUserAsync($"user-{broker.VirtualHost}", "a password", broker.VirtualHost, Cancellation);
        var transport = broker.Connect(options => (options.User, options.Password) = ($"user-{broker.VirtualHost}", "a password")).Transport;
        var failure = await Should.ThrowAsync<RabbitMqException>(() => transport.PrepareAsync([Events.Listeners], Cancellation));
        failure.Message.ShouldStartWith("RabbitMQ does not let fotograma.events be made: ACCESS_REFUSED");
        failure.Message.ShouldNotContain("a password");
        transport.IsRefusal(failure).ShouldBeTrue();
    }

    [Fact]
    public async Task Queue_of_that_name_with_other_settings_is_named()
    {
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.QueueDeclareAsync("fotograma.listeners", durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancellation);
        var transport = broker.Connect().Transport;
        var failure = await Should.ThrowAsync<RabbitMqException>(() => transport.PrepareAsync([Events.Listeners], Cancellation));
        failure.Message.ShouldStartWith("RabbitMQ does not let fotograma.listeners be made: PRECONDITION_FAILED");
        transport.IsRefusal(failure).ShouldBeTrue();
        transport.IsRefusal(new RabbitMqException("RabbitMQ did not answer within 10 s.")).ShouldBeFalse();
    }

    [Fact]
    public async Task Names_begin_with_the_prefix()
    {
        var transport = broker.Connect(options => options.Prefix = "staging").Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        await raw.ExchangeDeclarePassiveAsync("staging.events", Cancellation);
        foreach (var queue in (string[])["staging.listeners", "staging.listeners.dead", "staging.retry.1s", "staging.retry.10m"])
            await raw.QueueDeclarePassiveAsync(queue, Cancellation);
    }

    [Fact]
    public async Task Group_shows_the_broker_as_many_consumers_as_it_has_free_slots()
    {
        var slots = new Slots(3);
        await using var listener = new Listener(broker.Connect().Transport, Events.Listeners, slots: slots);
        await WithConsumersAsync("fotograma.listeners", 3);
        slots.Take();
        await WithConsumersAsync("fotograma.listeners", 2);
        slots.Take();
        slots.Take();
        slots.Take();
        await WithConsumersAsync("fotograma.listeners", 0);
        slots.Return();
        slots.Return();
        await WithConsumersAsync("fotograma.listeners", 1);
    }

    [Fact]
    public async Task Event_on_the_wire_is_a_persistent_cloud_event()
    {
        var transport = broker.Connect().Transport;
        await transport.PrepareAsync([Events.Listeners], Cancellation);
        var sent = Events.New() with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceState = "vendor=opaque" };
        await transport.PublishAsync([sent], Cancellation);
        await using var raw = await broker.RawAsync(Cancellation);
        var got = (await raw.BasicGetAsync("fotograma.listeners", autoAck: true, Cancellation))!;
        got.RoutingKey.ShouldBe("story.told");
        got.BasicProperties.ContentType.ShouldBe("application/cloudevents+json");
        got.BasicProperties.DeliveryMode.ShouldBe(DeliveryModes.Persistent);
        got.BasicProperties.MessageId.ShouldBe(sent.Id.ToString());
        got.BasicProperties.Type.ShouldBe("story.told");
        System.Text.Encoding.UTF8.GetString((byte[])got.BasicProperties.Headers!["traceparent"]!).ShouldBe(sent.TraceParent);
        System.Text.Encoding.UTF8.GetString((byte[])got.BasicProperties.Headers["tracestate"]!).ShouldBe(sent.TraceState);
        CloudEvent.FromJson(got.Body.Span).TraceParent.ShouldBe(sent.TraceParent);
    }

    // The broker's count is the only witness; it is asked until it says so, for a bounded time.
    private async Task WithConsumersAsync(string queue, uint count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            await using var raw = await broker.RawAsync(patience.Token);
            try
            {
                if (await raw.ConsumerCountAsync(queue, patience.Token) == count) return;
            }
            catch (OperationInterruptedException)
            {
                // Not made yet.
            }
            await Task.Delay(10, patience.Token);
        }
    }
}
