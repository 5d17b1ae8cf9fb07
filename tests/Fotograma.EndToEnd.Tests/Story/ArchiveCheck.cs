using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Fotograma.Clips;

namespace Fotograma.EndToEnd.Tests.Story;

/// <summary>Holds a result's ZIP against ffmpeg and ffprobe.</summary>
internal static class ArchiveCheck
{
    /// <summary>Every image equals, pixel for pixel, ffmpeg's image of the same number, and every time is one that ffprobe names.</summary>
    public static async Task EqualsFfmpegAsync(byte[] zip, string clip, CancellationToken cancellation)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        var expected = await Tool.RunAsync(
            "ffmpeg", ["-i", clip, "-vf", "fps=1:round=up", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], cancellation);
        using var images = new MemoryStream();
        var frames = archive.Entries.Where(entry => entry.FullName.StartsWith("frames/", StringComparison.Ordinal)).ToList();
        foreach (var frame in frames)
        {
            await using var content = await frame.OpenAsync(cancellation);
            await content.CopyToAsync(images, cancellation);
        }
        var actual = await Tool.RunAsync(
            "ffmpeg", ["-f", "image2pipe", "-c:v", "png", "-i", "-", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], cancellation, images.ToArray());
        actual.AsSpan().SequenceEqual(expected).ShouldBeTrue("The pixels differ from ffmpeg's.");

        var manifest = await ReadManifestAsync(archive, cancellation);
        var probed = await ProbeTimesAsync(clip, cancellation);
        var listed = manifest.GetProperty("frames").EnumerateArray().ToList();
        listed.Count.ShouldBe(frames.Count);
        foreach (var frame in listed) probed.ShouldContain(frame.GetProperty("time").GetRawText().Trim());
    }

    public static async Task<JsonElement> ReadManifestAsync(ZipArchive archive, CancellationToken cancellation)
    {
        await using var content = await archive.GetEntry("manifest.json")!.OpenAsync(cancellation);
        return await JsonSerializer.DeserializeAsync<JsonElement>(content, cancellationToken: cancellation);
    }

    private static async Task<HashSet<string>> ProbeTimesAsync(string clip, CancellationToken cancellation)
    {
        var json = await Tool.RunAsync(
            "ffprobe", ["-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time", "-of", "json", clip], cancellation);
        return [.. JsonSerializer.Deserialize<JsonElement>(json).GetProperty("frames").EnumerateArray()
            .Select(frame => decimal.Parse(frame.GetProperty("best_effort_timestamp_time").GetString()!, CultureInfo.InvariantCulture).ToString("0.000000", CultureInfo.InvariantCulture))];
    }
}
