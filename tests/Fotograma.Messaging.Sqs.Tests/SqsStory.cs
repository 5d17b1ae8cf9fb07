using System.Collections.Concurrent;
using System.Text.Json;
using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;
using Fotograma.Peers.Sqs;

namespace Fotograma.Messaging.Sqs.Tests;

/// <summary>A prefix of its own on the shared server, and what all stories about SQS tell.</summary>
public abstract class SqsStory : IAsyncLifetime
{
    internal const string Type = "story.told";
    internal static readonly Subscription Group = new("listeners", [Type]);
    private static readonly Ids Ids = new(TimeProvider.System);

    internal SqsTransportPeer Peer { get; private set; } = null!;

    internal static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal string QueueName => Peer.Options.QueuePrefix + Group.Group;

    internal string DeadLettersName => QueueName + Peer.Options.DeadLetterSuffix;

    public async ValueTask InitializeAsync() => Peer = new SqsTransportPeer(await SqsPeer.SharedAsync(Cancellation));

    public async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal static CloudEvent Event(string text = "hello") => new()
    {
        Id = Ids.New(),
        Source = "/fotograma/story",
        Type = Type,
        Subject = "story",
        Time = DateTimeOffset.UnixEpoch,
        Data = JsonSerializer.SerializeToElement(new { text }),
    };

    internal async Task<SqsTransport> PreparedAsync(Connection? connection = null)
    {
        var transport = Peer.Connect(connection ?? new Connection());
        await transport.PrepareAsync([Group], Cancellation);
        return transport;
    }

    internal static Task<T> InTimeAsync<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(90), Cancellation);

    internal static Task InTimeAsync(Task task) => task.WaitAsync(TimeSpan.FromSeconds(90), Cancellation);

    /// <summary>What the group was given until an event that is published now came too. The server behind the tests keeps the order, and one slot keeps it here.</summary>
    internal static async Task<List<Guid>> DrainAsync(SqsTransport transport)
    {
        var last = Event();
        var given = new ConcurrentQueue<Guid>();
        var came = new TaskCompletionSource();
        await using var consuming = new Consumption(transport, new Slots(1), (delivery, _) =>
        {
            if (delivery.Event.Id == last.Id) came.TrySetResult();
            else given.Enqueue(delivery.Event.Id);
            return Task.FromResult<Settlement>(new Settlement.Done());
        });
        await transport.PublishAsync([last], Cancellation);
        await InTimeAsync(came.Task);
        return [.. given];
    }

    /// <summary>Waits until the group was given the event, whatever else it was given before.</summary>
    internal static async Task ComesAsync(SqsTransport transport, CloudEvent happened)
    {
        var came = new TaskCompletionSource();
        await using var consuming = new Consumption(transport, new Slots(1), (delivery, _) =>
        {
            if (delivery.Event.Id == happened.Id) came.TrySetResult();
            return Task.FromResult<Settlement>(new Settlement.Done());
        });
        await InTimeAsync(came.Task);
    }

    /// <summary>A consumption that ends with the test.</summary>
    internal sealed class Consumption : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopping = new();

        public Consumption(SqsTransport transport, Slots slots, Func<Delivery, CancellationToken, Task<Settlement>> handle) =>
            Ended = Task.Run(() => transport.ConsumeAsync(Group, slots, handle, stopping.Token));

        public Task Ended { get; }

        public async Task StopAsync()
        {
            await stopping.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => InTimeAsync(Ended));
        }

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await InTimeAsync(Ended.ContinueWith(_ => { }, TaskScheduler.Default));
            stopping.Dispose();
        }
    }
}
