using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fotograma.Clips;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>What the ffmpeg and ffprobe programs make of a video.</summary>
internal static class Reference
{
    private static readonly string[] Raw = ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24"];
    private static readonly ConcurrentDictionary<string, Task<JsonElement>> Probed = new(StringComparer.Ordinal);

    /// <summary>Raw RGB of every frame a filter chain gives, one after the other.</summary>
    public static async Task<byte[]> PixelsAsync(string path, string filter) =>
        await UsualReference.FindAsync(path, filter, Raw) ?? await Tool.RunAsync("ffmpeg", ["-i", path, "-vf", filter, .. Raw, "-"], TestContext.Current.CancellationToken);

    /// <summary>Raw RGB of images, one after the other.</summary>
    public static async Task<byte[]> PixelsAsync(IReadOnlyCollection<DecodedImage> images, string demuxer = "png_pipe")
    {
        if (demuxer == "png_pipe" && PlainPng.TryReadAll(images.Select(image => image.Image)) is { } pixels) return pixels;
        return await Tool.RunAsync("ffmpeg", ["-f", demuxer, "-i", "-", .. Raw, "-"], TestContext.Current.CancellationToken, images.SelectMany(image => image.Image).ToArray());
    }

    /// <summary>
    /// Presentation time of every frame, in the stream's unit and in seconds as text, null where the file has none; and how long the packet of the
    /// last one lasts, null where nobody says.
    /// </summary>
    public static async Task<(IReadOnlyList<(long? Pts, string? Seconds)> Frames, long? LastDuration)> TimesAsync(string path)
    {
        var both = (await ProbedAsync(path)).GetProperty("packets_and_frames").EnumerateArray().ToLookup(one => one.GetProperty("type").GetString());
        List<(long? Pts, string? Seconds)> frames = [.. both["frame"].Select(frame => (
            Number(frame, "pts"), frame.TryGetProperty("pts_time", out var time) ? time.GetString() : null))];
        var last = both["packet"].LastOrDefault(packet => Number(packet, "pts") is { } pts && pts == frames[^1].Pts);
        return (frames, last.ValueKind == JsonValueKind.Undefined ? null : Number(last, "duration"));

        static long? Number(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetInt64() : null;
    }

    /// <summary>Start and length of the container, in seconds; null where it does not say.</summary>
    public static async Task<(double? Start, double? Duration)> SpanAsync(string path)
    {
        var format = (await ProbedAsync(path)).GetProperty("format");
        return (Number("start_time"), Number("duration"));

        double? Number(string name) => format.TryGetProperty(name, out var value) ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The numbers of the frames that are key frames.</summary>
    public static async Task<IEnumerable<long>> KeysAsync(string path)
    {
        var frames = (await ProbedAsync(path)).GetProperty("packets_and_frames").EnumerateArray().Where(one => one.GetProperty("type").GetString() == "frame");
        return frames.Index().Where(frame => frame.Item.GetProperty("key_frame").GetInt32() == 1).Select(frame => (long)frame.Index);
    }

    /// <summary>How much every frame differs from the one before.</summary>
    public static async Task<IReadOnlyList<double>> SceneScoresAsync(string path)
    {
        const string Key = "lavfi.scene_score=";
        var text = await Tool.RunAsync("ffmpeg", ["-i", path, "-vf", "select=gte(scene\\,0),metadata=print:key=lavfi.scene_score:file=-", "-f", "null", "-"],
            TestContext.Current.CancellationToken);
        return [.. Encoding.ASCII.GetString(text).Split('\n').Where(line => line.StartsWith(Key, StringComparison.Ordinal))
            .Select(line => double.Parse(line[Key.Length..], CultureInfo.InvariantCulture))];
    }

    // Asked once for all that any test wants to know.
    private static Task<JsonElement> ProbedAsync(string path) => Probed.GetOrAdd(path, async file => JsonElement.Parse(await Tool.RunAsync(
        "ffprobe", ["-select_streams", "v:0", "-show_entries", "packet=pts,duration:frame=pts,pts_time,key_frame:format=start_time,duration", "-of", "json", file], CancellationToken.None)));

    /// <summary>A time as ffprobe prints it.</summary>
    public static string Seconds(Isolation.FrameHeader header) =>
        ((decimal)header.Pts * header.TimeBaseNumerator / header.TimeBaseDenominator).ToString("F6", CultureInfo.InvariantCulture);
}
