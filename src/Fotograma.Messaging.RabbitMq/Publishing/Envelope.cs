using System.Globalization;
using System.Text;
using Fotograma.Messages;
using RabbitMQ.Client;

namespace Fotograma.Messaging.RabbitMq.Publishing;

/// <summary>What is written on the outside of an event: enough for tracing tools and operators, and our own count of attempts.</summary>
internal static class Envelope
{
    private const string ContentType = "application/cloudevents+json";
    private const string TraceParentHeader = "traceparent";
    private const string TraceStateHeader = "tracestate";
    private const string AttemptHeader = "fotograma-attempt";
    private const string FirstHeader = "fotograma-first-retry-at";
    private const string ReasonHeader = "fotograma-reason";
    private const string BuriedHeader = "fotograma-buried-at";

    // Headers must fit into one frame of the protocol.
    private const int ReasonCharactersMax = 8000;

    public static BasicProperties Of(CloudEvent happened)
    {
        var headers = new Dictionary<string, object?>();
        if (happened.TraceParent is { } trace) headers[TraceParentHeader] = trace;
        if (happened.TraceState is { } state) headers[TraceStateHeader] = state;
        return new BasicProperties
        {
            ContentType = ContentType,
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = happened.Id.ToString(),
            Type = happened.Type,
            AppId = "fotograma",
            Timestamp = new AmqpTimestamp(happened.Time.ToUnixTimeSeconds()),
            Headers = headers,
        };
    }

    /// <summary>For the next attempt of an event that came with these.</summary>
    public static BasicProperties ForRetry(IReadOnlyBasicProperties came, TimeSpan delay, DateTimeOffset now)
    {
        var properties = CopyOf(came);
        properties.Headers![AttemptHeader] = AttemptOf(came) + 1;
        properties.Headers[FirstHeader] = (FirstRetryOf(came) ?? now).ToUnixTimeMilliseconds();
        if (delay > TimeSpan.Zero) properties.Expiration = ((long)Math.Ceiling(delay.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
        return properties;
    }

    /// <summary>For something that is given up.</summary>
    public static BasicProperties ForBurial(IReadOnlyBasicProperties came, string reason, DateTimeOffset at)
    {
        var properties = CopyOf(came);
        properties.Headers![AttemptHeader] = AttemptOf(came);
        properties.Headers[ReasonHeader] = reason.Length > ReasonCharactersMax ? reason[..ReasonCharactersMax] + "…" : reason;
        properties.Headers[BuriedHeader] = at.ToUnixTimeMilliseconds();
        return properties;
    }

    /// <summary>For an event that was given up and is given to its group once more, as if it had never failed.</summary>
    public static BasicProperties ForAnotherLife(IReadOnlyBasicProperties came) => CopyOf(came);

    /// <summary>Which attempt this is, from 1. Whatever a stranger wrote there counts as none, and what was given up and put back begins anew.</summary>
    public static int AttemptOf(IReadOnlyBasicProperties came) => Text(came, ReasonHeader) is not null ? 1 : (int)Math.Clamp(Number(came, AttemptHeader) ?? 1, 1, int.MaxValue - 1);

    /// <summary>When it was first sent to be retried; null when it never was.</summary>
    public static DateTimeOffset? FirstRetryOf(IReadOnlyBasicProperties came) => Time(came, FirstHeader);

    /// <summary>Why it was given up. What the broker gave up by itself carries only the broker's word for it.</summary>
    public static string ReasonOf(IReadOnlyBasicProperties came) =>
        Text(came, ReasonHeader) ?? $"The broker gave it up: {Text(came, "x-first-death-reason") ?? "no reason given"}.";

    public static DateTimeOffset? BuriedAt(IReadOnlyBasicProperties came) =>
        Time(came, BuriedHeader) ?? BrokersBurial(came);

    private static DateTimeOffset? BrokersBurial(IReadOnlyBasicProperties came) =>
        Value(came, "x-death") is IList<object> { Count: > 0 } deaths && deaths[0] is IDictionary<string, object> death && death.TryGetValue("time", out var time) && time is AmqpTimestamp at
            ? DateTimeOffset.FromUnixTimeSeconds(at.UnixTime) : null;

    private static BasicProperties CopyOf(IReadOnlyBasicProperties came)
    {
        var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent, Headers = new Dictionary<string, object?>() };
        if (came.IsContentTypePresent()) properties.ContentType = came.ContentType;
        if (came.IsMessageIdPresent()) properties.MessageId = came.MessageId;
        if (came.IsTypePresent()) properties.Type = came.Type;
        if (came.IsAppIdPresent()) properties.AppId = came.AppId;
        if (came.IsTimestampPresent()) properties.Timestamp = came.Timestamp;
        if (Text(came, TraceParentHeader) is { } trace) properties.Headers[TraceParentHeader] = trace;
        if (Text(came, TraceStateHeader) is { } state) properties.Headers[TraceStateHeader] = state;
        return properties;
    }

    private static object? Value(IReadOnlyBasicProperties came, string header) => came.Headers is { } headers && headers.TryGetValue(header, out var value) ? value : null;

    private static string? Text(IReadOnlyBasicProperties came, string header) => Value(came, header) switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        string text => text,
        _ => null,
    };

    private static DateTimeOffset? Time(IReadOnlyBasicProperties came, string header) =>
        Number(came, header) is { } at and >= 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    private static long? Number(IReadOnlyBasicProperties came, string header) => Value(came, header) switch
    {
        long number => number,
        int number => number,
        _ => null,
    };
}
