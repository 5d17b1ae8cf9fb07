using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fotograma.Media.Isolation;

namespace Fotograma.Media.Probing;

/// <summary>A <see cref="ProbeReport"/> as JSON: camel case, fractions as text, unknown values left out.</summary>
public static class ProbeReportJson
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <paramref name="report"/>.</summary>
    public static string Write(ProbeReport report, bool indented = false)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact with { Indented = indented, NewLine = "\n" }))
        {
            JsonSerializer.Serialize(writer, report, DecoderJson.Default.ProbeReport);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not such a report.</exception>
    public static ProbeReport Read(string json) =>
        JsonSerializer.Deserialize(json, DecoderJson.Default.ProbeReport) ?? throw new JsonException("A probe report is missing.");
}
