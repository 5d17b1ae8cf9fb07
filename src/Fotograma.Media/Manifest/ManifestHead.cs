using System.Text.Json;
using Fotograma.Media.Faults;
using Fotograma.Media.Isolation;
using Fotograma.Media.Probing;

namespace Fotograma.Media.Manifest;

/// <summary>Reads what a stored <c>manifest.json</c> says of a video as a whole, without the lines of its images.</summary>
public static class ManifestHead
{
    /// <summary>Bytes looked at first; nearly every head is in them.</summary>
    private const int FirstBytes = 16 << 10;

    /// <summary>No head is longer: the longest lists thousands of moments that were asked for by name.</summary>
    private const int BytesMax = 16 << 20;

    /// <summary>The report on the video of this manifest, with all warnings of the extraction.</summary>
    /// <exception cref="InvalidDataException">This is not the beginning of such a manifest.</exception>
    public static async Task<ProbeReport> ReadReportAsync(Stream manifest, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var bytes = new byte[FirstBytes];
        var length = 0;
        while (true)
        {
            var read = await manifest.ReadAtLeastAsync(bytes.AsMemory(length), bytes.Length - length, throwOnEndOfStream: false, cancellation);
            length += read;
            if (Find(bytes.AsSpan(0, length)) is { } report) return report;
            if (length < bytes.Length || length >= BytesMax) throw Unreadable();
            Array.Resize(ref bytes, bytes.Length * 4);
        }
    }

    /// <summary>The report, or null while the bytes do not reach to the list of images.</summary>
    private static ProbeReport? Find(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, isFinalBlock: false, state: default);
            ProbeReport? report = null;
            IReadOnlyList<MediaWarning> warnings = [];
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                if (name == "frames") return report is null ? throw Unreadable() : report with { Warnings = warnings };
                if (!reader.Read()) return null;
                var start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip()) return null;
                var value = bytes[start..(int)reader.BytesConsumed];
                if (name == "video") report = JsonSerializer.Deserialize(value, DecoderJson.Default.ProbeReport);
                if (name == "warnings") warnings = JsonSerializer.Deserialize(value, DecoderJson.Default.IReadOnlyListMediaWarning) ?? [];
            }
            return null;
        }
        // Text that is no UTF-8 is met late, as an InvalidOperationException.
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw Unreadable(failure);
        }
    }

    private static InvalidDataException Unreadable(Exception? cause = null) => new("This is not the beginning of a manifest.", cause);
}
