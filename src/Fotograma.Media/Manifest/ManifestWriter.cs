using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fotograma.Media.Isolation;
using Fotograma.Media.Options;
using Fotograma.Media.Png;

namespace Fotograma.Media.Manifest;

/// <summary>
/// Writes what an archive holds, image by image, as JSON (one line an image), as the same lines alone, and as CSV. Nothing larger than a few
/// images is held.
/// </summary>
internal sealed class ManifestWriter(ManifestFacts facts, FrameLedger ledger)
{
    /// <summary>Version of the manifest's format; a reader refuses a higher one.</summary>
    private const int FormatVersion = 1;

    /// <summary>What a timestamp means here.</summary>
    private const string Definition =
        "The frame at a moment t is the frame on screen at t: the last one whose presentation time is not after t. Its time is that "
        + "presentation time in seconds, pts x timeBase, as stored in the video.";

    private const int FlushBytes = 32 << 10;

    private static readonly string Version =
        typeof(ManifestWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>A file, not a piece of a page: letters stay letters.</summary>
    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the JSON document, to the target only asynchronously.</summary>
    public async Task WriteJsonAsync(Stream target, CancellationToken cancellation)
    {
        var page = new ArrayBufferWriter<byte>(FlushBytes + 4096);
        await using var json = new Utf8JsonWriter(page, Layout);
        json.WriteStartObject();
        WriteHead(json);
        json.WriteStartArray("frames"u8);
        var line = new ArrayBufferWriter<byte>(512);
        await using var frame = new Utf8JsonWriter(line);
        for (var i = 0; i < ledger.Count; i++)
        {
            // A raw value is written without indentation, so the line brings its own.
            line.ResetWrittenCount();
            line.Write("\n    "u8);
            frame.Reset(line);
            WriteFrame(frame, ledger[i]);
            frame.Flush();
            json.WriteRawValue(line.WrittenSpan, skipInputValidation: true);
            if (json.BytesPending + page.WrittenCount < FlushBytes) continue;
            json.Flush();
            await target.WriteAsync(page.WrittenMemory, cancellation);
            page.ResetWrittenCount();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        page.Write("\n"u8);
        await target.WriteAsync(page.WrittenMemory, cancellation);
    }

    /// <summary>Writes one JSON object a line for each image (newline-delimited JSON), with the members of <see cref="WriteJsonAsync"/>.</summary>
    public async Task WriteLinesAsync(Stream target, CancellationToken cancellation)
    {
        var lines = new ArrayBufferWriter<byte>(FlushBytes + 1024);
        await using var frame = new Utf8JsonWriter(lines);
        for (var i = 0; i < ledger.Count; i++)
        {
            frame.Reset(lines);
            WriteFrame(frame, ledger[i]);
            frame.Flush();
            lines.Write("\n"u8);
            if (lines.WrittenCount < FlushBytes) continue;
            await target.WriteAsync(lines.WrittenMemory, cancellation);
            lines.ResetWrittenCount();
        }

        await target.WriteAsync(lines.WrittenMemory, cancellation);
    }

    /// <summary>Writes the CSV table: no cell needs quoting, as none holds text from outside.</summary>
    public async Task WriteCsvAsync(Stream target, CancellationToken cancellation)
    {
        var rows = new ArrayBufferWriter<byte>(FlushBytes + 512);
        rows.Write("index,file,time,pts,timeBase,duration,sourceFrame,keyFrame,sceneScore,width,height,bytes,sha256,perceptualHash\r\n"u8);
        for (var i = 0; i < ledger.Count; i++)
        {
            Encoding.UTF8.GetBytes(Row(ledger[i]), rows);
            if (rows.WrittenCount < FlushBytes) continue;
            await target.WriteAsync(rows.WrittenMemory, cancellation);
            rows.ResetWrittenCount();
        }

        await target.WriteAsync(rows.WrittenMemory, cancellation);
    }

    private string Row(in FrameIndexRecord record) =>
        string.Create(CultureInfo.InvariantCulture, $"{record.Index},{ledger.NameOf(record)},{record.Time},{record.Pts},{TimeBase(record)},{record.DurationTime},")
        + string.Create(CultureInfo.InvariantCulture, $"{(record.SourceFrame < 0 ? null : record.SourceFrame)},{(record.KeyFrame ? "true" : "false")},{Score(record)},")
        + string.Create(CultureInfo.InvariantCulture, $"{record.Width},{record.Height},{record.ImageBytes},{record.Sha256},{Hash(record)}\r\n");

    private void WriteHead(Utf8JsonWriter json)
    {
        json.WriteNumber("formatVersion"u8, FormatVersion);
        json.WriteStartObject("generator"u8);
        json.WriteString("name"u8, "fotograma"u8);
        json.WriteString("version"u8, Version);
        json.WriteEndObject();
        json.WriteString("definition"u8, Definition);
        json.WriteStartObject("input"u8);
        json.WriteString("name"u8, facts.Input.Name);
        json.WriteNumber("bytes"u8, facts.Input.Bytes);
        if (facts.Input.Sha256 is { } sha256) json.WriteString("sha256"u8, sha256);
        json.WriteEndObject();
        json.WritePropertyName("video"u8);
        JsonSerializer.Serialize(json, facts.Video, DecoderJson.Default.ProbeReport);
        json.WritePropertyName("options"u8);
        JsonSerializer.Serialize(json, facts.Options, OptionsJson.Default.ExtractionOptions);
        json.WriteStartObject("images"u8);
        json.WriteString("format"u8, facts.Options.Format switch { ImageFormat.Jpeg => "jpeg"u8, ImageFormat.Webp => "webp"u8, _ => "png"u8 });
        if (facts.Options.Format is ImageFormat.Png) json.WriteString("encoding"u8, PngEncoder.Description);
        json.WriteEndObject();
        json.WriteStartArray("warnings"u8);
        foreach (var warning in facts.Warnings) JsonSerializer.Serialize(json, warning, DecoderJson.Default.MediaWarning);
        json.WriteEndArray();
        WriteTotals(json);
        if (facts.Extras.Count == 0) return;
        json.WriteStartArray("extras"u8);
        foreach (var extra in facts.Extras)
        {
            json.WriteStartObject();
            json.WriteString("file"u8, extra.Name);
            json.WriteNumber("firstImage"u8, extra.FirstImage);
            json.WriteNumber("bytes"u8, extra.Bytes);
            json.WriteString("sha256"u8, extra.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteTotals(Utf8JsonWriter json)
    {
        json.WriteStartObject("totals"u8);
        json.WriteNumber("frames"u8, ledger.Count);
        json.WriteNumber("imageBytes"u8, ledger.ImageBytes);
        json.WriteNumber("duplicatesRemoved"u8, facts.DuplicatesRemoved);
        if (ledger.Count > 0)
        {
            json.WritePropertyName("firstTime"u8);
            json.WriteRawValue(ledger[0].Time);
            json.WritePropertyName("lastTime"u8);
            json.WriteRawValue(ledger[ledger.Count - 1].Time);
        }

        json.WriteEndObject();
    }

    private void WriteFrame(Utf8JsonWriter json, in FrameIndexRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, record.Index);
        json.WriteString("file"u8, ledger.NameOf(record));
        json.WritePropertyName("time"u8);
        json.WriteRawValue(record.Time);
        json.WriteNumber("pts"u8, record.Pts);
        json.WriteString("timeBase"u8, TimeBase(record));
        if (record.DurationTime is { } duration)
        {
            json.WritePropertyName("duration"u8);
            json.WriteRawValue(duration);
        }

        if (record.SourceFrame >= 0) json.WriteNumber("sourceFrame"u8, record.SourceFrame);
        json.WriteBoolean("keyFrame"u8, record.KeyFrame);
        if (Score(record) is { } score)
        {
            json.WritePropertyName("sceneScore"u8);
            json.WriteRawValue(score);
        }

        json.WriteNumber("width"u8, record.Width);
        json.WriteNumber("height"u8, record.Height);
        json.WriteNumber("bytes"u8, record.ImageBytes);
        json.WriteString("sha256"u8, record.Sha256.ToString());
        if (Hash(record) is { } hash) json.WriteString("perceptualHash"u8, hash);
        json.WriteEndObject();
    }

    private static string TimeBase(in FrameIndexRecord record) =>
        string.Create(CultureInfo.InvariantCulture, $"{record.TimeBaseNumerator}/{record.TimeBaseDenominator}");

    private static string? Score(in FrameIndexRecord record) =>
        record.SceneScore >= 0 ? record.SceneScore.ToString("F6", CultureInfo.InvariantCulture) : null;

    private static string? Hash(in FrameIndexRecord record) => record.PerceptualHash?.ToString("x16", CultureInfo.InvariantCulture);
}
