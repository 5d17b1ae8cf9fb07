using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Fotograma.Messages;

namespace Fotograma.Messaging.Kafka.Broker;

/// <summary>What travels beside an event: its content type and trace for everybody, and notes of Fotograma to itself.</summary>
internal static class RecordHeaders
{
    public const string ContentType = "content-type";
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";
    public const string Attempt = "fotograma-attempt";
    public const string FirstRetryAt = "fotograma-first-retry-at";
    public const string NotBefore = "fotograma-not-before";
    public const string Reason = "fotograma-reason";
    public const string At = "fotograma-at";
    public const string Origin = "fotograma-origin";
    public const string Redriven = "fotograma-redriven";

    public static Headers Of(CloudEvent happened)
    {
        var headers = new Headers { { ContentType, "application/cloudevents+json; charset=UTF-8"u8.ToArray() } };
        if (happened.TraceParent is { } trace) headers.Add(TraceParent, Encoding.UTF8.GetBytes(trace));
        if (happened.TraceState is { } state) headers.Add(TraceState, Encoding.UTF8.GetBytes(state));
        return headers;
    }

    public static Headers With(this Headers headers, string name, string value)
    {
        headers.Add(name, Encoding.UTF8.GetBytes(value));
        return headers;
    }

    public static Headers With(this Headers headers, string name, long value) => headers.With(name, value.ToString(CultureInfo.InvariantCulture));

    public static string? Text(this Headers? headers, string name) =>
        headers is not null && headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Null when it is not there or no number: headers can be written by anybody.</summary>
    public static long? Number(this Headers? headers, string name) =>
        long.TryParse(headers.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The time in Unix milliseconds, where it is one.</summary>
    public static DateTimeOffset? Time(this Headers? headers, string name) =>
        headers.Number(name) is { } number && number <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(number) : null;
}
