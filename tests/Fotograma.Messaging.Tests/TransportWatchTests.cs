using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Consumers;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Fotograma.Messaging.Tests;

/// <summary>A broker that answers a sign of life works only when it has the queues, too.</summary>
public sealed class TransportWatchTests : IDisposable
{
    private static readonly TimeSpan SayMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private readonly ForgetfulBroker broker = new();
    private readonly FakeTimeProvider clock = new();
    private readonly Lines log = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly QueuePreparation queues;
    private readonly TransportWatch watch;

    public TransportWatchTests()
    {
        queues = Some.Queues(broker, clock);
        var link = new Link("The broker", "push", "polling", log);
        // What it says next is what the watch found.
        link.Fails(new IOException("It was away."));
        log.Kept.Reader.TryRead(out _).ShouldBeTrue();
        watch = new TransportWatch(broker, queues, link, clock, services.GetRequiredService<IMeterFactory>());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        watch.Dispose();
        queues.Dispose();
        services.Dispose();
    }

    [Fact]
    public async Task Queues_that_take_long_to_be_made_do_not_keep_it_from_saying_that_they_are_not_there()
    {
        broker.DiesOnceAt = "notify";
        await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));
        var released = new TaskCompletionSource();
        broker.Held = released.Task;

        await watch.StartAsync(Cancellation);
        (await SaidAsync()).ShouldBe("The broker still does not answer.");
        released.SetResult();
        clock.Advance(LookInterval);
        (await SaidAsync()).ShouldBe("The broker answers again.");
        broker.Deeds.Count(deed => deed == "made notify").ShouldBe(1, "What took long went on.");
        await watch.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Queues_that_nobody_looks_for_at_the_moment_are_not_taken_for_found()
    {
        broker.Make(Topology.Groups.Keys.Except(["auth", "notify"]));
        broker.RefusesAlways = "auth";
        await queues.EnsureAsync(Cancellation);
        clock.Advance(TimeSpan.FromMinutes(1));
        broker.Forget();
        broker.DiesAlwaysAt = "notify";
        await Should.ThrowAsync<IOException>(() => queues.EnsureAsync(Cancellation));

        await watch.StartAsync(Cancellation);
        (await SaidAsync()).ShouldBe("The broker still does not answer.");
        broker.DiesAlwaysAt = null;
        clock.Advance(TimeSpan.FromMinutes(1));
        (await SaidAsync()).ShouldBe("The broker answers again.");
        await watch.StopAsync(Cancellation);
    }

    private Task<string> SaidAsync() => log.Kept.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(SayMax, Cancellation);

    private sealed class Lines : ILogger
    {
        public Channel<string> Kept { get; } = Channel.CreateUnbounded<string>();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Kept.Writer.TryWrite(formatter(state, exception));
    }
}
