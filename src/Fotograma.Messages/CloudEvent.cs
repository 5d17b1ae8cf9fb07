using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fotograma.Messages;

/// <summary>
/// A message on its way: CloudEvents 1.0 in structured JSON (cloudevents/spec v1.0.2) with the distributed-tracing extension.
/// <c>id</c> together with <c>source</c> is unique; sending again keeps both.
/// </summary>
public sealed record CloudEvent
{
    /// <summary>Always <c>1.0</c>.</summary>
    [JsonPropertyName("specversion")]
    public string SpecVersion { get; init; } = "1.0";

    /// <summary>Unique id of this event.</summary>
    [JsonPropertyName("id")]
    public required Guid Id { get; init; }

    /// <summary>The module it came from, for example <c>/fotograma/video</c>.</summary>
    [JsonPropertyName("source")]
    public required string Source { get; init; }

    /// <summary>The event's name, see <see cref="IMessage.Type"/>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>What it is about, see <see cref="IMessage.Subject"/>.</summary>
    [JsonPropertyName("subject")]
    public required string Subject { get; init; }

    /// <summary>When it happened.</summary>
    [JsonPropertyName("time")]
    public required DateTimeOffset Time { get; init; }

    /// <summary>Always <c>application/json</c>.</summary>
    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; init; } = "application/json";

    /// <summary>W3C trace context of the work that caused the event.</summary>
    [JsonPropertyName("traceparent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceParent { get; init; }

    /// <summary>What tracing systems on the way noted beside <see cref="TraceParent"/>.</summary>
    [JsonPropertyName("tracestate"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceState { get; init; }

    /// <summary>The trace that the event belongs to; null where there is none.</summary>
    [JsonIgnore]
    public TraceContext? Trace => TraceContext.Of(TraceParent, TraceState);

    /// <summary>The message itself.</summary>
    [JsonPropertyName("data")]
    public required JsonElement Data { get; init; }

    /// <summary>Wraps a message.</summary>
    public static CloudEvent Of<T>(T message, Guid id, string source, DateTimeOffset time, TraceContext? trace) where T : IMessage => new()
    {
        Id = id,
        Source = source,
        Type = T.Type,
        Subject = message.Subject,
        Time = time,
        TraceParent = trace?.Parent,
        TraceState = trace?.State,
        Data = JsonSerializer.SerializeToElement(message, JsonSerializerOptions.Web),
    };

    /// <summary>The message inside.</summary>
    /// <exception cref="JsonException">The data is not a <typeparamref name="T"/>.</exception>
    public T Read<T>() where T : IMessage => Data.Deserialize<T>(Strict) ?? throw new JsonException($"The event {Type} carries no data.");

    /// <summary>The event as UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads an event.</summary>
    /// <exception cref="JsonException">The bytes are not a CloudEvent 1.0.</exception>
    public static CloudEvent FromJson(ReadOnlySpan<byte> json)
    {
        var read = JsonSerializer.Deserialize<CloudEvent>(json, Complete) ?? throw new JsonException("The event is null.");
        return read.SpecVersion == "1.0" ? read : throw new JsonException($"CloudEvents version {read.SpecVersion} is not understood.");
    }

    /// <summary>Reads an event; null, and a sentence that says why, when the bytes are not one.</summary>
    public static CloudEvent? TryFromJson(ReadOnlySpan<byte> json, out string? fault)
    {
        fault = null;
        try
        {
            return FromJson(json);
        }
        catch (JsonException exception)
        {
            fault = $"not a CloudEvent 1.0 as Fotograma has them, with a UUID for an id, a subject and a time: {exception.Message}";
            return null;
        }
    }

    private static readonly JsonSerializerOptions Complete = new() { RespectNullableAnnotations = true };

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };
}
