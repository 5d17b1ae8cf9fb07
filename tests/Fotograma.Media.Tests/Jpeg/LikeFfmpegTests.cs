using Fotograma.Media.Jpeg;

namespace Fotograma.Media.Tests.Jpeg;

/// <summary>Holds files to those of <c>ffmpeg -q:v</c>: the same steps, no worse, and hardly larger.</summary>
public sealed class LikeFfmpegTests
{
    private const double PsnrLossMax = 0.05;
    private const double GrowthMax = 1.03;

    public static TheoryData<string, int, int, string, int> Cases
    {
        get
        {
            var data = new TheoryData<string, int, int, string, int>();
            foreach (var quality in (int[])[1, 50, 90, 97, 100])
            {
                data.Add("mandelbrot=size=640x360,noise=alls=6", 640, 360, "yuvj420p", quality);
                data.Add("mandelbrot=size=640x360:start_scale=0.5", 642, 354, "yuvj422p", quality);
                data.Add("testsrc2=size=640x360", 640, 360, "yuvj444p", quality);
                data.Add("gradients=size=640x360:seed=7:n=2:c0=0x204080:c1=0xE0C060:x0=0:y0=0:x1=600:y1=300", 633, 359, "yuvj420p", quality);
                // So large that only a part is counted for the codes.
                data.Add("mandelbrot=size=1920x1080,noise=alls=3", 1920, 1080, "yuvj420p", quality);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Picture_is_as_good_and_as_small(string source, int width, int height, string format, int quality)
    {
        var picture = await YuvSamples.FromAsync(source, width, height, format);
        var ours = picture.Encode(new JpegEncoder(quality));
        var theirs = await picture.EncodeWithFfmpegAsync(ScaleOf(quality));
        Steps(ours).ShouldBe(Steps(theirs));
        ours.Length.ShouldBeLessThan((int)(theirs.Length * GrowthMax));
        (await picture.PsnrAsync(ours)).ShouldBeGreaterThan(await picture.PsnrAsync(theirs) - PsnrLossMax);
    }

    [Fact]
    public async Task Picture_whose_counted_parts_deceive_stays_small_enough()
    {
        const double DeceivedGrowthMax = 1.5;
        const int UnitSide = 16;
        var (width, height) = (1920, 1088);
        var noise = YuvSamples.Make("noise", width, height, "yuvj420p");
        var flat = YuvSamples.Make("flat", width, height, "yuvj420p");
        var picture = noise with { Bytes = [.. noise.Bytes] };
        for (var y = 0; y < height; y++)
        {
            // Groups of eight units are counted, one in eight, five later in each row of units.
            for (var x = 0; x < width; x++)
            {
                if ((x / UnitSide / 8 - y / UnitSide * 5 % 8) % 8 == 0) picture.Bytes[y * width + x] = flat.Bytes[0];
            }
        }

        var theirs = await picture.EncodeWithFfmpegAsync(ScaleOf(90));
        var ours = picture.Encode(new JpegEncoder(90));
        ours.Length.ShouldBeLessThan((int)(theirs.Length * DeceivedGrowthMax));
        (await picture.PsnrAsync(ours)).ShouldBeGreaterThan(await picture.PsnrAsync(theirs) - PsnrLossMax);
    }

    private static int ScaleOf(int quality) => 1 + (int)Math.Round((100 - quality) * 30 / 99.0);

    /// <summary>The table of steps.</summary>
    private static byte[] Steps(byte[] file)
    {
        var start = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDB]);
        return file[(start + 5)..(start + 5 + Quantiser.Coefficients)];
    }
}
