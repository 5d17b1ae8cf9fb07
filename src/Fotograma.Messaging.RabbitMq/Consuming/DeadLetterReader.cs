using Fotograma.Messages;
using Fotograma.Messaging.RabbitMq.Publishing;
using Fotograma.Messaging.Transport;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fotograma.Messaging.RabbitMq.Consuming;

/// <summary>Looks at what a group gave up: takes it in hand and puts it all back. Two who look at the same time see a part each.</summary>
internal static class DeadLetterReader
{
    public static async Task<IReadOnlyList<DeadLetter>> ReadAsync(IConnection connection, string queue, int limit, CancellationToken cancellation)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var letters = new List<DeadLetter>();
        ulong last = 0;
        try
        {
            while (letters.Count < limit && await channel.BasicGetAsync(queue, autoAck: false, cancellation) is { } got)
            {
                letters.Add(LetterOf(got));
                last = got.DeliveryTag;
            }
            if (last > 0) await channel.BasicNackAsync(last, multiple: true, requeue: true, cancellation);
            await channel.CloseAsync(cancellation);
        }
        catch (OperationInterruptedException exception)
        {
            throw new RabbitMqException($"RabbitMQ does not let {queue} be read: {exception.ShutdownReason?.ReplyText}", exception);
        }
        return letters;
    }

    private static DeadLetter LetterOf(BasicGetResult got)
    {
        var body = got.Body.ToArray();
        return new DeadLetter(CloudEvent.TryFromJson(body, out _), body, Envelope.ReasonOf(got.BasicProperties), Envelope.BuriedAt(got.BasicProperties) ?? DateTimeOffset.UnixEpoch);
    }
}
