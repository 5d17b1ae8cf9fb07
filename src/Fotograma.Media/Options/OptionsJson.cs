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
                JsonTokenType.True => "true",
                JsonTokenType.False => "false",
                _ => throw new JsonException($"The option {name} is neither text, a whole number, true nor false."),
            };
        }

        return ExtractionOptionsParser.TryParse(values, out var parsed, out var problems)
            ? parsed
            : throw new JsonException(string.Join(" ", problems.Select(problem => $"{problem.Option}: {problem.Message}")));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ExtractionOptions value, JsonSerializerOptions options)
    {
        var plain = ExtractionOptionsParser.Default;
        writer.WriteStartObject();
        WriteSampling(writer, value.Sampling);
        WriteRanges(writer, value.Ranges);
        if (value.MaxFrames is { } frames) writer.WriteNumber("maxFrames"u8, frames);
        if (value.DuplicateDistance is { } distance) writer.WriteNumber("dedupe"u8, distance);
        if (value.Crop is { } crop) writer.WriteString("crop"u8, PictureReader.Write(crop));
        if (value.Width is { } width) writer.WriteNumber("width"u8, width);
        if (value.Height is { } height) writer.WriteNumber("height"u8, height);
        if (value.Enlarge) writer.WriteBoolean("enlarge"u8, true);
        if (value.SquarePixels != plain.SquarePixels) writer.WriteString("pixels"u8, value.SquarePixels ? "square"u8 : "stored"u8);
        if (value.ToneMap != plain.ToneMap) writer.WriteString("hdr"u8, value.ToneMap ? "sdr"u8 : "keep"u8);
        if (value.Deinterlace != plain.Deinterlace) writer.WriteString("deinterlace"u8, value.Deinterlace == Deinterlacing.On ? "on"u8 : "off"u8);
        writer.WriteString("format"u8, value.Format switch { ImageFormat.Jpeg => "jpeg"u8, ImageFormat.Webp => "webp"u8, _ => "png"u8 });
        if (value.Format is not ImageFormat.Png) writer.WriteNumber("quality"u8, value.Quality);
        if (value.Name is { } name) writer.WriteString("name"u8, name.Text);
        if (value.Extras != Extras.None) writer.WriteString("extras"u8, PictureReader.Write(value.Extras));
        writer.WriteEndObject();
    }

    private static void WriteSampling(Utf8JsonWriter writer, Sampling sampling)
    {
        var (name, text) = SamplingReader.Write(sampling);
        switch (sampling)
        {
            case Sampling.Count count: writer.WriteNumber("count"u8, count.Frames); break;
            case Sampling.KeyFrames or Sampling.All: writer.WriteBoolean(name, true); break;
            default: writer.WriteString(name, text); break;
        }
    }

    /// <summary>One range reads best as two numbers.</summary>
    private static void WriteRanges(Utf8JsonWriter writer, ValueList<TimeRange> ranges)
    {
        if (ranges.Count > 1) writer.WriteString("ranges"u8, string.Join(',', ranges.Select(range => $"{range.From}-{range.To}")));
        if (ranges.Count != 1) return;
        if (ranges[0].From is { } from) writer.WriteString("from"u8, from.ToString());
        if (ranges[0].To is { } to) writer.WriteString("to"u8, to.ToString());
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
