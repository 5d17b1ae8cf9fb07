using Fotograma.Kernel.Hosting;
using Fotograma.Messages;
using Fotograma.Messaging.RabbitMq.Publishing;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fotograma.Messaging.RabbitMq.Consuming;

/// <summary>
/// Moves what a group gave up back into its queue: takes letters in hand, publishes their events, and acknowledges them once the broker has confirmed those. What stays is in
/// hand until the end, so that nothing is seen twice, and is put back when the channel ends, in whatever way. An event is given once: a letter of it that comes later may tell that it failed
/// again.
/// </summary>
internal sealed class DeadLetterMover(IChannel channel, string dead, string queue, Publisher publisher) : IAsyncDisposable
{
    private const int MovedAtOnce = 100;
    private readonly HashSet<Guid> given = [];
    private bool more = true;

    public int Given { get; private set; }

    public int Unreadable { get; private set; }

    /// <summary>Moves some more.</summary>
    /// <returns>False when there are no more.</returns>
    public async Task<bool> MoveSomeAsync(Guid? only, CancellationToken cancellation)
    {
        try
        {
            var wanted = await TakeAsync(only, cancellation);
            if (wanted.Count == 0) return more;
            await publisher.SendAsync([.. wanted.Select(letter => new Parcel("", queue, MustArrive: true, Envelope.ForAnotherLife(letter.Properties), letter.Body))], cancellation);
            Steps.Reached(Steps.EventRedriven);
            // They are there: what is confirmed is taken away even when somebody stops this meanwhile.
            foreach (var letter in wanted) await channel.BasicAckAsync(letter.Tag, multiple: false, CancellationToken.None);
            Given += wanted.Count;
            return more;
        }
        catch (OperationInterruptedException exception)
        {
            throw new RabbitMqException($"RabbitMQ does not let {dead} be read: {exception.ShutdownReason?.ReplyText}", exception);
        }
    }

    /// <summary>Puts back what stays.</summary>
    public ValueTask DisposeAsync() => channel.DisposeAsync();

    private async Task<List<Arrival>> TakeAsync(Guid? only, CancellationToken cancellation)
    {
        var wanted = new List<Arrival>();
        for (var taken = 0; taken < MovedAtOnce; taken++)
        {
            if (await channel.BasicGetAsync(dead, autoAck: false, cancellation) is not { } got)
            {
                more = false;
                break;
            }
            var body = got.Body.ToArray();
            var happened = CloudEvent.TryFromJson(body, out _);
            if (happened is null) Unreadable++;
            else if ((only is null || happened.Id == only) && given.Add(happened.Id)) wanted.Add(new Arrival(got.DeliveryTag, got.BasicProperties, body));
        }
        return wanted;
    }
}
