using System.Collections.Concurrent;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fotograma.Messaging.Tests;

/// <summary>A broker that goes away and comes back without its queues.</summary>
public sealed class BrokerLossTests
{
    private static readonly TimeSpan ChangeMax = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_loss_and_its_return_are_said_in_health_and_once_each_in_the_log()
    {
        var broker = new MovableBroker { IsAway = true };
        var log = new Lines();
        using var host = await StartAsync(broker, log);

        await BecomesAsync(host, HealthStatus.Degraded);
        broker.IsAway = false;
        await BecomesAsync(host, HealthStatus.Healthy);

        log.Kept.Count(line => line.StartsWith("The transport of events does not answer: polling", StringComparison.Ordinal)).ShouldBe(1);
        log.Kept.Count(line => line == "The transport of events answers again.").ShouldBe(1);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_broker_that_does_not_even_refuse_is_found_lost()
    {
        var broker = new MovableBroker { IsSilent = true };
        using var host = await StartAsync(broker, new Lines());
        await BecomesAsync(host, HealthStatus.Degraded);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_broker_that_answers_and_refuses_the_queues_is_said_in_health_until_it_has_them()
    {
        var broker = new MovableBroker { RefusesQueues = true };
        using var host = await StartAsync(broker, new Lines());
        await BecomesAsync(host, HealthStatus.Degraded);
        broker.RefusesQueues = false;
        await BecomesAsync(host, HealthStatus.Healthy);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_broker_that_answers_and_gives_nothing_is_said_in_health_until_it_does()
    {
        var broker = new MovableBroker { RefusesToGive = true };
        var log = new Lines();
        using var host = await StartAsync(broker, log);
        await BecomesAsync(host, HealthStatus.Degraded);
        broker.RefusesToGive = false;
        await BecomesAsync(host, HealthStatus.Healthy);
        log.Kept.Count(line => line.StartsWith("The transport of events does not answer: polling", StringComparison.Ordinal)).ShouldBe(1);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Queues_are_made_again_after_a_loss_and_the_consumer_says_once_that_it_has_none()
    {
        var broker = new MovableBroker();
        var log = new Lines();
        using var host = await StartAsync(broker, log);
        await UntilAsync(() => broker.Prepared >= 1);

        broker.IsAway = true;
        await UntilAsync(() => log.Kept.Any(line => line.Contains("lost its transport", StringComparison.Ordinal)));
        await UntilAsync(() => broker.Refused > 20);
        var before = broker.Prepared;
        broker.IsAway = false;
        await UntilAsync(() => broker.Prepared > before);

        log.Kept.Count(line => line.Contains("lost its transport", StringComparison.Ordinal)).ShouldBe(1);
        await host.StopAsync(Cancellation);
    }

    private static async Task<IHost> StartAsync(ITransport broker, Lines log)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Ids>().AddSingleton(broker).AddSingleton(new object());
        builder.AddChecked<MessagingOptions>(MessagingOptions.Section).PollMilliseconds = 20;
        builder.Logging.AddProvider(log);
        builder.AddConsumer("listeners", consumer => consumer.On<Told, object>((_, _, _, _) => Task.CompletedTask));
        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return host;
    }

    private static Task BecomesAsync(IHost host, HealthStatus status) => UntilAsync(async () =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "transport", Cancellation)).Status == status);

    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(ChangeMax);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await holds()) await timer.WaitForNextTickAsync(bound.Token);
    }

    private sealed class MovableBroker : ITransport
    {
        private int prepared;
        private int refused;
        private volatile bool isAway;
        private volatile bool refusesQueues;
        private volatile bool refusesToGive;

        public bool IsAway
        {
            get => isAway;
            set => isAway = value;
        }

        public bool IsSilent { get; init; }

        /// <summary>It answers, and has no queues and makes none.</summary>
        public bool RefusesQueues
        {
            get => refusesQueues;
            set => refusesQueues = value;
        }

        /// <summary>It answers and has queues, and nobody may consume from them.</summary>
        public bool RefusesToGive
        {
            get => refusesToGive;
            set => refusesToGive = value;
        }

        public int Prepared => Volatile.Read(ref prepared);

        public int Refused => Volatile.Read(ref refused);

        public TransportCapabilities Capabilities { get; } = new("movable", false, false, false, true);

        public Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation)
        {
            Check();
            if (RefusesQueues) throw new IOException("The broker has no queues.");
            Interlocked.Increment(ref prepared);
            return Task.CompletedTask;
        }

        public Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
        {
            Check();
            return Task.CompletedTask;
        }

        public async Task ConsumeAsync(
            Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            if (RefusesToGive) throw new UnauthorizedAccessException("Nobody may consume.");
            do Check();
            while (await timer.WaitForNextTickAsync(cancellation));
        }

        public Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<DeadLetter>>([]);

        public Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation) => throw new NotSupportedException();

        public Task PingAsync(CancellationToken cancellation)
        {
            Check();
            // Not even the cancellation is noticed.
            return IsSilent ? Task.Delay(Timeout.Infinite, CancellationToken.None) : Task.CompletedTask;
        }

        private void Check()
        {
            if (!IsAway) return;
            Interlocked.Increment(ref refused);
            throw new IOException("The broker is away.");
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Kept { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Kept.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
