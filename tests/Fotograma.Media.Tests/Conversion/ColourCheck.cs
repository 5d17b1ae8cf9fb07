using Fotograma.Clips;
using Fotograma.Media.Tests.Decoding;

namespace Fotograma.Media.Tests.Conversion;

/// <summary>
/// Holds the samples of an image in YUV by BT.601, as its file has them, to those that ffmpeg makes of the same frame. Only even areas are looked at: at
/// edges it matters more how colours of half the size are spread than which colours they are.
/// </summary>
internal static class ColourCheck
{
    /// <summary>A wrong range or matrix makes it ten and more.</summary>
    private const double MeanDifferenceMax = 1.5;

    /// <summary>Matrices that have to be changed. ffmpeg's own scaler does that by way of RGB with eight bits; zscale computes it.</summary>
    private static readonly string[] OtherMatrices = ["bt709", "bt2020nc"];

    /// <summary>How much the neighbours of a sample of an even area differ at most.</summary>
    private const int EvenMax = 4;

    private const int LumaRadius = 2;
    private const int ChromaRadius = 1;
    private const double EvenShareMin = 0.02;

    private static readonly (string Format, int WidthShift, int HeightShift)[] Formats = [("420", 1, 1), ("422", 1, 0), ("444", 0, 0)];

    /// <summary>Compares an image of the first frame of a video, plane by plane.</summary>
    /// <param name="path">The video.</param>
    /// <param name="decoded">What came of it; the first image counts.</param>
    /// <param name="demuxer">What ffmpeg reads such a file with.</param>
    /// <param name="range">The range of such files, as ffmpeg calls it.</param>
    public static async Task CheckAsync(string path, Decoded decoded, string demuxer, string range)
    {
        var image = decoded.Images[0];
        var (width, height) = (image.Header.Width, image.Header.Height);
        var ours = await Tool.RunAsync("ffmpeg", ["-f", demuxer, "-i", "-", "-f", "rawvideo", "-"], TestContext.Current.CancellationToken, image.Image);
        var (format, widthShift, heightShift) = Formats.Single(candidate => Planes(candidate.WidthShift, candidate.HeightShift).Sum(plane => plane.Width * plane.Height) == ours.Length);
        var convert = OtherMatrices.Contains(decoded.Facts!.ColorSpace) ? $"zscale=matrix=170m:range={range}" : $"scale=out_color_matrix=bt601:out_range={range}:flags=bicubic+accurate_rnd";
        var filter = $"fps=1:round=up,trim=end_frame=1,{convert},format={(range == "pc" ? "yuvj" : "yuv")}{format}p";
        var theirs = await Tool.RunAsync("ffmpeg", ["-i", path, "-vf", filter, "-fps_mode", "passthrough", "-f", "rawvideo", "-"], TestContext.Current.CancellationToken);
        theirs.Length.ShouldBe(ours.Length);
        var start = 0;
        foreach (var plane in Planes(widthShift, heightShift))
        {
            var size = plane.Width * plane.Height;
            var differences = Differences(ours.AsSpan(start, size), theirs.AsSpan(start, size), plane.Width, start == 0 ? LumaRadius : ChromaRadius);
            if (start == 0) differences.Count.ShouldBeGreaterThan((int)(size * EvenShareMin), path);
            if (differences.Count > 0) differences.Average().ShouldBeLessThan(MeanDifferenceMax, $"{path} from {start}");
            start += size;
        }

        (int Width, int Height)[] Planes(int widthShift, int heightShift)
        {
            var chroma = ((width - 1 >> widthShift) + 1, (height - 1 >> heightShift) + 1);
            return [(width, height), chroma, chroma];
        }
    }

    private static List<int> Differences(ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs, int width, int radius)
    {
        var differences = new List<int>();
        for (var y = radius; y < theirs.Length / width - radius; y++)
        {
            for (var x = radius; x < width - radius; x++)
            {
                var (least, most) = (byte.MaxValue, byte.MinValue);
                for (var row = y - radius; row <= y + radius; row++)
                    foreach (var sample in theirs.Slice(row * width + x - radius, 2 * radius + 1)) (least, most) = (Math.Min(least, sample), Math.Max(most, sample));
                if (most - least <= EvenMax) differences.Add(Math.Abs(ours[y * width + x] - theirs[y * width + x]));
            }
        }

        return differences;
    }
}
