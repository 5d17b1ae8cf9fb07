using System.Collections.Concurrent;
using System.Threading.Channels;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Kafka.Tests;

/// <summary>A member that goes on whatever happens to its brokers, and shows what it was given and what went wrong.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<Delivery> given = Channel.CreateUnbounded<Delivery>();
    private readonly Channel<Exception> failures = Channel.CreateUnbounded<Exception>();
    private readonly ConcurrentQueue<Guid> seen = new();
    private readonly Task consuming;

    public Receiver(ITransport transport, Subscription group, Func<Delivery, CancellationToken, Task<Settlement>>? handle, int slots)
    {
        handle ??= (_, _) => Task.FromResult<Settlement>(new Settlement.Done());
        Slots = new Slots(slots);
        consuming = Task.Run(async () =>
        {
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    await transport.PrepareAsync([group], stopping.Token);
                    await transport.ConsumeAsync(group, Slots, (delivery, cancellation) =>
                    {
                        seen.Enqueue(delivery.Event.Id);
                        given.Writer.TryWrite(delivery);
                        return handle(delivery, cancellation);
                    }, stopping.Token);
                }
                catch (OperationCanceledException) when (stopping.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception exception)
                {
                    failures.Writer.TryWrite(exception);
                    await Task.Delay(100);
                }
            }
        });
    }

    public Slots Slots { get; }

    /// <summary>The ids of everything that was given, again and again where it came again.</summary>
    public IReadOnlyCollection<Guid> Seen => seen;

    public async Task<Delivery> NextAsync() => await ReadAsync(given, "No event was delivered in time.");

    public async Task<Exception> FailureAsync() => await ReadAsync(failures, "The consumption did not fail in time.");

    /// <summary>Waits until each of the events was given at least once.</summary>
    public async Task AllAsync(IEnumerable<CloudEvent> events)
    {
        var missing = events.Select(happened => happened.Id).ToHashSet();
        while (missing.Count > 0) missing.Remove((await NextAsync()).Event.Id);
    }

    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await consuming.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private async Task<T> ReadAsync<T>(Channel<T> channel, string otherwise)
    {
        using var patience = Kafka.Patience();
        try
        {
            return await channel.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{otherwise} {seen.Count} events were given before. {string.Join('\n', Failures())}");
        }
    }

    private IEnumerable<string> Failures()
    {
        while (failures.Reader.TryRead(out var failure)) yield return $"A consumption failed: {failure.Message}";
    }
}
