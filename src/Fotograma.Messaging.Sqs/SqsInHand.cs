using System.Globalization;
using System.Text;
using Amazon.SQS;
using Amazon.SQS.Model;
using Fotograma.Messages;
using Fotograma.Messaging.Transport;

namespace Fotograma.Messaging.Sqs;

/// <summary>A message that was received and not settled yet. There is no delivery where the body is not an event, and then the fault says why.</summary>
internal sealed record SqsInHand(string Receipt, string Body, Delivery? Delivery, string? Fault)
{
    public static SqsInHand Of(Message message)
    {
        var body = message.Body ?? "";
        var happened = CloudEvent.TryFromJson(Encoding.UTF8.GetBytes(body), out var fault);
        return new SqsInHand(message.ReceiptHandle, body, happened is null ? null : new Delivery(happened, Receives(message)) { FirstAt = FirstReceive(message) }, fault);
    }

    private static DateTimeOffset? FirstReceive(Message message) =>
        message.Attributes is { } attributes && attributes.TryGetValue(MessageSystemAttributeName.ApproximateFirstReceiveTimestamp, out var at)
            ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(at, CultureInfo.InvariantCulture)) : null;

    private static int Receives(Message message) =>
        message.Attributes is { } attributes && attributes.TryGetValue(MessageSystemAttributeName.ApproximateReceiveCount, out var count)
            ? int.Parse(count, CultureInfo.InvariantCulture) : 1;
}
