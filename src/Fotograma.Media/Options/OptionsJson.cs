using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fotograma.Media.Options;

/// <summary>How options and fractions look in JSON.</summary>
[JsonSourceGenerationOptions(Converters = [typeof(ExtractionOptionsJsonConverter)])]
[JsonSerializable(typeof(ExtractionOptions))]
internal sealed partial class OptionsJson : JsonSerializerContext;

/// <summary>
/// Options as one flat object with the parser's names: whole numbers as numbers, fractions as text (<c>"30000/1001"</c>). Reading goes
/// through the parser, so that what is read is in range.
/// </summary>
internal sealed class ExtractionOptionsJsonConverter : JsonConverter<ExtractionOptions>
{
    /// <inheritdoc/>
    public override ExtractionOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("Extraction options are a JSON object.");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            values[name] = reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString()!,
                JsonTokenType.Number when reader.TryGetInt64(out var number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                _ => throw new JsonException($"The option {name} is neither text nor a whole number."),
            };
        }

        return ExtractionOptionsParser.TryParse(values, out var parsed, out var problems)
            ? parsed
            : throw new JsonException(string.Join(" ", problems.Select(problem => $"{problem.Option}: {problem.Message}")));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ExtractionOptions value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        switch (value.Sampling)
        {
            case Sampling.Rate rate: writer.WriteString("fps"u8, rate.FramesPerSecond.ToString()); break;
            case Sampling.Every every: writer.WriteString("every"u8, every.Seconds.ToString()); break;
            case Sampling.Count count: writer.WriteNumber("count"u8, count.Frames); break;
        }

        if (value.From is { } from) writer.WriteString("from"u8, from.ToString());
        if (value.To is { } to) writer.WriteString("to"u8, to.ToString());
        if (value.MaxFrames is { } frames) writer.WriteNumber("maxFrames"u8, frames);
        if (value.Width is { } width) writer.WriteNumber("width"u8, width);
        if (value.Height is { } height) writer.WriteNumber("height"u8, height);
        writer.WriteString("format"u8, value.Format is ImageFormat.Jpeg ? "jpeg"u8 : "png"u8);
        if (value.Format is ImageFormat.Jpeg) writer.WriteNumber("quality"u8, value.Quality);
        writer.WriteEndObject();
    }
}

/// <summary>Fractions as text, <c>"25"</c> or <c>"30000/1001"</c>; the unknown one as null.</summary>
internal sealed class RationalJsonConverter : JsonConverter<Rational>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override Rational Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => default,
        JsonTokenType.String when Rational.TryParse(reader.GetString(), out var value) => value,
        _ => throw new JsonException("A fraction is text such as 25 or 30000/1001."),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Rational value, JsonSerializerOptions options)
    {
        if (value.IsUnknown) writer.WriteNullValue();
        else writer.WriteStringValue(value.ToString());
    }
}
