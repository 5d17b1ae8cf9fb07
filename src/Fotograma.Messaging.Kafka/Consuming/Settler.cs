using Confluent.Kafka;
using Fotograma.Kernel.Hosting;
using Fotograma.Messaging.Kafka.Broker;
using Fotograma.Messaging.Kafka.Publishing;

namespace Fotograma.Messaging.Kafka.Consuming;

/// <summary>Puts what a group does not finish where it belongs: among its retries or its dead letters. The event's own place is left only afterwards.</summary>
internal sealed class Settler(EventProducer producer, TopicNames names, string group, Action<string> buriedUnreadable, TimeProvider clock)
{
    private const int ReasonCharactersMax = 8000;

    public async Task RetryAsync(Fetched fetched, TimeSpan delay, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        // Rounded up: never before its time.
        var notBefore = now.Add(delay).ToUnixTimeMilliseconds() + 1;
        var headers = RecordHeaders.Of(fetched.Delivery!.Event)
            .With(RecordHeaders.Attempt, fetched.Attempt + 1)
            .With(RecordHeaders.FirstRetryAt, (fetched.Delivery.FirstAt ?? now).ToUnixTimeMilliseconds())
            .With(RecordHeaders.NotBefore, delay > TimeSpan.Zero ? notBefore : 0)
            .With(RecordHeaders.Origin, fetched.ToString());
        try
        {
            await producer.SendAsync([new Outgoing(names.Retries(group), null, fetched.Key, fetched.Body, headers)], cancellation);
            Steps.Reached(Steps.EventPutOff);
        }
        catch (BrokerException exception) when (exception.Code is ErrorCode.MsgSizeTooLarge)
        {
            // As large as the brokers allow, and what is noted about the retry makes it larger. It would hold up its partition for ever.
            await BuryAsync(fetched, "It failed, and with what is noted for another attempt it is too large for the brokers.", cancellation);
        }
    }

    public async Task BuryAsync(Fetched fetched, string reason, CancellationToken cancellation)
    {
        try
        {
            await SendDeadLetterAsync(fetched, fetched.Body, reason, cancellation);
        }
        catch (BrokerException exception) when (exception.Code is ErrorCode.MsgSizeTooLarge && fetched.Body.Length > 0)
        {
            // As large as the brokers allow, and the reason makes it larger. It would hold up its partition for ever.
            await SendDeadLetterAsync(fetched, [], $"{reason} (the body of {fetched.Body.Length} bytes is too large to be kept; it lies at {fetched})", cancellation);
        }
    }

    // Always the first partition: dead letters are read in their order.
    private async Task SendDeadLetterAsync(Fetched fetched, byte[] body, string reason, CancellationToken cancellation)
    {
        var headers = (fetched.Delivery is { } delivery ? RecordHeaders.Of(delivery.Event) : new Headers())
            .With(RecordHeaders.Reason, Clipped(reason))
            .With(RecordHeaders.At, clock.GetUtcNow().ToUnixTimeMilliseconds())
            .With(RecordHeaders.Attempt, fetched.Attempt)
            .With(RecordHeaders.Origin, fetched.ToString());
        await producer.SendAsync([new Outgoing(names.DeadLetters(group), 0, fetched.Key, body, headers)], cancellation);
        Steps.Reached(Steps.EventBuried);
        if (fetched.Delivery is null) buriedUnreadable(reason);
    }

    private static string Clipped(string reason)
    {
        if (reason.Length <= ReasonCharactersMax) return reason;
        var length = char.IsHighSurrogate(reason[ReasonCharactersMax - 1]) ? ReasonCharactersMax - 1 : ReasonCharactersMax;
        return reason[..length] + "…";
    }
}
