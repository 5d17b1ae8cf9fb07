using System.Threading.Channels;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Suites.Transport;

/// <summary>One consuming member of a group: shows what it was given, in the order in which it was given.</summary>
internal sealed class Member : IAsyncDisposable
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(90);
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<Delivery> given = Channel.CreateUnbounded<Delivery>();
    private readonly Task consuming;

    public Member(ITransport transport, Subscription subscription, Slots? slots = null, Func<Delivery, CancellationToken, Task<Settlement>>? handle = null)
    {
        handle ??= (_, _) => Task.FromResult<Settlement>(new Settlement.Done());
        consuming = Task.Run(() => transport.ConsumeAsync(subscription, slots ?? new Slots(4), (delivery, cancellation) =>
        {
            given.Writer.TryWrite(delivery);
            return handle(delivery, cancellation);
        }, stopping.Token));
    }

    public bool HasSeenNothing => given.Reader.Count == 0;

    public async Task<Delivery> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(PatienceMax);
        try
        {
            return await given.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            if (consuming.IsFaulted) await consuming;
            throw new TimeoutException("No event was delivered in time.");
        }
    }

    public async Task<List<CloudEvent>> NextAsync(int count)
    {
        var events = new List<CloudEvent>(count);
        while (events.Count < count) events.Add((await NextAsync()).Event);
        return events;
    }

    /// <summary>Ids of the next so many different events: on a busy machine some of a large number come again.</summary>
    public async Task<HashSet<Guid>> NextDistinctAsync(int count)
    {
        var ids = new HashSet<Guid>();
        while (ids.Count < count) ids.Add((await NextAsync()).Event.Id);
        return ids;
    }

    /// <summary>Everything that was given before an event published now is given, and that is not the event itself.</summary>
    public async Task<List<CloudEvent>> EverythingBeforeAsync(CloudEvent last, Func<CloudEvent, Task> publish)
    {
        await publish(last);
        var events = new List<CloudEvent>();
        while (await NextAsync() is var delivery && delivery.Event.Id != last.Id) events.Add(delivery.Event);
        return events;
    }

    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        try
        {
            await consuming.WaitAsync(PatienceMax);
        }
        catch (OperationCanceledException)
        {
            // The way a consumption is meant to end.
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (Exception exception) when (exception is not TimeoutException)
        {
            // Its connection was killed by the test.
        }
        stopping.Dispose();
    }
}
