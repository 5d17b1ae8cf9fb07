using System.Globalization;
using System.Text;
using Fotograma.Clips;
using Fotograma.Media.Manifest;
using Fotograma.Media.Options;

namespace Fotograma.Media.Tests.Decoding;

/// <summary>A frame by its time, in ticks from the video's start, and the hash of its pixels.</summary>
internal readonly record struct TimedHash(long Ticks, string Hash);

/// <summary>
/// What the ffmpeg program makes of a file, however damaged: all its frames, those of four moments a second, and the key frames. Times are on the
/// timeline that ffmpeg itself puts packets on.
/// </summary>
/// <param name="All">Every frame.</param>
/// <param name="FourASecond">Those on screen at 0, 0.25, 0.5 … seconds, without times.</param>
/// <param name="Keys">The key frames.</param>
internal sealed record FfmpegFrames(IReadOnlyList<TimedHash> All, IReadOnlyList<TimedHash> FourASecond, IReadOnlyList<TimedHash> Keys)
{
    private static readonly string[] Output = ["-an", "-autoscale", "0", "-fps_mode", "passthrough", "-enc_time_base", "-1", "-pix_fmt", "rgb24", "-f", "framehash", "-hash", "sha256"];

    /// <summary>Asks ffmpeg once for all of it; nothing where it cannot open the file, or gives up.</summary>
    public static async Task<FfmpegFrames> OfAsync(string path) => await TryAsync([path]) is [var frames] ? frames : new FfmpegFrames([], [], []);

    /// <summary>The same for several files, as one by one. Starting the program takes longer than decoding little videos, so it is asked once for all of them as long as none makes it give up.</summary>
    public static async Task<IReadOnlyList<FfmpegFrames>> OfAllAsync(IReadOnlyList<string> paths)
    {
        if (await TryAsync(paths) is { } frames) return frames;
        return await Task.WhenAll(paths.Select(OfAsync));
    }

    // Null where it gave up on one of them, of whichever.
    private static async Task<IReadOnlyList<FfmpegFrames>?> TryAsync(IReadOnlyList<string> paths)
    {
        var folder = Directory.CreateTempSubdirectory("fotograma-frames").FullName;
        string[] Into(int input, string name) => ["-map", $"{input}:v:0", .. Output, Path.Combine(folder, $"{input}-{name}")];
        List<TimedHash> Read(int input, string name) => [.. File.ReadLines(Path.Combine(folder, $"{input}-{name}"), Encoding.ASCII).Where(line => !line.StartsWith('#')).Select(Parse)];
        try
        {
            // However much of it is damaged, what is not counts. How H.264 paints over what is missing depends on the number of threads.
            var threads = Math.Clamp(Environment.ProcessorCount, 1, Media.Decoding.Extraction.DecoderThreadsMax).ToString(CultureInfo.InvariantCulture);
            var inputs = Enumerable.Range(0, paths.Count).ToList();
            string[] arguments =
            [
                .. paths.SelectMany(path => (string[])["-max_error_rate", "1", "-threads", threads, "-i", path]),
                .. inputs.SelectMany(input => (string[])[.. Into(input, "all"), "-vf", "fps=4:round=up", .. Into(input, "four"), "-vf", "select=key", .. Into(input, "keys")]),
            ];
            await Tool.RunAsync("ffmpeg", arguments, TestContext.Current.CancellationToken);
            return [.. inputs.Select(input => new FfmpegFrames(Read(input, "all"), [.. Read(input, "four").Select(frame => frame with { Ticks = 0 })], Read(input, "keys")))];
        }
        catch (InvalidOperationException)
        {
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The images of an extraction in the same terms.</summary>
    public static IReadOnlyList<TimedHash> Of(Decoded decoded) =>
        [.. TicksOf(decoded).Zip(decoded.Images, (ticks, image) => new TimedHash(ticks, Sha256Digest.Of(PlainPng.TryReadAll([image.Image])!).ToString()))];

    /// <summary>The times of the images of an extraction, in ticks from the video's start.</summary>
    public static IEnumerable<long> TicksOf(Decoded decoded) => decoded.Images.Select(image =>
        image.Header.Pts - (long)Math.Round(decoded.Facts!.StartSeconds * image.Header.TimeBaseDenominator / image.Header.TimeBaseNumerator));

    /// <summary>Options for pictures as ffmpeg gives them.</summary>
    public static ExtractionOptions Stored(Sampling sampling) =>
        new() { Sampling = sampling, SquarePixels = false, ToneMap = false, Deinterlace = Deinterlacing.Off };

    // Stream, decoding time, presentation time, duration, bytes, hash.
    private static TimedHash Parse(string line)
    {
        var columns = line.Split(',', StringSplitOptions.TrimEntries);
        return new TimedHash(long.Parse(columns[2], CultureInfo.InvariantCulture), columns[5]);
    }
}
