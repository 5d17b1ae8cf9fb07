using System.Threading.Channels;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.RabbitMq.Tests;

/// <summary>Consumes as the product does: what throws is taken up again after a moment. Shows what it was given, and what was thrown.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<Delivery> given = Channel.CreateUnbounded<Delivery>();
    private readonly Channel<Exception> failures = Channel.CreateUnbounded<Exception>();
    private readonly Task running;

    public Listener(ITransport transport, Subscription group, Func<Delivery, CancellationToken, Task<Settlement>>? handle = null, Slots? slots = null)
    {
        handle ??= (_, _) => Task.FromResult<Settlement>(new Settlement.Done());
        running = Task.Run(async () =>
        {
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    await transport.PrepareAsync([group], stopping.Token);
                    await transport.ConsumeAsync(group, slots ?? new Slots(4), (delivery, cancellation) =>
                    {
                        given.Writer.TryWrite(delivery);
                        return handle(delivery, cancellation);
                    }, stopping.Token);
                }
                catch (Exception exception) when (!stopping.IsCancellationRequested)
                {
                    failures.Writer.TryWrite(exception);
                    await Task.Delay(50);
                }
                catch (OperationCanceledException)
                {
                    // Stopped.
                }
            }
        });
    }

    public bool HasSeenNothing => given.Reader.Count == 0;

    public async Task<Delivery> NextAsync() => await ReadAsync(given.Reader);

    public async Task<Exception> FailureAsync() => await ReadAsync(failures.Reader);

    /// <summary>Waits until every event was given at least once.</summary>
    public async Task<List<Guid>> UntilAllAsync(IEnumerable<CloudEvent> events)
    {
        var missing = events.Select(e => e.Id).ToHashSet();
        var seen = new List<Guid>();
        while (missing.Count > 0)
        {
            seen.Add((await NextAsync()).Event.Id);
            missing.Remove(seen[^1]);
        }
        return seen;
    }

    /// <summary>Stops; may be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested) return;
        await stopping.CancelAsync();
        await ((Task)running.WaitAsync(PatienceMax)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<T> ReadAsync<T>(ChannelReader<T> reader)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(PatienceMax);
        return await reader.ReadAsync(patience.Token);
    }
}

internal static class Events
{
    public const string Type = "story.told";

    public static readonly Subscription Listeners = new("listeners", [Type]);

    private static readonly Kernel.Hosting.Ids Ids = new(TimeProvider.System);

    public static CloudEvent New(string type = Type, string text = "hello") => new()
    {
        Id = Ids.New(),
        Source = "/fotograma/story",
        Type = type,
        Subject = "story",
        Time = DateTimeOffset.UnixEpoch,
        Data = System.Text.Json.JsonSerializer.SerializeToElement(new { text }),
    };

    /// <summary>As the outbox relay does: again and again, until it is confirmed.</summary>
    public static async Task PublishUntilConfirmedAsync(this ITransport transport, CloudEvent happened, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await transport.PublishAsync([happened], cancellation);
                return;
            }
            catch (RabbitMqException)
            {
                await Task.Delay(20, cancellation);
            }
        }
    }
}
