using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Threading.Channels;
using Fotograma.Messaging.Embedded;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Tests;

/// <summary>What becomes of an event whose handler fails.</summary>
public sealed class ConsumerLoopTests : IAsyncLifetime
{
    private readonly MessagingOptions options = new() { PollMilliseconds = 50, DeliveriesMax = 3, GiveUpMinutes = 0 };
    private readonly EmbeddedPeer peer;
    private readonly Listener listener = new();
    private readonly ErrorLog log = new();
    private readonly Consumer consumer = new("listeners");
    private readonly Ids ids = new(TimeProvider.System);
    private readonly ServiceProvider services;
    private ITransport transport = null!;

    public ConsumerLoopTests()
    {
        peer = new EmbeddedPeer(TimeProvider.System, options);
        services = new ServiceCollection().AddMetrics().AddSingleton(listener).BuildServiceProvider();
        consumer.On<Told, Listener>((handler, told, id, cancellation) => handler.HandleAsync(told, id, cancellation));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => transport = await peer.ConnectAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task Queues_of_all_modules_are_made_before_the_first_event_is_published()
    {
        using var queues = Some.Queues(transport, consumer);
        await queues.EnsureAsync(Cancellation);
        await PublishAsync(new { text = "early" });
        using var loop = await StartAsync();
        (await listener.NextAsync()).ShouldBe("early");
        await loop.StopAsync(Cancellation);
        await using var bus = peer.OpenDatabase();
        var groups = bus.Set<Interest>().Select(interest => interest.GroupName).Distinct().ToList();
        foreach (var group in Topology.Groups.Keys) groups.ShouldContain(group);
    }

    [Fact]
    public async Task Handler_that_fails_once_gets_the_event_again()
    {
        listener.FailuresLeft = 1;
        using var loop = await StartAsync();
        await PublishAsync(new { text = "again" });
        (await listener.NextAsync()).ShouldBe("again");
        (await listener.NextAsync()).ShouldBe("again");
        await loop.StopAsync(Cancellation);
        (await DeadAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Event_whose_handler_fails_every_time_becomes_a_dead_letter_with_its_reason()
    {
        listener.FailuresLeft = int.MaxValue;
        using var loop = await StartAsync();
        await PublishAsync(new { text = "poison" });
        for (var delivery = 1; delivery <= options.DeliveriesMax; delivery++) (await listener.NextAsync()).ShouldBe("poison");
        (await FirstDeadAsync()).Reason.ShouldBe("InvalidOperationException: The handler is meant to fail.");
        await loop.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData("""{"text":null}""")]
    [InlineData("""{"txt":"a"}""")]
    [InlineData("""[1]""")]
    [InlineData("null")]
    public async Task Event_that_cannot_be_read_becomes_a_dead_letter_at_once(string data)
    {
        using var loop = await StartAsync();
        await PublishAsync(JsonSerializer.Deserialize<JsonElement>(data));
        await PublishAsync(new { text = "next" });
        (await listener.NextAsync()).ShouldBe("next");
        (await FirstDeadAsync()).Reason.ShouldStartWith("malformed");
        await loop.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Event_of_a_type_that_nobody_handles_becomes_a_dead_letter_that_says_so()
    {
        using var loop = await StartAsync();
        var foreign = new CloudEvent
        {
            Id = ids.New(), Source = "/fotograma/story", Type = "story.foreign", Subject = "foreign", Time = DateTimeOffset.UnixEpoch,
            Data = JsonSerializer.SerializeToElement(new { text = "?" }),
        };
        await peer.PublishRawAsync(consumer.Subscription, foreign.ToJson(), Cancellation);
        await PublishAsync(new { text = "next" });
        (await listener.NextAsync()).ShouldBe("next");
        (await FirstDeadAsync()).Reason.ShouldEndWith("does not handle events of the type story.foreign.");
        await loop.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Event_goes_on_coming_until_it_has_failed_for_long_enough()
    {
        options.GiveUpMinutes = 60;
        listener.FailuresLeft = options.DeliveriesMax + 1;
        using var loop = await StartAsync();
        await PublishAsync(new { text = "patience" });
        for (var delivery = 1; delivery <= options.DeliveriesMax + 2; delivery++) (await listener.NextAsync()).ShouldBe("patience");
        await loop.StopAsync(Cancellation);
        (await DeadAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Event_is_not_malformed_because_its_handler_reads_broken_json_elsewhere()
    {
        listener.Failure = new JsonException("The answer of another server is broken.");
        listener.FailuresLeft = 1;
        using var loop = await StartAsync();
        await PublishAsync(new { text = "again" });
        for (var delivery = 1; delivery <= 2; delivery++) (await listener.NextAsync()).ShouldBe("again");
        await loop.StopAsync(Cancellation);
        (await DeadAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Event_that_ended_every_process_that_had_it_is_not_handed_out_once_more()
    {
        var deadly = EventOf(new { text = "deadly" });
        await using (var bus = peer.OpenDatabase())
        {
            bus.Add(new QueuedEvent
            {
                GroupName = consumer.Subscription.Group, EventId = deadly.Id, Subject = "deadly", Body = deadly.ToJson(), VisibleAt = DateTimeOffset.UnixEpoch,
                Deliveries = 100, Token = Guid.Empty, FirstAt = TimeProvider.System.GetUtcNow().AddHours(-1),
            });
            await bus.SaveChangesAsync(Cancellation);
        }
        options.GiveUpMinutes = 4320;
        using var loop = await StartAsync();
        await PublishAsync(new { text = "next" });
        (await listener.NextAsync()).ShouldBe("next");
        (await FirstDeadAsync()).Reason.ShouldStartWith("It was delivered 101 times");
        await loop.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Retries_and_what_is_given_up_are_counted_by_group_and_type()
    {
        var counted = new ConcurrentDictionary<string, long>();
        using var meters = new MeterListener { InstrumentPublished = (instrument, all) => { if (instrument.Meter.Scope == services.GetService<IMeterFactory>()) all.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            counted.AddOrUpdate($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}", value, (_, sum) => sum + value));
        meters.Start();
        listener.FailuresLeft = int.MaxValue;
        using var loop = await StartAsync();
        await PublishAsync(new { text = "poison" });
        await FirstDeadAsync();
        await loop.StopAsync(Cancellation);
        counted["fotograma.events.retried listeners story.told"].ShouldBe(options.DeliveriesMax - 1);
        counted["fotograma.events.given_up listeners story.told"].ShouldBe(1);
    }

    [Fact]
    public async Task What_is_no_event_is_counted_and_called_an_error()
    {
        using var counting = new CountedUnreadable(services.GetRequiredService<IMeterFactory>());
        await using (var bus = peer.OpenDatabase())
        {
            bus.Add(new QueuedEvent
            {
                GroupName = consumer.Subscription.Group, EventId = ids.New(), Subject = "foreign", Body = "this is no JSON"u8.ToArray(), VisibleAt = DateTimeOffset.UnixEpoch,
                Deliveries = 0, Token = Guid.Empty, FirstAt = TimeProvider.System.GetUtcNow(),
            });
            await bus.SaveChangesAsync(Cancellation);
        }
        using var loop = await StartAsync();
        (await FirstDeadAsync()).Event.ShouldBeNull();
        await counting.First.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await loop.StopAsync(Cancellation);
        log.Errors.ShouldHaveSingleItem().ShouldStartWith("Something came to the group listeners that cannot be read as an event, and was kept as a dead letter: not a CloudEvent 1.0");
    }

    [Fact]
    public async Task Transport_that_fails_is_taken_up_again()
    {
        using var loop = await StartAsync(new FailingTransport(transport, failures: 2, afterArrival: false));
        await PublishAsync(new { text = "still here" });
        (await listener.NextAsync()).ShouldBe("still here");
        await loop.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Event_in_hand_at_shutdown_is_handed_out_again_afterwards()
    {
        listener.Blocks = true;
        using (var loop = await StartAsync())
        {
            await PublishAsync(new { text = "interrupted" });
            await listener.NextAsync();
            await loop.StopAsync(Cancellation);
        }
        listener.Blocks = false;
        using var next = await StartAsync();
        (await listener.NextAsync()).ShouldBe("interrupted");
        await next.StopAsync(Cancellation);
        (await DeadAsync()).ShouldBeEmpty();
    }

    private async Task<ConsumerLoop> StartAsync(ITransport? from = null)
    {
        var queues = Some.Queues(transport, consumer);
        await queues.EnsureAsync(Cancellation);
        var loop = new ConsumerLoop(
            consumer, new Slots(4), from ?? transport, queues, options, services, new EventCounts(services.GetRequiredService<IMeterFactory>()),
            TimeProvider.System, log);
        await loop.StartAsync(Cancellation);
        return loop;
    }

    private Task PublishAsync(object data) => transport.PublishAsync([EventOf(data)], Cancellation);

    private CloudEvent EventOf(object data) => new()
    {
        Id = ids.New(),
        Source = "/fotograma/story",
        Type = Told.Type,
        Subject = "story",
        Time = DateTimeOffset.UnixEpoch,
        Data = JsonSerializer.SerializeToElement(data),
    };

    // An event is settled after its handler has ended, which is all that the listener hears of.
    private async Task<DeadLetter> FirstDeadAsync()
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await timer.WaitForNextTickAsync(bound.Token))
        {
            if (await DeadAsync() is [var letter, ..]) return letter;
        }
        throw new TimeoutException("No event was given up.");
    }

    private Task<IReadOnlyList<DeadLetter>> DeadAsync() => transport.ReadDeadLettersAsync(consumer.Subscription, 10, Cancellation);

    /// <summary>Waits for the first that was counted as unreadable.</summary>
    private sealed class CountedUnreadable : IDisposable
    {
        private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly MeterListener listener = new();

        public CountedUnreadable(IMeterFactory factory)
        {
            listener.InstrumentPublished = (instrument, all) => { if (instrument.Meter.Scope == factory && instrument.Name == "fotograma.events.given_up") all.EnableMeasurementEvents(instrument); };
            listener.SetMeasurementEventCallback<long>((_, _, tags, _) => { if (tags.ToArray().Any(tag => tag.Value is "unreadable")) first.TrySetResult(); });
            listener.Start();
        }

        public Task First => first.Task;

        public void Dispose() => listener.Dispose();
    }

    private sealed class ErrorLog : ILogger<ConsumerLoop>
    {
        public ConcurrentQueue<string> Errors { get; } = new();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Errors.Enqueue(formatter(state, exception));
        }
    }

    private sealed class Listener
    {
        private readonly Channel<string> heard = Channel.CreateUnbounded<string>();

        public int FailuresLeft { get; set; }

        public Exception Failure { get; set; } = new InvalidOperationException("The handler is meant to fail.");

        public bool Blocks { get; set; }

        public async Task HandleAsync(Told told, Guid id, CancellationToken cancellation)
        {
            id.ShouldNotBe(Guid.Empty);
            heard.Writer.TryWrite(told.Text);
            if (Blocks) await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            if (FailuresLeft-- > 0) throw Failure;
        }

        public Task<string> NextAsync() => heard.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }
}
