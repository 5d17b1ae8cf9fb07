using System.Collections.Concurrent;
using System.Threading.Channels;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Fotograma.Auth.Tests;

/// <summary>Keeps what was published, and hands out what it is given.</summary>
internal sealed class RecordingTransport : ITransport
{
    private readonly Channel<CloudEvent> published = Channel.CreateUnbounded<CloudEvent>();
    private readonly TaskCompletionSource<Func<Delivery, CancellationToken, Task<Settlement>>> consumer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TransportCapabilities Capabilities { get; } = new("recording", false, true, false, true);

    public Task PrepareAsync(IReadOnlyCollection<Subscription> subscriptions, CancellationToken cancellation) => Task.CompletedTask;

    public Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        foreach (var happened in events) published.Writer.TryWrite(happened);
        return Task.CompletedTask;
    }

    public Task ConsumeAsync(
        Subscription subscription, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle, CancellationToken cancellation)
    {
        consumer.TrySetResult(handle);
        return Task.Delay(Timeout.Infinite, cancellation);
    }

    /// <summary>Gives the module's consumer an event.</summary>
    public async Task<Settlement> GiveAsync(CloudEvent happened)
    {
        var handle = await consumer.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return await handle(new Delivery(happened, 1), TestContext.Current.CancellationToken);
    }

    public Task<IReadOnlyList<DeadLetter>> ReadDeadLettersAsync(Subscription subscription, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<DeadLetter>>([]);

    public Task<Redriven> RedriveAsync(Subscription subscription, Guid? only, CancellationToken cancellation) => throw new NotSupportedException();

    public Task PingAsync(CancellationToken cancellation) => Task.CompletedTask;

    public async Task<UserChanged> NextAsync()
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(20));
        return (await published.Reader.ReadAsync(bound.Token)).Read<UserChanged>();
    }

    public bool IsEmpty => !published.Reader.TryPeek(out _);
}

/// <summary>Keeps every log line of every category, exceptions and scopes' states included.</summary>
internal sealed class RecordingLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyCollection<string> Lines => lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull
    {
        lines.Enqueue($"{state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue($"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
