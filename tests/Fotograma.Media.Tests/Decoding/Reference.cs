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
    private const string Entries = "packet=pts,pts_time,duration:frame=pts,pts_time,key_frame:format=format_name,start_time,duration:stream_side_data=rotation:"
        + "stream=codec_name,has_b_frames,pix_fmt,field_order,sample_aspect_ratio,color_range,color_space,color_transfer,start_pts,nb_frames,avg_frame_rate,width,height";

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

    /// <summary>What ffprobe says of the stream and its container, as <c>name=value</c>.</summary>
    public static async Task<IReadOnlyCollection<string>> FactsAsync(string path)
    {
        var probed = await ProbedAsync(path);
        var stream = probed.GetProperty("streams")[0];
        var sideData = stream.TryGetProperty("side_data_list", out var list) ? list.EnumerateArray() : default;
        return [.. sideData.Append(stream).Append(probed.GetProperty("format")).SelectMany(part => part.EnumerateObject()).Select(fact => $"{fact.Name}={fact.Value}")];
    }

    /// <summary>The longest time, in either direction, between two packets in a row.</summary>
    public static async Task<TimeSpan> LongestStepAsync(string path)
    {
        const string Time = "pts_time";
        var packets = (await ProbedAsync(path)).GetProperty("packets_and_frames").EnumerateArray().Where(one => one.GetProperty("type").GetString() == "packet" && one.TryGetProperty(Time, out _));
        var times = packets.Select(packet => double.Parse(packet.GetProperty(Time).GetString()!, CultureInfo.InvariantCulture)).ToList();
        return TimeSpan.FromSeconds(times.Zip(times.Skip(1)).Max(pair => Math.Abs(pair.Second - pair.First)));
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
        "ffprobe", ["-select_streams", "v:0", "-show_entries", Entries, "-of", "json", file], CancellationToken.None)));

    /// <summary>A time as ffprobe prints it.</summary>
    public static string Seconds(Isolation.FrameHeader header) =>
        ((decimal)header.Pts * header.TimeBaseNumerator / header.TimeBaseDenominator).ToString("F6", CultureInfo.InvariantCulture);
}
